//! Extension `x-mlhub` of an operation, compared: what the same call means.

use std::collections::BTreeSet;

use mlhub_codegen::extension::EXTENSION;
use mlhub_codegen::spec::{Operation, Spec};
use serde_json::{Map, Value};

use super::changes::{Changes, Effect};

/// Keys that give a call methods of its own: with the key they come and go.
const METHODS: &[(&str, &str)] = &[("paging", ".items() and .pages()"), ("waits", ".wait()")];

/// What it says, with the defaults of its document.
pub(super) fn of(spec: &Spec<'_>, operation: &Operation<'_>) -> Map<String, Value> {
    let defaults = &spec.root.value[EXTENSION]["defaults"];
    let own = &operation.at.value[EXTENSION];
    let members = [defaults, own].into_iter().flat_map(|said| said.as_object().into_iter().flatten());
    members.map(|(key, value)| (key.clone(), value.clone())).collect()
}

pub(super) fn compare(id: &str, old: &Map<String, Value>, new: &Map<String, Value>, changes: &mut Changes) {
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let (before, after) = (old.get(key), new.get(key));
        if before == after {
            continue;
        }
        let methods = METHODS.iter().find(|(of, _)| of == key).map(|(_, methods)| methods);
        match (methods, before, after) {
            (Some(methods), None, Some(_)) => changes.add(Effect::Additive, format!("{id}: it has {methods}")),
            (Some(methods), Some(_), None) => changes.add(Effect::Breaking, format!("{id}: {methods} is gone")),
            (Some(_), Some(before), Some(after)) if key == "waits" => waits(id, before, after, changes),
            // What a reply is read as decides its type.
            (None, before, after) if key == "reply" => {
                changes.add(Effect::Breaking, format!("{id}: {key} {}", from_to(before, after)));
            }
            (_, before, after) => changes.add(Effect::Behaviour, format!("{id}: {key} {}", from_to(before, after))),
        }
    }
}

/// Each goal is a method.
fn waits(id: &str, old: &Value, new: &Value, changes: &mut Changes) {
    let goals = |waits: &Value| -> BTreeSet<String> {
        waits.as_object().into_iter().flatten().map(|(k, _)| k.clone()).collect()
    };
    for goal in goals(old).union(&goals(new)) {
        match (old.get(goal), new.get(goal)) {
            (Some(_), None) => changes.add(Effect::Breaking, format!("{id}: the wait {goal} is gone")),
            (None, Some(_)) => changes.add(Effect::Additive, format!("{id}: a new wait {goal}")),
            (before, after) if before != after => {
                changes.add(Effect::Behaviour, format!("{id}: the wait {goal} {}", from_to(before, after)));
            }
            _ => {}
        }
    }
}

fn from_to(old: Option<&Value>, new: Option<&Value>) -> String {
    let said = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), Value::to_string);
    format!("was {}, is {}", said(old), said(new))
}

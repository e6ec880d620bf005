//! Schemas, compared: fields that come and go, types that change, words of enums.

use std::collections::BTreeSet;

use mlhub_codegen::spec::Located;
use serde_json::Value;

use super::changes::{Changes, Effect};

/// Which way values go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Flow {
    Sent,
    Received,
}

/// Comparison of pairs of schemas of two documents, each named pair once.
#[derive(Default)]
pub(super) struct Schemas {
    seen: BTreeSet<(String, Flow)>,
}

impl Schemas {
    /// `place` says where they stand, as people write it. One that is not there may be anything.
    pub(super) fn compare(
        &mut self,
        place: &str,
        old: Option<&Located<'_>>,
        new: Option<&Located<'_>>,
        flow: Flow,
        changes: &mut Changes,
    ) {
        let [before, after] = [old, new].map(|schema| kind(schema.map_or(&Value::Null, |at| at.value)));
        if before != after {
            changes.add(Effect::Breaking, format!("{place}: the type is {after}, no longer {before}"));
            return;
        }
        let (Some(old), Some(new)) = (old, new) else { return };
        match name(old.value) {
            // A named schema is a type, and reported as itself wherever it stands.
            Some(name) => {
                if self.seen.insert((name.to_owned(), flow)) {
                    self.compare(name, Some(&named(old)), Some(&named(new)), flow, changes);
                }
            }
            None => self.inside(place, old, new, flow, changes),
        }
    }

    fn inside(&mut self, place: &str, old: &Located<'_>, new: &Located<'_>, flow: Flow, changes: &mut Changes) {
        self.fields(place, old, new, flow, changes);
        words(place, old.value, new.value, flow, changes);
        for key in ["items", "additionalProperties"] {
            if let (Some(before), Some(after)) = (old.get(key), new.get(key)) {
                self.compare(place, Some(&before), Some(&after), flow, changes);
            }
        }
        for key in ["oneOf", "allOf"] {
            for (index, (before, after)) in old.items_of(key).iter().zip(new.items_of(key)).enumerate() {
                self.compare(&format!("{place} form {}", index + 1), Some(before), Some(&after), flow, changes);
            }
        }
    }

    fn fields(&mut self, place: &str, old: &Located<'_>, new: &Located<'_>, flow: Flow, changes: &mut Changes) {
        let required =
            |schema: &Located<'_>, name: &str| list(schema.value, "required").iter().any(|known| known == name);
        for (name, before) in old.entries_of("properties") {
            let at = format!("{place}.{name}");
            let Some(after) = new.get("properties").and_then(|properties| properties.get(name)) else {
                changes.add(Effect::Breaking, format!("{at}: the field is gone"));
                continue;
            };
            match (required(old, name), required(new, name), flow) {
                (false, true, Flow::Sent) => {
                    changes.add(Effect::Breaking, format!("{at}: the field has become required"))
                }
                (true, false, Flow::Sent) => changes.add(Effect::Additive, format!("{at}: the field may be left out")),
                (true, false, Flow::Received) => {
                    changes.add(Effect::Breaking, format!("{at}: the field may be missing"))
                }
                (false, true, Flow::Received) => {
                    changes.add(Effect::Breaking, format!("{at}: the field is always there, so its type is no option"));
                }
                _ => {}
            }
            self.compare(&at, Some(&before), Some(&after), flow, changes);
        }
        for (name, _) in new.entries_of("properties") {
            if old.value["properties"].get(name).is_none() {
                let needed = flow == Flow::Sent && required(new, name);
                let (effect, kind) = if needed { (Effect::Breaking, "required ") } else { (Effect::Additive, "") };
                changes.add(effect, format!("{place}.{name}: a new {kind}field"));
            }
        }
    }
}

fn words(place: &str, old: &Value, new: &Value, flow: Flow, changes: &mut Changes) {
    let (before, after) = (list(old, "enum"), list(new, "enum"));
    for word in before.iter().filter(|word| !after.contains(word)) {
        changes.add(Effect::Breaking, format!("{place}: the word {word} is gone"));
    }
    for word in after.iter().filter(|word| !before.contains(word)) {
        let where_to = if flow == Flow::Sent { "may be sent" } else { "may come" };
        changes.add(Effect::Additive, format!("{place}: the word {word} {where_to}"));
    }
}

fn list<'a>(schema: &'a Value, key: &str) -> &'a [Value] {
    schema[key].as_array().map_or(&[], Vec::as_slice)
}

/// A reference that stands alone in `allOf`, so that it can have a description.
fn unwrapped(schema: &Value) -> &Value {
    match list(schema, "allOf") {
        [one] if one.get("$ref").is_some() => one,
        _ => schema,
    }
}

/// The schema that a reference leads to, also where it stands alone in `allOf`.
fn named<'a>(schema: &Located<'a>) -> Located<'a> {
    match schema.items_of("allOf").as_slice() {
        [one] if one.has("$ref") => one.resolve(),
        _ => schema.resolve(),
    }
}

/// The name of the type, if it has one.
fn name(schema: &Value) -> Option<&str> {
    unwrapped(schema)["$ref"].as_str()?.rsplit('/').next()
}

/// The type in a few words; two schemas of one kind differ in their details only.
fn kind(schema: &Value) -> String {
    let null = if schema["nullable"] == true { " or null" } else { "" };
    if let Some(name) = name(schema) {
        return format!("{name}{null}");
    }
    let format = schema["format"].as_str();
    let base = match schema["type"].as_str() {
        Some("array") => format!("list of {}", kind(&schema["items"])),
        Some("object") if schema.get("properties").is_none() && schema["additionalProperties"].is_object() => {
            format!("map of {}", kind(&schema["additionalProperties"]))
        }
        Some(kind) if schema.get("enum").is_some() => format!("{kind} of fixed words"),
        Some(kind) => format.map_or_else(|| kind.to_owned(), |format| format!("{kind} ({format})")),
        None if schema.get("oneOf").is_some() => {
            let forms: Vec<String> = list(schema, "oneOf").iter().map(kind).collect();
            format!("one of ({})", forms.join(", "))
        }
        None if schema.get("allOf").is_some() => {
            let parts: Vec<String> = list(schema, "allOf").iter().map(kind).collect();
            format!("all of ({})", parts.join(", "))
        }
        None => "anything".to_owned(),
    };
    format!("{base}{null}")
}

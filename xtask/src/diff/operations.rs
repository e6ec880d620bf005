//! Operations, compared: which there are, what they take, send and give.

use std::collections::{BTreeMap, BTreeSet};

use mlhub_codegen::spec::{Content, Operation, Parameter, Spec};

use super::changes::{Changes, Effect};
use super::extension;
use super::schemas::{Flow, Schemas};

pub(super) fn compare<'a>(old: &Spec<'a>, new: &Spec<'a>, changes: &mut Changes) {
    let ids: BTreeSet<&str> = old.operations.iter().chain(&new.operations).map(|operation| operation.id).collect();
    let mut schemas = Schemas::default();
    for id in ids.into_iter().filter(|id| !id.is_empty()) {
        match (old.operation(id), new.operation(id)) {
            (Some(before), Some(after)) => {
                operation(before, after, &mut schemas, changes);
                extension::compare(id, &extension::of(old, before), &extension::of(new, after), changes);
            }
            (Some(_), None) => changes.add(Effect::Breaking, format!("{id}: the operation is gone")),
            (None, _) => changes.add(Effect::Additive, format!("{id}: a new operation")),
        }
    }
}

fn operation(old: &Operation<'_>, new: &Operation<'_>, schemas: &mut Schemas, changes: &mut Changes) {
    let id = new.id;
    let [before, after] = [old, new].map(|of| format!("{} {}", of.method.to_uppercase(), of.path));
    if before != after {
        changes.add(Effect::Behaviour, format!("{id}: it is sent as {after}, no longer as {before}"));
    }
    parameters(id, &by_name(old), &by_name(new), schemas, changes);
    content(&format!("{id} body"), Flow::Sent, old.request(), new.request(), schemas, changes);
    content(&format!("{id} reply"), Flow::Received, old.reply(), new.reply(), schemas, changes);
}

/// Its own parameter counts, where one of the path has the same name.
fn by_name<'o, 'a>(operation: &'o Operation<'a>) -> BTreeMap<&'a str, &'o Parameter<'a>> {
    let placed = operation.parameters.iter().filter(|p| !p.name.is_empty() && !p.location.is_empty());
    placed.map(|p| (p.name, p)).collect()
}

fn parameters(
    id: &str,
    old: &BTreeMap<&str, &Parameter<'_>>,
    new: &BTreeMap<&str, &Parameter<'_>>,
    schemas: &mut Schemas,
    changes: &mut Changes,
) {
    for (name, before) in old {
        let Some(after) = new.get(name) else {
            changes.add(Effect::Breaking, format!("{id}: the parameter {name} is gone"));
            continue;
        };
        if before.location != after.location {
            let what = format!(
                "{id}: the parameter {name} is in the {}, no longer in the {}",
                after.location, before.location
            );
            // A parameter of the path is an argument of the call, any other one a setter.
            let moved = [before.location, after.location].contains(&"path");
            changes.add(if moved { Effect::Breaking } else { Effect::Behaviour }, what);
        }
        match (before.required(), after.required()) {
            (false, true) => changes.add(Effect::Breaking, format!("{id}: the parameter {name} has become required")),
            (true, false) => changes.add(Effect::Additive, format!("{id}: the parameter {name} may be left out")),
            _ => {}
        }
        let (before, after) = (before.schema(), after.schema());
        schemas.compare(&format!("{id} parameter {name}"), before.as_ref(), after.as_ref(), Flow::Sent, changes);
    }
    for (name, after) in new {
        if !old.contains_key(name) {
            let (effect, kind) =
                if after.required() { (Effect::Breaking, "required ") } else { (Effect::Additive, "") };
            changes.add(effect, format!("{id}: a new {kind}parameter {name}"));
        }
    }
}

fn content(
    place: &str,
    flow: Flow,
    old: Option<Content<'_>>,
    new: Option<Content<'_>>,
    schemas: &mut Schemas,
    changes: &mut Changes,
) {
    match (old, new) {
        (Some(before), Some(after)) if before.media == after.media => {
            schemas.compare(place, before.schema().as_ref(), after.schema().as_ref(), flow, changes);
        }
        (Some(before), Some(after)) => {
            changes.add(Effect::Breaking, format!("{place}: it is {}, no longer {}", after.media, before.media));
        }
        (Some(_), None) => changes.add(Effect::Breaking, format!("{place}: there is none any more")),
        (None, Some(after)) => changes.add(Effect::Breaking, format!("{place}: there is one, {}", after.media)),
        (None, None) => {}
    }
}

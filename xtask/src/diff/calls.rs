//! Compares operations: which there are, what they take, send and give.

use std::collections::BTreeSet;

use super::api::{Api, Content, Operation};
use super::shapes::{Flow, Shapes};
use super::{Changes, Effect, meaning};

pub(super) fn compare<'a>(old: &Api<'a>, new: &Api<'a>, changes: &mut Changes) {
    let ids: BTreeSet<&str> = old.operations.keys().chain(new.operations.keys()).copied().collect();
    let mut shapes = Shapes::new(old, new);
    for id in ids {
        match (old.operations.get(id), new.operations.get(id)) {
            (Some(before), Some(after)) => operation(id, before, after, &mut shapes, changes),
            (Some(_), None) => changes.add(Effect::Breaking, format!("{id}: the operation is gone")),
            (None, _) => changes.add(Effect::Additive, format!("{id}: a new operation")),
        }
    }
}

fn operation<'a>(
    id: &str,
    old: &Operation<'a>,
    new: &Operation<'a>,
    shapes: &mut Shapes<'_, 'a>,
    changes: &mut Changes,
) {
    if old.line != new.line {
        changes.add(Effect::Meaning, format!("{id}: it is sent as {}, no longer as {}", new.line, old.line));
    }
    parameters(id, old, new, shapes, changes);
    for (part, flow, before, after) in
        [("body", Flow::Sent, old.body, new.body), ("reply", Flow::Received, old.reply, new.reply)]
    {
        content(&format!("{id} {part}"), flow, before, after, shapes, changes);
    }
    meaning::compare(id, &old.meaning, &new.meaning, changes);
}

fn parameters<'a>(
    id: &str,
    old: &Operation<'a>,
    new: &Operation<'a>,
    shapes: &mut Shapes<'_, 'a>,
    changes: &mut Changes,
) {
    for (name, before) in &old.parameters {
        let Some(after) = new.parameters.get(name) else {
            changes.add(Effect::Breaking, format!("{id}: the parameter {name} is gone"));
            continue;
        };
        if before.place != after.place {
            let what =
                format!("{id}: the parameter {name} is in the {}, no longer in the {}", after.place, before.place);
            // A parameter of the path is an argument of the call, any other one a setter.
            let moved = [before.place, after.place].contains(&"path");
            changes.add(if moved { Effect::Breaking } else { Effect::Meaning }, what);
        }
        match (before.required, after.required) {
            (false, true) => changes.add(Effect::Breaking, format!("{id}: the parameter {name} has become required")),
            (true, false) => changes.add(Effect::Additive, format!("{id}: the parameter {name} may be left out")),
            _ => {}
        }
        shapes.compare(&format!("{id} parameter {name}"), before.schema, after.schema, Flow::Sent, changes);
    }
    for (name, after) in &new.parameters {
        if !old.parameters.contains_key(name) {
            let (effect, kind) = if after.required { (Effect::Breaking, "required ") } else { (Effect::Additive, "") };
            changes.add(effect, format!("{id}: a new {kind}parameter {name}"));
        }
    }
}

fn content<'a>(
    place: &str,
    flow: Flow,
    old: Option<Content<'a>>,
    new: Option<Content<'a>>,
    shapes: &mut Shapes<'_, 'a>,
    changes: &mut Changes,
) {
    match (old, new) {
        (Some(before), Some(after)) if before.media == after.media => {
            shapes.compare(place, before.schema, after.schema, flow, changes);
        }
        (Some(before), Some(after)) => {
            changes.add(Effect::Breaking, format!("{place}: it is {}, no longer {}", after.media, before.media));
        }
        (Some(_), None) => changes.add(Effect::Breaking, format!("{place}: there is none any more")),
        (None, Some(after)) => changes.add(Effect::Breaking, format!("{place}: there is one, {}", after.media)),
        (None, None) => {}
    }
}

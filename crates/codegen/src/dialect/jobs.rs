//! Rules for what waits do beside looking: a list of many jobs, and a call that stops one.

use super::Family;
use super::place::Place;
use super::view::{JSON, Operation, View};
use super::violation::{Report, Rule};
use crate::meta::{Cancel, WaitList};

const WAIT_LIST: Rule =
    Rule { name: "wait-list", why: "jobs are found in the list by their id and judged by their status" };
const WAIT_CANCEL: Rule =
    Rule { name: "wait-cancel", why: "a job is stopped by a call that is made from what the wait knows" };

pub(super) const FAMILY: Family = Family { rules: &[WAIT_LIST, WAIT_CANCEL], check };

fn check(view: &View<'_>, report: &mut Report) {
    for operation in &view.operations {
        for (goal, wait) in operation.meaning.waits.iter().flatten() {
            if let Some(list) = &wait.list {
                listed(view, operation, goal, list, report);
            }
            if let Some(cancel) = &wait.cancel {
                cancelled(view, operation, goal, cancel, report);
            }
        }
    }
}

fn listed(view: &View<'_>, operation: &Operation<'_>, goal: &str, list: &WaitList, report: &mut Report) {
    let mut wrong =
        |what: String| report.add(&operation.at, WAIT_LIST, format!("the list of the wait {goal:?} {what}"));
    let Some(called) = view.operation(&list.operation) else {
        return wrong(format!("is {:?}, which is no operation; write the operationId of one", list.operation));
    };
    if operation.parameter(&list.param).is_none_or(|p| p.place != "path") {
        wrong(format!(
            "goes by {:?}, which is no parameter of the path here; name the one that tells jobs apart",
            list.param
        ));
    }
    for parameter in called.parameters.iter().filter(|p| p.at.is("required")) {
        if operation.parameter(parameter.name).is_none_or(|p| p.place != "path") {
            wrong(format!("needs {:?}, which is no parameter of the path here; name another list", parameter.name));
        }
    }
    if list.status.is_none() && list.present.is_none() {
        wrong("says nothing about a job; write \"status\" or \"present\"".to_owned());
    }
    let items = called.meaning.paging.as_ref().map_or("", |paging| paging.items.as_str());
    let place = called.reply_schema().map_or(Place::Missing, |reply| view.place(&reply, items));
    let item = match &place {
        Place::Found(found) if found.text("type") == Some("array") => found.get("items"),
        _ => None,
    };
    let Some(item) = item else {
        return wrong("has neither paging nor a bare array for a reply; describe it or name another".to_owned());
    };
    let fields = [("id", Some(&list.id)), ("status", list.status.as_ref()), ("present", list.present.as_ref())];
    for (key, path) in fields {
        if let Some(path) = path
            && matches!(view.place(&item, path), Place::Missing)
        {
            wrong(format!("has no {key} {path:?} in its items; describe it there or correct the path"));
        }
    }
}

fn cancelled(view: &View<'_>, operation: &Operation<'_>, goal: &str, cancel: &Cancel, report: &mut Report) {
    let mut wrong =
        |what: String| report.add(&operation.at, WAIT_CANCEL, format!("the cancel of the wait {goal:?} {what}"));
    let Some(called) = view.operation(&cancel.operation) else {
        return wrong(format!("is {:?}, which is no operation; write the operationId of one", cancel.operation));
    };
    let body = called.body.as_ref().and_then(|body| body.path(&["content", JSON, "schema"]));
    let body = body.map(|schema| view.resolve(&schema));
    let fields = body.as_ref().map(|schema| schema.items_of("required")).unwrap_or_default();
    let in_body = fields.iter().filter_map(|name| name.value.as_str());
    let needed = called.parameters.iter().filter(|p| p.at.is("required")).map(|p| p.name).chain(in_body);
    for name in needed {
        let known = operation.parameter(name).is_some_and(|p| p.place == "path");
        if !known && !cancel.values.contains_key(name) {
            wrong(format!("needs {name:?}, which is no parameter of the path here; write it under \"values\""));
        }
    }
    for name in cancel.values.keys() {
        let in_body = body.as_ref().is_some_and(|schema| schema.path(&["properties", name]).is_some());
        if called.parameter(name).is_none() && !in_body {
            wrong(format!("has no parameter {name:?}; correct the name"));
        }
    }
}

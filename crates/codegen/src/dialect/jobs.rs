//! Job rules: the call that starts a long-running job, the list that it stands in, and the call that stops it.

use super::rule::{Report, Rule, RuleGroup};
use crate::extension::{Cancel, Starts, WaitList};
use crate::spec::field_path::{self, FieldLookup};
use crate::spec::{JSON, Operation, Spec};

const STARTS: Rule = Rule { name: "starts", why: "a job is waited for by a call that is made from the reply" };
const WAIT_LIST: Rule =
    Rule { name: "wait-list", why: "jobs are found in the list by their id and judged by their status" };
const WAIT_CANCEL: Rule =
    Rule { name: "wait-cancel", why: "a job is stopped by a call that is made from what the wait knows" };

pub(super) const GROUP: RuleGroup = RuleGroup { rules: &[STARTS, WAIT_LIST, WAIT_CANCEL], check };

fn check(spec: &Spec<'_>, report: &mut Report) {
    for operation in &spec.operations {
        if let Some(starts) = &operation.extension.starts {
            started(spec, operation, starts, report);
        }
        for (goal, wait) in operation.extension.waits.iter().flatten() {
            if let Some(list) = &wait.list {
                listed(spec, operation, goal, list, report);
            }
            if let Some(cancel) = &wait.cancel {
                cancelled(spec, operation, goal, cancel, report);
            }
        }
    }
}

fn started(spec: &Spec<'_>, operation: &Operation<'_>, starts: &Starts, report: &mut Report) {
    let mut wrong = |what: String| report.add(&operation.at, STARTS, format!("what the operation starts {what}"));
    let Some(job) = spec.operation(&starts.operation) else {
        return wrong(format!(
            "is told by {:?}, which is no operation; write the operationId of one",
            starts.operation
        ));
    };
    if job.extension.waits.as_ref().is_none_or(|waits| waits.is_empty()) {
        wrong(format!("is told by {:?}, which nothing waits for; name an operation with waits", job.id));
    }
    if job.parameter(&starts.param).is_none_or(|p| p.location != "path") {
        wrong(format!("goes by {:?}, which is no parameter of the path of {}; name that one's", starts.param, job.id));
    }
    for parameter in job.parameters.iter().filter(|p| p.at.is("required") && p.name != starts.param) {
        if operation.parameter(parameter.name).is_none_or(|p| p.location != "path") {
            wrong(format!(
                "needs {:?}, which is no parameter of the path here; name another operation",
                parameter.name
            ));
        }
    }
    let Some(reply) = operation.reply_schema() else {
        return wrong("has its id in the reply, which is no JSON; describe the reply".to_owned());
    };
    if field_path::is_missing(&reply, &starts.id) {
        wrong(format!("has no id {:?} in the reply; describe it there or correct the path", starts.id));
    }
}

fn listed(spec: &Spec<'_>, operation: &Operation<'_>, goal: &str, list: &WaitList, report: &mut Report) {
    let mut wrong =
        |what: String| report.add(&operation.at, WAIT_LIST, format!("the list of the wait {goal:?} {what}"));
    let Some(called) = spec.operation(&list.operation) else {
        return wrong(format!("is {:?}, which is no operation; write the operationId of one", list.operation));
    };
    if operation.parameter(&list.param).is_none_or(|p| p.location != "path") {
        wrong(format!(
            "goes by {:?}, which is no parameter of the path here; name the one that tells jobs apart",
            list.param
        ));
    }
    for parameter in called.parameters.iter().filter(|p| p.at.is("required")) {
        if operation.parameter(parameter.name).is_none_or(|p| p.location != "path") {
            wrong(format!("needs {:?}, which is no parameter of the path here; name another list", parameter.name));
        }
    }
    if list.status.is_none() && list.present.is_none() {
        wrong("says nothing about a job; write \"status\" or \"present\"".to_owned());
    }
    let items = called.extension.paging.as_ref().map_or("", |paging| paging.items.as_str());
    let place = called.reply_schema().map_or(FieldLookup::Missing, |reply| field_path::lookup(&reply, items));
    let item = match &place {
        FieldLookup::Found(found) if found.text("type") == Some("array") => found.get("items"),
        _ => None,
    };
    let Some(item) = item else {
        return wrong("has neither paging nor a bare array for a reply; describe it or name another".to_owned());
    };
    let fields = [("id", Some(&list.id)), ("status", list.status.as_ref()), ("present", list.present.as_ref())];
    for (key, path) in fields {
        if let Some(path) = path
            && field_path::is_missing(&item, path)
        {
            wrong(format!("has no {key} {path:?} in its items; describe it there or correct the path"));
        }
    }
}

fn cancelled(spec: &Spec<'_>, operation: &Operation<'_>, goal: &str, cancel: &Cancel, report: &mut Report) {
    let mut wrong =
        |what: String| report.add(&operation.at, WAIT_CANCEL, format!("the cancel of the wait {goal:?} {what}"));
    let Some(called) = spec.operation(&cancel.operation) else {
        return wrong(format!("is {:?}, which is no operation; write the operationId of one", cancel.operation));
    };
    let body = called.body.as_ref().and_then(|body| body.path(&["content", JSON, "schema"]));
    let body = body.map(|schema| schema.resolve());
    let fields = body.as_ref().map(|schema| schema.items_of("required")).unwrap_or_default();
    let in_body = fields.iter().filter_map(|name| name.value.as_str());
    let needed = called.parameters.iter().filter(|p| p.at.is("required")).map(|p| p.name).chain(in_body);
    for name in needed {
        let known = operation.parameter(name).is_some_and(|p| p.location == "path");
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

//! Wait rules: an operation to poll, words that end it, and places that the reply has.

use std::collections::BTreeMap;

use super::rule::{Report, Rule, RuleGroup};
use crate::extension::Wait;
use crate::identifier;
use crate::spec::field_path::{self, FieldLookup};
use crate::spec::{Operation, Spec};

const WAIT_GOAL: Rule = Rule { name: "wait-goal", why: "the goal's name becomes a method" };
const WAIT_POLL: Rule =
    Rule { name: "wait-poll", why: "what is polled is an operation of the document, called with the same arguments" };
const WAIT_END: Rule =
    Rule { name: "wait-end", why: "a wait without a final word never ends, and one word cannot mean both" };
const WAIT_PLACE: Rule = Rule { name: "wait-place", why: "status, progress, reason and value are read from the reply" };
const WAIT_RESUME: Rule = Rule { name: "wait-resume", why: "a group has one resume, which gives one type" };

pub(super) const GROUP: RuleGroup =
    RuleGroup { rules: &[WAIT_GOAL, WAIT_POLL, WAIT_END, WAIT_PLACE, WAIT_RESUME], check };

fn check(spec: &Spec<'_>, report: &mut Report) {
    let mut values: BTreeMap<&str, (String, String)> = BTreeMap::new();
    for operation in &spec.operations {
        for (goal, wait) in operation.extension.waits.iter().flatten() {
            words(operation, goal, wait, report);
            let Some(value) = replies(spec, operation, goal, wait, report) else {
                continue;
            };
            let (first, known) = values
                .entry(operation.group)
                .or_insert_with(|| (format!("{}'s {goal:?}", operation.id), value.clone()));
            if *known != value {
                report.add(
                    &operation.at,
                    WAIT_RESUME,
                    format!("the wait {goal:?} gives another type than {first} of the same group; let \"value\" name the same schema, or use another tag"),
                );
            }
        }
    }
}

fn words(operation: &Operation<'_>, goal: &str, wait: &Wait, report: &mut Report) {
    let at = &operation.at;
    if !identifier::is_plain(goal) {
        report.add(
            at,
            WAIT_GOAL,
            format!("the goal is {goal:?}; write lower-case words joined by \"_\", \"done\" for the plain one"),
        );
    }
    let by_words = wait.status.is_some() && !wait.good.is_empty();
    if !by_words && wait.present.is_none() {
        report.add(
            at,
            WAIT_END,
            format!("the wait {goal:?} has no end; write \"status\" and its \"good\" words, or \"present\""),
        );
    }
    let kinds = [("good", &wait.good), ("bad", &wait.bad), ("start", &wait.start)];
    for (index, (kind, words)) in kinds.iter().enumerate() {
        for (other, others) in &kinds[index + 1..] {
            for word in words.iter().filter(|word| others.contains(word)) {
                report.add(
                    at,
                    WAIT_END,
                    format!("the wait {goal:?} lists {word:?} as {kind} and {other}; keep it in one of the lists"),
                );
            }
        }
    }
    for word in wait.unsure.iter().filter(|word| !kinds.iter().any(|(_, words)| words.contains(word))) {
        report.add(
            at,
            WAIT_END,
            format!("the wait {goal:?} is unsure of {word:?}, which ends nothing; list it as good, bad or start too"),
        );
    }
}

/// Checks what is polled and read; gives the place of the schema of the wait's value.
fn replies(spec: &Spec<'_>, operation: &Operation<'_>, goal: &str, wait: &Wait, report: &mut Report) -> Option<String> {
    let at = &operation.at;
    let polled = match wait.poll.as_deref() {
        None => operation,
        Some(id) => {
            let Some(polled) = spec.operation(id) else {
                report.add(
                    at,
                    WAIT_POLL,
                    format!("the wait {goal:?} polls {id:?}, which is no operation; write the operationId of one"),
                );
                return None;
            };
            polled
        }
    };
    for parameter in polled.parameters.iter().filter(|p| p.at.is("required")) {
        if operation.parameter(parameter.name).is_none() {
            report.add(
                at,
                WAIT_POLL,
                format!("the wait {goal:?} polls {:?}, which needs {:?}; this operation has no such parameter, poll another", polled.id, parameter.name),
            );
        }
    }
    let Some(status) = polled.reply_schema() else {
        report.add(
            at,
            WAIT_PLACE,
            format!("the wait {goal:?} polls an operation without a JSON reply; describe its reply or poll another"),
        );
        return None;
    };
    for (key, path) in [
        ("status", &wait.status),
        ("present", &wait.present),
        ("progress", &wait.progress),
        ("whole", &wait.whole),
        ("reason", &wait.reason),
    ] {
        if let Some(path) = path
            && field_path::is_missing(&status, path)
        {
            report.add(
                at,
                WAIT_PLACE,
                format!("the {key} {path:?} of the wait {goal:?} is not in the reply of {}; describe it there or correct the path", polled.id),
            );
        }
    }
    value(operation, goal, wait, report)
}

/// The value stands in the operation's own reply, also where a cheaper one is polled.
fn value(operation: &Operation<'_>, goal: &str, wait: &Wait, report: &mut Report) -> Option<String> {
    let reply = operation.reply_schema()?;
    match field_path::lookup(&reply, wait.value.as_deref().unwrap_or_default()) {
        FieldLookup::Found(value) => Some(value.pointer),
        FieldLookup::FreeForm => None,
        FieldLookup::Missing => {
            report.add(
                &operation.at,
                WAIT_PLACE,
                format!(
                    "the value {:?} of the wait {goal:?} is not in the reply of {}; describe it there or correct the path",
                    wait.value.as_deref().unwrap_or_default(),
                    operation.id
                ),
            );
            None
        }
    }
}

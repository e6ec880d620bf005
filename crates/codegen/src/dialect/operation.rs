//! Operation rules: the id and tag that become group and verb, and names that are taken.

use std::collections::BTreeMap;

use super::rule::{Report, Rule, RuleGroup};
use crate::identifier;
use crate::spec::{Operation, Spec};

const METHOD: Rule = Rule { name: "method", why: "the HTTP client has no such method, the output would not compile" };
const OPERATION_ID: Rule =
    Rule { name: "operation-id", why: "the id names the builder, the row of the table and what people type" };
const TAG: Rule = Rule { name: "tag", why: "the one tag is the group that the operation is called on" };
const OPERATION_NAME: Rule = Rule { name: "operation-name", why: "group and verb are read from the id" };
const OPERATION_CLASH: Rule = Rule { name: "operation-clash", why: "two builders of one name do not compile" };
const GROUP_RESERVED: Rule = Rule { name: "group-reserved", why: "the client has a method of that name" };
const VERB_RESERVED: Rule =
    Rule { name: "verb-reserved", why: "the group has a method of that name, or the word is Rust's" };
const SUMMARY: Rule = Rule { name: "summary", why: "the summary is what help texts and listings show" };
const DROPSHOT: Rule = Rule { name: "dropshot", why: "the generator would emit its own streams beside ours" };

pub(super) const GROUP: RuleGroup = RuleGroup {
    rules: &[
        METHOD,
        OPERATION_ID,
        TAG,
        OPERATION_NAME,
        OPERATION_CLASH,
        GROUP_RESERVED,
        VERB_RESERVED,
        SUMMARY,
        DROPSHOT,
    ],
    check,
};

/// Methods that every client has by hand.
const CLIENT_METHODS: &[&str] = &["builder", "client", "with", "new", "new_with_client", "raw", "call"];
/// What the generator imports where the builders stand.
const IMPORTED: &[&str] =
    &["ByteStream", "ClientHooks", "ClientInfo", "OperationInfo", "RequestBuilderExt", "ResponseValue"];
/// Methods that every group has by hand.
const GROUP_METHODS: &[&str] = &["resume"];

fn check(spec: &Spec<'_>, report: &mut Report) {
    let taken = IMPORTED.iter().map(|name| ((*name).to_owned(), "a name of the generator"));
    let mut builders: BTreeMap<String, &str> = taken.collect();
    for operation in &spec.operations {
        form(operation, report);
        name(operation, report);
        let at = &operation.at;
        if operation.id.is_empty() {
            continue;
        }
        if let Some(other) = builders.insert(identifier::pascal_case(operation.id), operation.id) {
            report.add(
                at,
                OPERATION_CLASH,
                format!("{:?} and {other:?} are one name in Rust; rename one of them", operation.id),
            );
        }
    }
}

fn form(operation: &Operation<'_>, report: &mut Report) {
    let at = &operation.at;
    if matches!(operation.method, "options" | "trace") {
        report.add(at, METHOD, format!("{} cannot be sent; leave the operation out", operation.method));
    }
    if at.text("summary").is_none_or(|text| text.trim().is_empty()) {
        report.add(at, SUMMARY, "there is no summary; say in one line what a caller gets");
    }
    for key in ["x-dropshot-pagination", "x-dropshot-websocket"] {
        if at.has(key) {
            report.add(
                at,
                DROPSHOT,
                format!("{key} is not read here; say \"paging\" under x-mlhub or leave the operation out"),
            );
        }
    }
}

fn name(operation: &Operation<'_>, report: &mut Report) {
    let at = &operation.at;
    let id = operation.id;
    let plain = identifier::is_plain(id);
    if !plain {
        report.add(
            at,
            OPERATION_ID,
            format!("the operationId is {id:?}; write lower-case words joined by \"_\", the group first, such as \"trial_list\""),
        );
    }
    let tag = operation.group;
    if !identifier::is_plain(tag) {
        report.add(
            at,
            TAG,
            "write exactly one tag, the group in lower-case words joined by \"_\", such as [\"trial\"]",
        );
        return;
    }
    if CLIENT_METHODS.contains(&tag) || identifier::is_keyword(tag) {
        report.add(
            at,
            GROUP_RESERVED,
            format!("a group cannot be called {tag:?}: the name is taken; choose another tag"),
        );
    }
    match operation.verb {
        "" if plain => {
            report.add(at, OPERATION_NAME, format!("{id:?} does not begin with its tag; write \"{tag}_VERB\""))
        }
        verb if GROUP_METHODS.contains(&verb) || identifier::is_keyword(verb) => report.add(
            at,
            VERB_RESERVED,
            format!("a verb cannot be {verb:?}: the name is taken; choose another operationId"),
        ),
        _ => {}
    }
}

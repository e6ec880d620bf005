//! Dialect of OpenAPI that documents are written in, and the lint that holds them to it.
//!
//! The generator compiles a subset of `OpenAPI` 3.0 well, compiles some of the rest into code
//! that misbehaves, and panics on what remains without saying where. [`lint`] finds all of that
//! first and names the document, the place, the rule and what to write instead. It reads plain
//! JSON, so that it has something to say about any text whatever.

mod body;
mod description;
mod document;
mod extension;
mod jobs;
mod name_clash;
mod object_fields;
mod operation;
mod paging;
mod parameter;
mod path_template;
mod rule;
mod schema;
mod schema_keywords;
mod success_reply;
mod table_columns;
mod waits;

use serde_json::Value;

use rule::{Report, RuleGroup};
pub use rule::{Rule, Violation};
pub(crate) use table_columns::{Table, table};

use crate::spec::Spec;

const GROUPS: &[RuleGroup] = &[
    document::GROUP,
    operation::GROUP,
    path_template::GROUP,
    parameter::GROUP,
    body::GROUP,
    success_reply::GROUP,
    schema_keywords::GROUP,
    schema::GROUP,
    object_fields::GROUP,
    name_clash::GROUP,
    description::GROUP,
    extension::GROUP,
    paging::GROUP,
    table_columns::GROUP,
    waits::GROUP,
    jobs::GROUP,
];

/// Every rule of the dialect.
pub fn rules() -> impl Iterator<Item = Rule> {
    GROUPS.iter().flat_map(|group| group.rules).chain([&document::PARSE]).copied()
}

/// Checks a document against every rule; an empty list means that it can be compiled.
///
/// `name` is what reports call the document.
#[must_use]
pub fn lint(name: &str, document: &Value) -> Vec<Violation> {
    check(&Spec::new(name, document))
}

/// The same for a document that is read already.
pub(crate) fn check(spec: &Spec<'_>) -> Vec<Violation> {
    let mut report = Report::new(spec.name);
    for group in GROUPS {
        (group.check)(spec, &mut report);
    }
    // The parser's own message names no place: it only speaks where no rule did.
    if report.is_empty() {
        document::parses(spec, &mut report);
    }
    report.finish()
}

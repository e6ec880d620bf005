//! The dialect that documents are written in, and the lint that holds them to it.
//!
//! The generator compiles a subset of `OpenAPI` 3.0 well, compiles some of the rest into code
//! that misbehaves, and panics on what remains without saying where. [`lint`] finds all of that
//! first and names the document, the place, the rule and what to write instead. It reads plain
//! JSON, so that it has something to say about any text whatever.

mod at;
mod body;
pub(crate) mod case;
mod clash;
mod columns;
mod document;
mod fields;
mod jobs;
mod keyword;
mod lists;
mod meaning;
mod operation;
mod parameter;
mod path;
mod place;
mod reply;
mod schema;
mod starts;
mod text;
mod view;
mod violation;
mod waits;
mod walk;

use std::collections::BTreeMap;

pub(crate) use columns::Shown;
use serde_json::Value;
use view::View;
use violation::Report;
pub use violation::{Rule, Violation};

/// One family: its rules, and the check that reports them.
struct Family {
    rules: &'static [Rule],
    check: fn(&View<'_>, &mut Report),
}

const FAMILIES: &[Family] = &[
    document::FAMILY,
    operation::FAMILY,
    path::FAMILY,
    parameter::FAMILY,
    body::FAMILY,
    reply::FAMILY,
    keyword::FAMILY,
    schema::FAMILY,
    fields::FAMILY,
    clash::FAMILY,
    text::FAMILY,
    meaning::FAMILY,
    lists::FAMILY,
    columns::FAMILY,
    waits::FAMILY,
    jobs::FAMILY,
    starts::FAMILY,
];

/// Every rule of the dialect.
pub fn rules() -> impl Iterator<Item = Rule> {
    FAMILIES.iter().flat_map(|family| family.rules).chain([&document::PARSE]).copied()
}

/// Checks a document against every rule; an empty list means that it can be compiled.
///
/// `name` is what reports call the document.
#[must_use]
pub fn lint(name: &str, document: &Value) -> Vec<Violation> {
    let view = View::new(document);
    let mut report = Report::new(name);
    for family in FAMILIES {
        (family.check)(&view, &mut report);
    }
    // The parser's own message names no place: it only speaks where no rule did.
    if report.is_empty() {
        document::parses(&view, &mut report);
    }
    report.finish()
}

/// What tables show of each operation's reply, by its id.
pub(crate) fn shown(document: &Value) -> BTreeMap<String, Shown> {
    columns::of_each(&View::new(document))
}

/// A schema of a document and what becomes of its values.
pub(crate) struct SchemaUse {
    pub(crate) pointer: String,
    /// Something that is received holds it.
    pub(crate) reply: bool,
    /// It lists the only words that some reply may hold.
    pub(crate) closed: bool,
}

/// Every schema of a document, also of one that breaks rules.
pub(crate) fn uses(document: &Value) -> Vec<SchemaUse> {
    let schemas = View::new(document).schemas.into_iter();
    schemas.map(|schema| SchemaUse { pointer: schema.at.pointer, reply: schema.reply, closed: schema.closed }).collect()
}

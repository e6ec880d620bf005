//! Document rules: its version, and references that lead somewhere.

use super::rule::{Report, Rule, RuleGroup};
use crate::identifier;
use crate::spec::{Located, Spec};

const VERSION: Rule = Rule { name: "version", why: "the generator takes OpenAPI 3.0.x and nothing else" };
const PATH_REFERENCE: Rule = Rule { name: "path-reference", why: "the generator panics on a path that is a reference" };
const REFERENCE_OUTSIDE: Rule =
    Rule { name: "reference-outside", why: "a document is compiled alone, without network or other files" };
const REFERENCE_PLACE: Rule = Rule {
    name: "reference-place",
    why: "the generator looks names up in one section, by the last word of the reference",
};
const REFERENCE_DANGLING: Rule =
    Rule { name: "reference-dangling", why: "the generator panics on a name that is not there" };
const REFERENCE_LOOP: Rule = Rule { name: "reference-loop", why: "references that only lead to each other never end" };
/// What is left when no other rule explains why the document cannot be read.
pub(super) const PARSE: Rule = Rule { name: "parse", why: "the generator's own parser has to take the document" };

pub(super) const GROUP: RuleGroup = RuleGroup {
    rules: &[VERSION, PATH_REFERENCE, REFERENCE_OUTSIDE, REFERENCE_PLACE, REFERENCE_DANGLING, REFERENCE_LOOP],
    check,
};

fn check(spec: &Spec<'_>, report: &mut Report) {
    let version = spec.root.text("openapi").unwrap_or_default();
    if !version.starts_with("3.0.") {
        report.add(
            &spec.root,
            VERSION,
            format!("it says openapi {version:?}; write \"3.0.3\" and only what that version knows"),
        );
    }
    for (_, item) in spec.root.entries_of("paths") {
        if item.has("$ref") {
            report.add(&item, PATH_REFERENCE, "the path is a reference; write its operations out here");
        }
    }
    for (at, section) in references(spec) {
        reference(&at, section, report);
    }
}

/// Every place that may hold a reference, with the section that it has to lead to.
fn references<'a>(spec: &Spec<'a>) -> Vec<(Located<'a>, &'static str)> {
    let mut places: Vec<(Located<'a>, &'static str)> = Vec::new();
    for operation in &spec.operations {
        let listed = operation.parameters.iter().map(|p| p.listed.clone());
        places.extend(listed.map(|at| (at, "parameters")));
        places.extend(operation.at.get("requestBody").map(|at| (at, "requestBodies")));
        let responses = operation.at.entries_of("responses");
        places.extend(responses.into_iter().map(|(_, at)| (at, "responses")));
    }
    for section in ["parameters", "requestBodies", "responses"] {
        let parts = spec.root.components(section);
        places.extend(parts.into_iter().map(|(_, at)| (at, section)));
    }
    places.extend(spec.schemas.iter().map(|s| (s.at.clone(), "schemas")));
    places
}

fn reference(at: &Located<'_>, section: &'static str, report: &mut Report) {
    let Some(text) = at.text("$ref") else { return };
    if !text.starts_with('#') {
        report.add(
            at,
            REFERENCE_OUTSIDE,
            format!(
                "{text:?} leads out of the document; copy what it names under components/{section} and refer to that"
            ),
        );
        return;
    }
    let name = text.strip_prefix(&format!("#/components/{section}/"));
    if !name.is_some_and(identifier::is_component_name) {
        report.add(
            at,
            REFERENCE_PLACE,
            format!("{text:?} is not of the form \"#/components/{section}/NAME\"; give the part a name there"),
        );
    } else if at.target(text).is_none() {
        report.add(
            at,
            REFERENCE_DANGLING,
            format!("{text:?} names nothing; add it under components/{section} or correct the name"),
        );
    } else if never_ends(at) {
        report.add(
            at,
            REFERENCE_LOOP,
            format!("{text:?} leads from reference to reference without end; write out what it stands for"),
        );
    }
}

fn never_ends(at: &Located<'_>) -> bool {
    let end = at.resolve();
    end.text("$ref").is_some_and(|text| at.target(text).is_some())
}

pub(super) fn parses(spec: &Spec<'_>, report: &mut Report) {
    let parsed = serde_json::from_value::<openapiv3::OpenAPI>(spec.root.value.clone());
    if let Err(error) = parsed {
        report.add(&spec.root, PARSE, format!("it is no OpenAPI 3.0 document ({error}); compare it with one that is"));
    }
}

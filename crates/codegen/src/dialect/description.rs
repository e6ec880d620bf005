//! Description rules: each field has one, and rustdoc shows it as written.

use super::rule::{Report, Rule, RuleGroup};
use crate::spec::{Located, Spec};

const DESCRIBED: Rule = Rule { name: "described", why: "the description is the field's documentation" };
const CODE_BLOCK: Rule = Rule { name: "code-block", why: "rustdoc runs a block of code as a test" };
const BRACKETS: Rule = Rule { name: "brackets", why: "rustdoc reads a bracketed word as a link" };
const HTML: Rule = Rule { name: "html", why: "rustdoc reads an angle bracket and a letter as the beginning of a tag" };
const BARE_URL: Rule = Rule { name: "bare-url", why: "rustdoc wants addresses marked as such" };

pub(super) const GROUP: RuleGroup = RuleGroup { rules: &[DESCRIBED, CODE_BLOCK, BRACKETS, HTML, BARE_URL], check };

fn check(spec: &Spec<'_>, report: &mut Report) {
    for schema in &spec.schemas {
        for (name, property) in schema.at.entries_of("properties") {
            if !is_described(&property) {
                report.add(
                    &property,
                    DESCRIBED,
                    format!("the field {name:?} has no description; say what it holds, its unit, and what null means"),
                );
            }
        }
    }
    for at in described(spec) {
        for key in ["title", "summary", "description"] {
            if let (Some(text), Some(at)) = (at.text(key), at.get(key)) {
                readable(&at, text, report);
            }
        }
    }
}

/// By its own words, or by those of the one schema it stands for.
fn is_described(property: &Located<'_>) -> bool {
    let says = |at: &Located<'_>| at.text("description").is_some_and(|text| !text.trim().is_empty());
    says(property) || says(&property.resolve())
}

/// Every object whose texts end in documentation.
fn described<'a>(spec: &Spec<'a>) -> Vec<Located<'a>> {
    let mut all: Vec<Located<'a>> = spec.root.get("info").into_iter().collect();
    all.extend(spec.root.items_of("tags"));
    for operation in &spec.operations {
        all.push(operation.at.clone());
        all.extend(operation.parameters.iter().map(|p| p.at.clone()));
        all.extend(operation.body.clone());
        all.extend(operation.responses.iter().map(|(_, at)| at.clone()));
    }
    all.extend(spec.schemas.iter().map(|schema| schema.at.clone()));
    all
}

fn readable(at: &Located<'_>, text: &str, report: &mut Report) {
    let block = |line: &str| {
        let fenced = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        let indented = line.starts_with("    ") || line.starts_with('\t');
        fenced || (indented && !line.trim().is_empty())
    };
    if text.lines().any(block) {
        report.add(
            at,
            CODE_BLOCK,
            "the text holds a block of code; write `code` within a sentence, and no line that begins with four spaces",
        );
        return;
    }
    if text.contains(['[', ']']) {
        report.add(at, BRACKETS, "the text holds a square bracket; write it in words or with parentheses");
    }
    let prose = outside_code(text);
    if is_tag(&prose) {
        report.add(at, HTML, "the text holds an angle bracket before a letter; write it as `code`");
    }
    let addresses = ["http://", "https://"].iter();
    let bare = addresses.flat_map(|scheme| prose.match_indices(scheme));
    if bare.into_iter().any(|(index, _)| !prose.get(..index).is_some_and(|before| before.ends_with('<'))) {
        report.add(at, BARE_URL, "the text holds an address; write it within angle brackets or as `code`");
    }
}

/// The text without what stands between backticks.
fn outside_code(text: &str) -> String {
    let pieces = text.split('`').step_by(2);
    pieces.collect::<Vec<_>>().join("` `")
}

fn is_tag(prose: &str) -> bool {
    prose.match_indices('<').any(|(index, _)| {
        let after = prose.get(index + 1..).unwrap_or_default();
        let tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        tag && !after.starts_with("http://") && !after.starts_with("https://")
    })
}

//! Schema rules: how forms are combined, and values that a type can hold.

use serde_json::Value;

use super::rule::{Report, Rule, RuleGroup};
use crate::extension::{FLAG, JOIN};
use crate::spec::{Located, Parameter, Spec};

const ANY_OF: Rule =
    Rule { name: "any-of", why: "the generator makes a struct of all forms at once, which no value fits" };
const NOT: Rule = Rule { name: "not", why: "the generator panics on it" };
const NO_FORMS: Rule = Rule { name: "no-forms", why: "the generator panics on a choice of nothing" };
const DISCRIMINATOR: Rule =
    Rule { name: "discriminator", why: "the generator ignores it and decodes the first form that fits" };
const PATTERN: Rule = Rule {
    name: "pattern",
    why: "it needs a regular-expression engine at run time, and one odd value fails the whole reply",
};
const DATE: Rule = Rule {
    name: "date",
    // `date-time` is in the dialect: it is lowered to a type of ours that keeps the text.
    why: "it needs a date library in every client; `date-time` is kept as text by a type of ours",
};
const DEFAULT: Rule = Rule { name: "default", why: "the generator refuses a default that the type cannot hold" };
const WORD: Rule = Rule { name: "word", why: "the generator refuses a word that is no value of the type" };
const JOINED: Rule = Rule { name: "joined", why: "a list in one text is split and joined by one character" };

const FLAGGED: Rule =
    Rule { name: "flagged", why: "a truth value in a query is written as a word, as 1 or 0, or as 1 or not at all" };

pub(super) const GROUP: RuleGroup =
    RuleGroup { rules: &[ANY_OF, NOT, NO_FORMS, DISCRIMINATOR, PATTERN, DATE, DEFAULT, WORD, JOINED, FLAGGED], check };

fn check(spec: &Spec<'_>, report: &mut Report) {
    for schema in &spec.schemas {
        let at = &schema.at;
        if at.has("$ref") {
            continue;
        }
        forms(at, report);
        if let Some(word) = at.value.get(FLAG) {
            let known = at.text("type") == Some("boolean") && ["bit", "set"].iter().any(|known| word == known);
            if !(known && is_of_query(spec, at)) {
                report.add(
                    at,
                    FLAGGED,
                    format!("{FLAG} is {word}; write \"bit\" or \"set\", on the boolean schema of a query parameter"),
                );
            }
        }
        texts(at, report);
        default(at, report);
    }
}

fn forms(at: &Located<'_>, report: &mut Report) {
    if at.has("anyOf") {
        report.add(
            at,
            ANY_OF,
            "anyOf is not compiled as meant; write oneOf, or \"nullable\": true where null is one of the forms",
        );
    }
    if at.has("not") {
        report.add(at, NOT, "\"not\" cannot be compiled; leave it out");
    }
    for key in ["allOf", "oneOf"] {
        if at.get(key).is_some_and(|forms| forms.items().is_empty()) {
            report.add(at, NO_FORMS, format!("{key} lists no schema; list one, or leave it out"));
        }
    }
    if at.has("discriminator") {
        report.add(
            at,
            DISCRIMINATOR,
            "the discriminator is not read; leave it out and give each form a required field with an enum of its one word",
        );
    }
    if let Some(separator) = at.value.get(JOIN) {
        let is_text = at.text("type") == Some("string") && separator.as_str().is_some_and(|s| s.chars().count() == 1);
        if !is_text {
            report.add(at, JOINED, format!("{JOIN} is {separator}; write one character, on a schema of type string"));
        }
    }
}

/// Whether the schema is that of a query parameter, which alone is written so.
fn is_of_query(spec: &Spec<'_>, at: &Located<'_>) -> bool {
    let own = |parameter: &Parameter<'_>| {
        parameter.location == "query" && parameter.schema().is_some_and(|schema| std::ptr::eq(schema.value, at.value))
    };
    spec.operations.iter().any(|operation| !operation.is_lowered() && operation.parameters.iter().any(own))
}

fn texts(at: &Located<'_>, report: &mut Report) {
    if at.has("pattern") {
        report.add(at, PATTERN, "the pattern cannot be checked; leave it out and say it in the description");
    }
    if let Some(format) = at.text("format").filter(|format| *format == "date") {
        report.add(
            at,
            DATE,
            format!("the format is {format:?}; leave it out and say so in the description, or write \"date-time\" for a moment"),
        );
    }
}

fn default(at: &Located<'_>, report: &mut Report) {
    let fits = |value: &Value| is_of_type(at, value);
    for word in at.items_of("enum") {
        if !fits(word.value) {
            report.add(
                &word,
                WORD,
                format!("{} is no value of the enum's type; correct it or leave it out", word.value),
            );
        }
    }
    let Some(default) = at.value.get("default") else {
        return;
    };
    let words = at.value.get("enum").and_then(Value::as_array);
    let listed = words.is_none_or(|words| words.contains(default));
    if !(fits(default) && (listed || default.is_null())) {
        report.add(at, DEFAULT, format!("the default {default} is no value of this type; correct it or leave it out"));
    }
}

fn is_of_type(schema: &Located<'_>, value: &Value) -> bool {
    if value.is_null() && schema.is("nullable") {
        return true;
    }
    match schema.text("type") {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => true,
    }
}

//! Schema keyword rules: one type, and only what OpenAPI 3.0 says of that type.

use serde_json::Value;

use super::rule::{Report, Rule, RuleGroup};
use crate::spec::{Located, Spec};

const NEWER_KEYWORD: Rule = Rule {
    name: "newer-keyword",
    why: "OpenAPI 3.0 does not know the word, and what it says is lost or fails to parse",
};
const TYPE: Rule = Rule { name: "type", why: "without a type the generator guesses, and panics where it cannot" };
const KEYWORD: Rule = Rule { name: "keyword", why: "a word of another type makes the generator guess, or panic" };
const BOUND: Rule = Rule { name: "bound", why: "the generator panics on an exclusive bound without its number" };
const MINIMUM: Rule = Rule {
    name: "minimum",
    why: "an integer from 1 becomes a type that has no zero, which neither callers nor replies keep to",
};

pub(super) const GROUP: RuleGroup = RuleGroup { rules: &[NEWER_KEYWORD, TYPE, KEYWORD, BOUND, MINIMUM], check };

/// Words of JSON Schema that came after `OpenAPI` 3.0.
const NEWER: &[&str] = &[
    "const",
    "contains",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "$defs",
];

/// What may stand beside each type, apart from what describes it.
const TYPES: &[(&str, &[&str])] = &[
    ("string", &["enum", "format", "maxLength", "minLength", "pattern"]),
    ("integer", NUMERIC),
    ("number", NUMERIC),
    ("boolean", &["enum"]),
    ("array", &["items", "maxItems", "minItems", "uniqueItems"]),
    ("object", &["additionalProperties", "maxProperties", "minProperties", "properties", "required"]),
];
const NUMERIC: &[&str] =
    &["enum", "exclusiveMaximum", "exclusiveMinimum", "format", "maximum", "minimum", "multipleOf"];
/// What stands in place of a type.
const COMBINED: &[&str] = &["allOf", "anyOf", "not", "oneOf"];

fn check(spec: &Spec<'_>, report: &mut Report) {
    for schema in &spec.schemas {
        let at = &schema.at;
        if at.has("$ref") {
            continue;
        }
        for key in NEWER.iter().filter(|key| at.has(key)) {
            report.add(
                at,
                NEWER_KEYWORD,
                format!(
                    "{key:?} is not known in OpenAPI 3.0; leave it out, or write an enum of one word for a constant"
                ),
            );
        }
        kind(at, report);
        bounds(at, report);
    }
}

fn kind(at: &Located<'_>, report: &mut Report) {
    let known = |name: &str| TYPES.iter().find(|(kind, _)| *kind == name);
    match at.value.get("type") {
        Some(Value::Array(_)) => report.add(
            at,
            NEWER_KEYWORD,
            "a list of types is not known in OpenAPI 3.0; write one type, and \"nullable\": true in place of \"null\"",
        ),
        Some(other) => match other.as_str().and_then(known) {
            Some((kind, allowed)) => beside(at, kind, allowed, report),
            None => {
                let names: Vec<&str> = TYPES.iter().map(|(name, _)| *name).collect();
                report.add(at, TYPE, format!("the type is {other}; write one of {}", names.join(", ")));
            }
        },
        None => untyped(at, report),
    }
}

fn beside(at: &Located<'_>, kind: &str, allowed: &[&str], report: &mut Report) {
    let words = TYPES.iter().flat_map(|(_, words)| *words).chain(COMBINED);
    let foreign = words.filter(|word| at.has(word) && !allowed.contains(word));
    // Several types share a word.
    let mut foreign: Vec<&str> = foreign.copied().collect();
    foreign.sort_unstable();
    foreign.dedup();
    for word in foreign {
        report.add(
            at,
            KEYWORD,
            format!("{word:?} stands beside the type {kind:?}, which has no such word; leave one of them out"),
        );
    }
}

fn untyped(at: &Located<'_>, report: &mut Report) {
    let combined = COMBINED.iter().find(|key| at.has(key));
    let words = TYPES.iter().flat_map(|(_, words)| *words);
    let Some(word) = words.into_iter().find(|word| at.has(word)) else { return };
    let cure = match combined {
        Some(combined) => format!("move it into one of the schemas of {combined}"),
        None => "write the type beside it".to_owned(),
    };
    report.add(at, TYPE, format!("there is {word:?} and no type; {cure}"));
}

fn bounds(at: &Located<'_>, report: &mut Report) {
    for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        match at.value.get(exclusive) {
            Some(Value::Number(_)) => report.add(
                at,
                NEWER_KEYWORD,
                format!("a number as {exclusive} is not known in OpenAPI 3.0; write it as {bound} with \"{exclusive}\": true"),
            ),
            Some(Value::Bool(true)) if !at.has(bound) => report.add(
                at,
                BOUND,
                format!("{exclusive} has no {bound}; write the number, or leave both out"),
            ),
            _ => {}
        }
    }
    if at.text("type") != Some("integer") {
        return;
    }
    for key in ["minimum", "maximum", "multipleOf"] {
        if let Some(number) = at.value.get(key).filter(|number| number.as_i64().is_none()) {
            report.add(
                at,
                KEYWORD,
                format!("the {key} of an integer is {number}; write a whole number, or leave it out"),
            );
        }
    }
    if at.value.get("minimum").and_then(Value::as_f64).is_some_and(|least| least > 0.0) {
        report.add(
            at,
            MINIMUM,
            "an integer must not have a minimum above 0; leave it out and say it in the description",
        );
    }
}

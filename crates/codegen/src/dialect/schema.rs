//! Rules for every schema: the keywords that the generator takes.

use serde_json::Value;

use super::Family;
use super::at::At;
use super::view::View;
use super::violation::{Report, Rule};
use crate::meta::JOIN;

const ANY_OF: Rule = Rule {
    name: "any-of",
    why: "the generator makes a struct of all forms at once, which no value fits",
};
const NOT: Rule = Rule {
    name: "not",
    why: "the generator panics on it",
};
const DISCRIMINATOR: Rule = Rule {
    name: "discriminator",
    why: "the generator ignores it and decodes the first form that fits",
};
const NEWER_KEYWORD: Rule = Rule {
    name: "newer-keyword",
    why: "OpenAPI 3.0 does not know the word, and what it says is lost or fails to parse",
};
const TYPE: Rule = Rule {
    name: "type",
    why: "without a type the generator guesses, and panics where it cannot",
};
const BOUND: Rule = Rule {
    name: "bound",
    why: "the generator panics on an exclusive bound without its number",
};
const MINIMUM: Rule = Rule {
    name: "minimum",
    why: "an integer from 1 becomes a type that has no zero, which neither callers nor replies keep to",
};
const PATTERN: Rule = Rule {
    name: "pattern",
    why: "it needs a regular-expression engine at run time, and one odd value fails the whole reply",
};
const DATE: Rule = Rule {
    name: "date",
    why: "it needs a date library in every client, and a time without offset fails the whole reply",
};
const DEFAULT: Rule = Rule {
    name: "default",
    why: "the generator refuses a default that the type cannot hold",
};
const JOINED: Rule = Rule {
    name: "joined",
    why: "a list in one text is recognised by the name of its schema",
};

pub(super) const FAMILY: Family = Family {
    rules: &[
        ANY_OF,
        NOT,
        DISCRIMINATOR,
        NEWER_KEYWORD,
        TYPE,
        BOUND,
        MINIMUM,
        PATTERN,
        DATE,
        DEFAULT,
        JOINED,
    ],
    check,
};

const TYPES: &[&str] = &["string", "integer", "number", "boolean", "array", "object"];
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
/// Words that only have a meaning for one type.
const TYPED: &[&str] = &[
    "additionalProperties",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "multipleOf",
    "nullable",
    "properties",
    "required",
    "uniqueItems",
];

fn check(view: &View<'_>, report: &mut Report) {
    for schema in &view.schemas {
        let at = &schema.at;
        if at.has("$ref") {
            continue;
        }
        forms(at, report);
        kind(at, report);
        numbers(at, report);
        texts(at, report);
        default(at, report);
    }
}

fn forms(at: &At<'_>, report: &mut Report) {
    if at.has("anyOf") {
        report.add(at, ANY_OF, "anyOf is not compiled as meant; write oneOf, or \"nullable\": true where null is one of the forms");
    }
    if at.has("not") {
        report.add(at, NOT, "\"not\" cannot be compiled; leave it out");
    }
    if at.has("discriminator") {
        report.add(
            at,
            DISCRIMINATOR,
            "the discriminator is not read; leave it out and give each form a required field with an enum of its one word",
        );
    }
    for key in NEWER.iter().filter(|key| at.has(key)) {
        report.add(
            at,
            NEWER_KEYWORD,
            format!("{key:?} is not known in OpenAPI 3.0; leave it out, or write an enum of one word for a constant"),
        );
    }
    if let Some(separator) = at.value.get(JOIN) {
        let named = at.pointer.strip_prefix("/components/schemas/");
        let is_named = named.is_some_and(|name| !name.contains('/'));
        let is_text = at.text("type") == Some("string") && separator.as_str().is_some_and(|s| s.chars().count() == 1);
        if !is_named || !is_text {
            report.add(
                at,
                JOINED,
                format!("{JOIN} takes one character, on a string under components/schemas; move it there and refer to it"),
            );
        }
    }
}

fn kind(at: &At<'_>, report: &mut Report) {
    match at.value.get("type") {
        Some(Value::String(kind)) if TYPES.contains(&kind.as_str()) => {}
        Some(Value::Array(_)) => report.add(
            at,
            NEWER_KEYWORD,
            "a list of types is not known in OpenAPI 3.0; write one type, and \"nullable\": true in place of \"null\"",
        ),
        Some(other) => report.add(
            at,
            TYPE,
            format!("the type is {other}; write one of {}", TYPES.join(", ")),
        ),
        None => {
            let combined = ["allOf", "oneOf", "anyOf", "not"].iter().any(|key| at.has(key));
            let key = TYPED.iter().find(|key| at.has(key) && !(combined && **key == "nullable"));
            if let Some(key) = key {
                report.add(at, TYPE, format!("there is {key:?} and no type; write the type beside it"));
            }
        }
    }
}

fn numbers(at: &At<'_>, report: &mut Report) {
    for (exclusive, bound) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
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
    let least = at.value.get("minimum").and_then(Value::as_f64);
    if at.text("type") == Some("integer") && least.is_some_and(|least| least > 0.0) {
        report.add(
            at,
            MINIMUM,
            "an integer must not have a minimum above 0; leave it out and say it in the description",
        );
    }
}

fn texts(at: &At<'_>, report: &mut Report) {
    if at.has("pattern") {
        report.add(at, PATTERN, "the pattern cannot be checked; leave it out and say it in the description");
    }
    if let Some(format) = at.text("format").filter(|format| matches!(*format, "date" | "date-time")) {
        report.add(
            at,
            DATE,
            format!("the format is {format:?}; leave it out and say the form of the time in the description"),
        );
    }
}

fn default(at: &At<'_>, report: &mut Report) {
    let Some(default) = at.value.get("default") else { return };
    let fits = match at.text("type") {
        Some("string") => default.is_string(),
        Some("integer") => default.is_i64() || default.is_u64(),
        Some("number") => default.is_number(),
        Some("boolean") => default.is_boolean(),
        Some("array") => default.is_array(),
        Some("object") => default.is_object(),
        _ => true,
    };
    let words = at.value.get("enum").and_then(Value::as_array);
    let listed = words.is_none_or(|words| words.contains(default));
    let null = at.is("nullable") && default.is_null();
    if !(null || fits && listed) {
        report.add(
            at,
            DEFAULT,
            format!("the default {default} is no value of this type; correct it or leave it out"),
        );
    }
}

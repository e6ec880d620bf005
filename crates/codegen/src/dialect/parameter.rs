//! Parameter rules: the locations, styles and types that are sent as written.

use super::rule::{Report, Rule, RuleGroup};
use crate::identifier;
use crate::spec::{Located, Operation, Parameter, Spec};

const PARAMETER_PLACE: Rule = Rule { name: "parameter-place", why: "the generator knows path, query and header" };
const PARAMETER_SCHEMA: Rule =
    Rule { name: "parameter-schema", why: "the generator takes no parameter without a schema" };
const PARAMETER_STYLE: Rule =
    Rule { name: "parameter-style", why: "the generator refuses every style but the default of the place" };
const PARAMETER_EXPLODE: Rule =
    Rule { name: "parameter-explode", why: "the generator repeats the key of a list whatever the document says" };
const PARAMETER_TYPE: Rule = Rule {
    name: "parameter-type",
    why: "an object has no single text to send; in a path or header a list has none either",
};
const PARAMETER_CLASH: Rule = Rule { name: "parameter-clash", why: "two setters of one name do not compile" };
const PARAMETER_RESERVED: Rule = Rule { name: "parameter-reserved", why: "the builder has a method of that name" };
const PARAMETER_SECRET: Rule = Rule {
    name: "parameter-secret",
    why: "a secret hides its text, so that it cannot be written into a path, query or header",
};
const HEADER_NAME: Rule = Rule { name: "header-name", why: "a header of that name panics when it is sent" };

pub(super) const GROUP: RuleGroup = RuleGroup {
    rules: &[
        PARAMETER_PLACE,
        PARAMETER_SCHEMA,
        PARAMETER_STYLE,
        PARAMETER_EXPLODE,
        PARAMETER_TYPE,
        PARAMETER_CLASH,
        PARAMETER_RESERVED,
        PARAMETER_SECRET,
        HEADER_NAME,
    ],
    check,
};

/// Methods and fields that every operation builder has.
const BUILDER_NAMES: &[&str] = &[
    "client",
    "clone",
    "extra",
    "header_map",
    "into_owned",
    "items",
    "new",
    "pages",
    "send",
    "into_list",
    "into_raw",
    "into_request",
    "wait",
];
/// What it has besides where the call starts a job.
const START_NAME: &str = "start";
/// What it has besides where there is a body to set.
const BODY_NAMES: &[&str] = &["body", "body_map"];
/// Forms within forms; deeper than any sound document.
const MAX_NESTING: usize = 4;

fn check(spec: &Spec<'_>, report: &mut Report) {
    for operation in &spec.operations {
        for (index, parameter) in operation.parameters.iter().enumerate() {
            let earlier = operation.parameters.get(..index).unwrap_or_default();
            name(operation, parameter, earlier, report);
            // In a JSON body any type goes, and there is no style.
            if !(operation.is_lowered() && parameter.location == "query") {
                form(parameter, report);
            }
        }
    }
}

fn name(operation: &Operation<'_>, parameter: &Parameter<'_>, earlier: &[Parameter<'_>], report: &mut Report) {
    let at = &parameter.listed;
    let setter = identifier::snake_case(parameter.name);
    // One setter for both is what is meant there.
    let same = |other: &Parameter<'_>| {
        operation.is_lowered()
            && other.name == parameter.name
            && [(other.location, parameter.location), (parameter.location, other.location)].contains(&("path", "query"))
    };
    let clash = earlier.iter().find(|other| identifier::snake_case(other.name) == setter && !same(other));
    if let Some(other) = clash {
        report.add(
            at,
            PARAMETER_CLASH,
            format!(
                "{:?} in {} and {:?} in {} would both be set by .{setter}(..); leave one out, or with params: body write the same name in path and query to send it in both",
                other.name, other.location, parameter.name, parameter.location
            ),
        );
    }
    let with_body = operation.body.is_some() || operation.is_lowered();
    let taken = BUILDER_NAMES.contains(&setter.as_str())
        || setter.starts_with("wait_")
        || (setter == START_NAME && operation.extension.starts.is_some())
        || (with_body && BODY_NAMES.contains(&setter.as_str()));
    if taken || setter.is_empty() {
        report.add(
            at,
            PARAMETER_RESERVED,
            format!(
                "the setter of {:?} would be .{setter}(..), which is taken; leave the parameter out, .extra(..) still sends it",
                parameter.name
            ),
        );
    }
    if parameter.location == "header" && http::HeaderName::from_bytes(parameter.name.as_bytes()).is_err() {
        report.add(
            &parameter.at,
            HEADER_NAME,
            format!("{:?} is no header name; write letters, digits and \"-\"", parameter.name),
        );
    }
}

fn form(parameter: &Parameter<'_>, report: &mut Report) {
    let at = &parameter.at;
    let default_style = match parameter.location {
        "query" => "form",
        "path" | "header" => "simple",
        place => {
            report.add(
                at,
                PARAMETER_PLACE,
                format!("a parameter cannot be in {place:?}; write path, query or header, or leave it out"),
            );
            return;
        }
    };
    if let Some(style) = at.text("style").filter(|style| *style != default_style) {
        report.add(
            at,
            PARAMETER_STYLE,
            format!("style {style:?} is not sent; leave it out, or write a string schema with x-mlhub-join for a list in one text"),
        );
    }
    let Some(schema) = at.object("schema") else {
        report.add(
            at,
            PARAMETER_SCHEMA,
            "there is no schema; write one (\"content\" is not read), {\"type\": \"string\"} if nothing else is known",
        );
        return;
    };
    kind(parameter, &schema.resolve(), report);
}

fn kind(parameter: &Parameter<'_>, schema: &Located<'_>, report: &mut Report) {
    let list = schema.text("type") == Some("array");
    let item = schema.get("items").map(|items| items.resolve());
    let sendable = match item {
        Some(item) if list => parameter.location == "query" && is_scalar(&item, MAX_NESTING),
        _ => is_scalar(schema, MAX_NESTING),
    };
    if schema.text("format") == Some("password") {
        report.add(
            &parameter.at,
            PARAMETER_SECRET,
            "a secret cannot be sent here; let \"auth\" of x-mlhub send it, or leave the format out",
        );
    }
    if !sendable {
        report.add(
            &parameter.at,
            PARAMETER_TYPE,
            "only a scalar can be sent here, or in a query a list of scalars; write one parameter per field, or a string",
        );
    }
    let joined = parameter.at.value.get("explode") == Some(&serde_json::Value::Bool(false));
    if list && joined {
        report.add(
            &parameter.at,
            PARAMETER_EXPLODE,
            "\"explode\": false is not honoured; write a string schema with x-mlhub-join and its separator",
        );
    }
}

/// A type that has one text, or several forms that each have one.
fn is_scalar(schema: &Located<'_>, nesting: usize) -> bool {
    let schema = schema.resolve();
    let wrapped = schema.items_of("allOf");
    let forms = if wrapped.len() == 1 { wrapped } else { schema.items_of("oneOf") };
    match nesting.checked_sub(1) {
        Some(nesting) if !forms.is_empty() => forms.iter().all(|form| is_scalar(form, nesting)),
        _ => matches!(schema.text("type"), Some("string" | "integer" | "number" | "boolean")),
    }
}

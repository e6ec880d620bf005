//! Request body rules: one media type, with a schema that can be written in it.

use super::rule::{Report, Rule, RuleGroup};
use crate::spec::{Content, JSON, Located, Operation, Spec, contents};

const BODY_ONE_MEDIA: Rule =
    Rule { name: "body-one-media", why: "the generator panics on several media types for one body" };
const BODY_MEDIA: Rule = Rule { name: "body-media", why: "the generator writes JSON, forms, bytes and plain text" };
const BODY_SCHEMA: Rule = Rule { name: "body-schema", why: "the generator takes no body without a schema" };
const BODY_RAW: Rule =
    Rule { name: "body-raw", why: "the generator takes one exact schema for bytes and one for text" };
const BODY_FORM: Rule =
    Rule { name: "body-form", why: "a form has text fields only; a list or object fails when it is sent" };
const BODY_OPTIONAL: Rule = Rule { name: "body-optional", why: "the generator makes every body mandatory" };
const BODY_LOWERED: Rule =
    Rule { name: "body-lowered", why: "parameters that travel in the body leave no room for another" };
const BODY_EXTRA: Rule =
    Rule { name: "body-extra", why: "callers would have to set the field for further keys even when there are none" };
const MEDIA_ENCODING: Rule = Rule { name: "media-encoding", why: "the generator panics on \"encoding\"" };

pub(super) const GROUP: RuleGroup = RuleGroup {
    rules: &[
        BODY_ONE_MEDIA,
        BODY_MEDIA,
        BODY_SCHEMA,
        BODY_RAW,
        BODY_FORM,
        BODY_OPTIONAL,
        BODY_LOWERED,
        BODY_EXTRA,
        MEDIA_ENCODING,
    ],
    check,
};

const FORM: &str = "application/x-www-form-urlencoded";
const BYTES: &str = "application/octet-stream";
const TEXT: &str = "text/plain";

fn check(spec: &Spec<'_>, report: &mut Report) {
    for operation in &spec.operations {
        if let Some(body) = &operation.body {
            whole(operation, body, report);
            for content in contents(Some(body)) {
                one(&content, report);
            }
        }
        for content in [operation.body.as_ref(), operation.success()].into_iter().flat_map(contents) {
            if content.at.has("encoding") {
                report.add(&content.at, MEDIA_ENCODING, "\"encoding\" is not read; leave it out");
            }
        }
    }
    for schema in spec.schemas.iter().filter(|schema| schema.body) {
        let further = schema.at.get("additionalProperties");
        if schema.at.has("properties") && further.is_some_and(|at| at.value.is_object()) {
            report.add(
                &schema.at,
                BODY_EXTRA,
                "a body with named fields cannot take further ones; leave additionalProperties out, .extra(..) still sends them",
            );
        }
    }
}

fn whole(operation: &Operation<'_>, body: &Located<'_>, report: &mut Report) {
    if operation.is_lowered() {
        report.add(
            body,
            BODY_LOWERED,
            "the operation says params: body; write the fields as query parameters and leave requestBody out",
        );
    }
    if !body.is("required") {
        report.add(
            body,
            BODY_OPTIONAL,
            "the body is optional; write \"required\": true, and an object without required fields where nothing need be sent",
        );
    }
    let media = contents(Some(body));
    if media.len() != 1 {
        report.add(
            body,
            BODY_ONE_MEDIA,
            format!("there are {} media types; keep one, application/json if it is there", media.len()),
        );
    }
}

fn one(content: &Content<'_>, report: &mut Report) {
    let (media, at) = (content.media, &content.at);
    if ![JSON, FORM, BYTES, TEXT].contains(&media) {
        report.add(
            at,
            BODY_MEDIA,
            format!("{media:?} cannot be sent; write {JSON}, {FORM}, {BYTES} or {TEXT}, or leave the operation out"),
        );
        return;
    }
    let Some(schema) = at.object("schema") else {
        report.add(at, BODY_SCHEMA, "there is no schema; write one, {} if anything goes");
        return;
    };
    let schema = schema.resolve();
    let wanted = match media {
        BYTES => Some(serde_json::json!({"type": "string", "format": "binary"})),
        TEXT => Some(serde_json::json!({"type": "string"})),
        _ => None,
    };
    if let Some(wanted) = wanted {
        if !is_exactly(&schema, &wanted) {
            report.add(at, BODY_RAW, format!("the schema of {media} has to be {wanted}; write that"));
        }
    } else if media == FORM {
        form(&schema, report);
    }
}

/// The same schema, apart from what only describes.
fn is_exactly(schema: &Located<'_>, wanted: &serde_json::Value) -> bool {
    let describes = |key: &str| matches!(key, "description" | "title" | "example") || key.starts_with("x-");
    let members = schema.entries().into_iter();
    let rest = members.filter(|(key, _)| !describes(key));
    let rest: serde_json::Map<_, _> = rest.map(|(key, at)| (key.to_owned(), at.value.clone())).collect();
    wanted.as_object() == Some(&rest)
}

fn form(schema: &Located<'_>, report: &mut Report) {
    for (name, property) in schema.entries_of("properties") {
        let kind = property.resolve();
        if matches!(kind.text("type"), Some("array" | "object")) {
            report.add(&property, BODY_FORM, format!("{name:?} is a list or an object; write a string, or send JSON"));
        }
    }
}

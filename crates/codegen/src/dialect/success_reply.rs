//! Success reply rules: one per operation, keyed `2XX`, with values that a newer server may extend.

use super::rule::{Report, Rule, RuleGroup};
use crate::extension::Reply;
use crate::spec::{Content, JSON, Located, Operation, Schema, Spec, contents};

const REPLY_2XX: Rule = Rule {
    name: "reply-2xx",
    why: "the generator panics where two replies differ, and reports a success that is not listed as a failure",
};
const REPLY_MEDIA: Rule = Rule { name: "reply-media", why: "one call gives one type" };
const REPLY_SCHEMA: Rule = Rule { name: "reply-schema", why: "the generator panics on JSON without a schema" };
const REPLY_KIND: Rule =
    Rule { name: "reply-kind", why: "how a reply is read has to fit what the document says it is" };
const REPLY_ENUM: Rule = Rule { name: "reply-enum", why: "one new word of the server's would fail the whole reply" };
const REPLY_LENGTH: Rule = Rule {
    name: "reply-length",
    why: "lengths are checked while decoding, and one value outside fails the whole reply",
};
const REPLY_DEFAULT: Rule = Rule {
    name: "reply-default",
    why: "a field with a default fails on null, and invents a value that was not received",
};
const REPLY_CLOSED: Rule =
    Rule { name: "reply-closed", why: "one new field of the server's would fail the whole reply" };
const REPLY_DROPPED: Rule = Rule { name: "reply-dropped", why: "further fields are promised and silently dropped" };

pub(super) const GROUP: RuleGroup = RuleGroup {
    rules: &[
        REPLY_2XX,
        REPLY_MEDIA,
        REPLY_SCHEMA,
        REPLY_KIND,
        REPLY_ENUM,
        REPLY_LENGTH,
        REPLY_DEFAULT,
        REPLY_CLOSED,
        REPLY_DROPPED,
    ],
    check,
};

fn check(spec: &Spec<'_>, report: &mut Report) {
    for operation in &spec.operations {
        success(operation, report);
    }
    for schema in spec.schemas.iter().filter(|schema| schema.reply) {
        value(schema, report);
    }
}

fn success(operation: &Operation<'_>, report: &mut Report) {
    let at = operation.at.get("responses");
    let at = at.as_ref().unwrap_or(&operation.at);
    let listed: Vec<&str> = operation.responses.iter().map(|(status, _)| *status).collect();
    if listed != ["2XX"] {
        report.add(
            at,
            REPLY_2XX,
            format!("the replies listed are {listed:?}; write the success as \"2XX\" and leave the others out"),
        );
    }
    let Some(success) = operation.success() else {
        return;
    };
    let media = contents(Some(success));
    if media.len() > 1 {
        report.add(
            success,
            REPLY_MEDIA,
            format!("there are {} media types; keep one, {JSON} if it is there", media.len()),
        );
    }
    for Content { media: kind, at } in &media {
        if kind.starts_with(JSON) && *kind != JSON {
            report.add(at, REPLY_MEDIA, format!("{kind:?} is JSON under another name; write {JSON}"));
        }
        if *kind == JSON && at.object("schema").is_none() {
            report.add(at, REPLY_SCHEMA, "there is no schema; write one, {} if anything may come");
        }
    }
    let json = media.iter().any(|content| content.media == JSON);
    let (said, fits) = match operation.extension.reply {
        None => return,
        Some(Reply::Json | Reply::Lenient) => (JSON, json || media.is_empty()),
        Some(Reply::Exists) => ("nothing but a status", media.is_empty()),
        Some(Reply::Text | Reply::Stream) => ("text or bytes", !json && !media.is_empty()),
    };
    if !fits {
        let listed: Vec<&str> = media.iter().map(|content| content.media).collect();
        report.add(
            success,
            REPLY_KIND,
            format!("\"reply\" of x-mlhub takes it as {said} and the content is {listed:?}; make the two agree"),
        );
    }
}

fn value(schema: &Schema<'_>, report: &mut Report) {
    let at = &schema.at;
    if schema.closed {
        report.add(
            at,
            REPLY_ENUM,
            "the words are closed; write a plain string that names them in its description, or oneOf of the enum and a plain string, each with a title",
        );
    }
    // One word must not be the name of a field: a schema says minLength itself.
    for key in ["minLength", "maxLength"] {
        forbid(at, key, REPLY_LENGTH, report);
    }
    forbid(at, "default", REPLY_DEFAULT, report);
    let further = at.value.get("additionalProperties");
    if further == Some(&serde_json::Value::Bool(false)) {
        report.add(at, REPLY_CLOSED, "\"additionalProperties\": false refuses new fields; leave it out");
    }
    if further == Some(&serde_json::Value::Bool(true)) && at.has("properties") {
        report.add(
            at,
            REPLY_DROPPED,
            "\"additionalProperties\": true keeps nothing beside named fields; write {} to keep them, or leave it out",
        );
    }
}

fn forbid(at: &Located<'_>, key: &str, rule: Rule, report: &mut Report) {
    if at.has(key) {
        report.add(at, rule, format!("\"{key}\" stands in a reply; leave it out and say it in the description"));
    }
}

//! A Hub of another version: words, fields, types and nulls that nobody has
//! seen fail no reply, on any resource.

use mlhub::auger::{self, ops::OPS};
use mlhub::op::ReplyKind;
use serde_json::{Map, Value, json};

const DOCUMENT: &str = include_str!("../../../openapi/auger.json");

/// A whole reply of every operation with a JSON reply, each field filled.
fn samples() -> Vec<(&'static str, Value)> {
    let document: Value = serde_json::from_str(DOCUMENT).expect("the document is JSON");
    let json = OPS.iter().filter(|op| op.reply != ReplyKind::Text);
    json.map(|op| {
        let at = &document["paths"][op.path][op.method.as_str().to_lowercase()]["responses"]["2XX"];
        (op.id, sample(&document, &at["content"]["application/json"]["schema"]))
    })
    .collect()
}

fn sample(document: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        return sample(document, document.pointer(name.trim_start_matches('#')).expect("a component"));
    }
    if let Some(inner) = schema["allOf"].get(0) {
        return sample(document, inner);
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("object"), _) => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            Value::Object(fields.map(|(name, field)| (name.clone(), sample(document, field))).collect())
        }
        (Some("array"), _) => json!([sample(document, &schema["items"])]),
        (Some("string"), Some("date-time")) => json!("2026-01-01T00:00:00Z"),
        (Some("string"), _) => json!("text"),
        (Some("integer"), _) => json!(5),
        (Some("number"), _) => json!(0.5),
        (Some("boolean"), _) => json!(true),
        _ => json!({"free": [1, "form"]}),
    }
}

/// Every place in a value, with what stands there.
fn places(value: &Value) -> Vec<(String, Value)> {
    fn walk(value: &Value, at: &str, found: &mut Vec<(String, Value)>) {
        found.push((at.to_owned(), value.clone()));
        match value {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, value)| walk(value, &format!("{at}/{name}"), found))
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(i, value)| walk(value, &format!("{at}/{i}"), found))
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(value, "", &mut found);
    found
}

/// Applies a change at every place that it is for; each has to decode.
fn everywhere(change: impl Fn(&str, &Value) -> Option<Value>) -> usize {
    let mut tried = 0;
    for (id, whole) in samples() {
        for (at, here) in places(&whole) {
            let Some(other) = change(&at, &here) else { continue };
            let mut changed = whole.clone();
            *changed.pointer_mut(&at).expect("a place of it") = other;
            let read = auger::recode(id, changed.to_string().as_bytes()).expect("a JSON reply");
            read.unwrap_or_else(|error| panic!("{id} at {at}: {error}\n{changed}"));
            tried += 1;
        }
    }
    tried
}

#[test]
fn an_unknown_word_fails_no_reply() {
    let tried = everywhere(|_, here| here.is_string().then(|| json!("a word that nobody has seen")));
    assert!(tried > 1_000, "{tried}");
}

#[test]
fn a_number_where_a_text_was_fails_no_reply() {
    let tried = everywhere(|_, here| here.is_string().then(|| json!(5)));
    assert!(tried > 1_000, "{tried}");
}

#[test]
fn a_text_where_a_number_was_fails_no_reply() {
    let tried = everywhere(|_, here| here.is_number().then(|| json!("7")));
    assert!(tried > 500, "{tried}");
}

#[test]
fn a_null_where_none_was_seen_fails_no_reply() {
    let tried = everywhere(|at, here| {
        // The envelope and the members of a list are there, or it is another reply.
        let member = at.rsplit('/').next().is_some_and(|name| name.parse::<usize>().is_ok());
        let envelope = matches!(at, "" | "/data");
        (!(envelope || member && here.is_object())).then_some(Value::Null)
    });
    assert!(tried > 2_000, "{tried}");
}

#[test]
fn a_missing_field_fails_no_reply() {
    let tried = everywhere(|at, here| {
        let mut fields = here.as_object()?.clone();
        if at.is_empty() {
            return None;
        }
        fields.clear();
        Some(Value::Object(fields))
    });
    assert!(tried > 200, "{tried}");
}

#[test]
fn an_unknown_field_fails_no_reply_and_is_kept() {
    let mut kept = 0;
    for (id, whole) in samples() {
        for (at, here) in places(&whole) {
            let Value::Object(mut fields) = here else { continue };
            fields.insert("brand_new".to_owned(), json!({"of": [1, null, "any"]}));
            let mut changed = whole.clone();
            *changed.pointer_mut(&at).expect("a place of it") = Value::Object(fields);
            let read = auger::recode(id, changed.to_string().as_bytes()).expect("a JSON reply");
            let again = read.unwrap_or_else(|error| panic!("{id} at {at}: {error}"));
            let new = again.pointer(&format!("{at}/brand_new"));
            assert_eq!(new, Some(&json!({"of": [1, null, "any"]})), "{id} at {at}");
            kept += 1;
        }
    }
    assert!(kept > 200, "{kept}");
}

#[test]
fn what_an_object_has_besides_can_be_read_as_json() -> Result<(), serde_json::Error> {
    let trial: auger::types::Trial =
        serde_json::from_value(json!({"id": "1bf4", "score_value": 0.9, "fold": {"number": 3}}))?;
    assert_eq!(trial.extra["fold"]["number"], 3);
    assert_eq!(trial.extra.keys().collect::<Vec<_>>(), ["fold"]);
    let empty: Map<String, Value> = serde_json::from_value(json!({}))?;
    assert!(empty.is_empty());
    Ok(())
}

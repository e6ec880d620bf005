//! Exchanges of a real Hub: the recorded request is what the client sends, the
//! recorded reply decodes without loss, and the stand-in answers in its shape.

use std::collections::BTreeSet;

use http::Method;
use mlhub::auger::{self, ops::OPS};
use mlhub::op::ParamLocation;
use mlhub::testing::{Lab, Reply};
use mlhub_auger_standin::AugerHub;
use serde_json::{Value, json};

use super::{client, over};
use crate::documents::decode::{operation, same};
use crate::recordings;

const DOCUMENT: &str = include_str!("../../../openapi/auger.json");

/// A recorded exchange.
struct Exchange {
    name: String,
    method: Method,
    path: String,
    body: Value,
    status: u64,
    reply: Value,
}

fn exchanges() -> Option<Vec<Exchange>> {
    let all = recordings::read("auger.json")?;
    let all = all.as_array().expect("a list of exchanges");
    let one = |exchange: &Value| Exchange {
        name: exchange["name"].as_str().expect("a name").to_owned(),
        method: exchange["request"]["method"].as_str().expect("a method").parse().expect("a method"),
        path: exchange["request"]["path"].as_str().expect("a path").to_owned(),
        body: exchange["request"]["body"].clone(),
        status: exchange["response"]["status"].as_u64().expect("a status"),
        reply: match &exchange["response"]["body"] {
            Value::String(text) => serde_json::from_str(text).unwrap_or(Value::Null),
            other => other.clone(),
        },
    };
    Some(all.iter().map(one).collect())
}

fn op_of(exchange: &Exchange) -> &'static mlhub::Op {
    let found = operation(OPS, &exchange.method, &exchange.path);
    found.unwrap_or_else(|| panic!("{}: no operation {} {}", exchange.name, exchange.method, exchange.path))
}

#[test]
fn every_reply_decodes_without_loss() {
    let Some(exchanges) = exchanges() else { return };
    let document: Value = serde_json::from_str(DOCUMENT).expect("the document is JSON");
    let mut read = 0;
    for exchange in exchanges.iter().filter(|e| (200..300).contains(&e.status) && e.reply.is_object()) {
        let (name, op) = (&exchange.name, op_of(exchange));
        let again = auger::recode(op.id, exchange.reply.to_string().as_bytes())
            .unwrap_or_else(|| panic!("{name}: {} has no JSON reply", op.id))
            .unwrap_or_else(|e| panic!("{name}: {} does not decode: {e}", op.id));
        same(&exchange.reply, &again).unwrap_or_else(|place| panic!("{name}: {} loses or changes {place}", op.id));
        let schema = &document["paths"][op.path][op.method.as_str().to_lowercase()]["responses"]["2XX"];
        let schema = &schema["content"]["application/json"]["schema"];
        let mut strangers = BTreeSet::new();
        unknown(&document, schema, &exchange.reply, "", &mut strangers);
        assert!(strangers.is_empty(), "{name}: the document does not know {strangers:?}");
        read += 1;
    }
    assert!(read > 55, "only {read} replies were read");
}

/// Fields that the document has no name for.
fn unknown(document: &Value, schema: &Value, value: &Value, place: &str, found: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let target = document.pointer(name.trim_start_matches('#')).expect("a component");
        return unknown(document, target, value, place, found);
    }
    if let Some(inner) = schema["allOf"].get(0) {
        return unknown(document, inner, value, place, found);
    }
    match value {
        Value::Object(fields) if schema["properties"].is_object() => {
            for (name, value) in fields {
                match schema["properties"].get(name) {
                    // Anybody puts anything there.
                    Some(_) if name == "model_settings" => {}
                    Some(schema) => unknown(document, schema, value, &format!("{place}/{name}"), found),
                    None => {
                        found.insert(format!("{place}/{name}"));
                    }
                }
            }
        }
        Value::Array(items) => {
            items.iter().for_each(|item| unknown(document, &schema["items"], item, &format!("{place}/-"), found));
        }
        _ => {}
    }
}

/// Requests that the client does not send as they were recorded, each with the reason.
fn differs(exchange: &Exchange) -> Option<&'static str> {
    match exchange.name.as_str() {
        "tokens/create_valid" => Some("the Python client sends any token that it has along"),
        "project_file_urls/show" => Some("the Python client sends limit and offset for what is no list"),
        "predictions/create_invalid_with_nans" | "actuals/create_valid" => Some("its body is not JSON"),
        name if name.starts_with("auth/") => Some("it has the token of a person, and a wrong one"),
        "pod_logs/index" => Some("it has the token of a person"),
        _ => None,
    }
}

#[tokio::test(start_paused = true)]
async fn every_request_is_sent_as_it_was_recorded() {
    let Some(exchanges) = exchanges() else { return };
    let mut sent = 0;
    for exchange in exchanges.iter().filter(|exchange| differs(exchange).is_none()) {
        let (name, op) = (&exchange.name, op_of(exchange));
        let lab = Lab::new();
        lab.then(Reply::status(418));
        let mut call = over(&lab).call(op);
        let template = op.path.split('/');
        for (part, given) in template.zip(exchange.path.split('/')) {
            if let Some(param) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                call = call.arg(param, given);
            }
        }
        let twins = |name: &str| op.params.iter().any(|p| p.name == name && p.place == ParamLocation::Path);
        for (name, value) in exchange.body.as_object().into_iter().flatten() {
            if name != "project_api_token" && !twins(name) {
                call = call.arg(name, value.clone());
            }
        }
        let _ = call.bytes().await;
        let seen = lab.seen();
        assert_eq!(seen[0].method, exchange.method, "{name}");
        assert_eq!(seen[0].path(), exchange.path, "{name}");
        let body = if seen[0].header("content-encoding").is_some() { unpacked(&seen[0].body) } else { seen[0].json() };
        assert_eq!(body, exchange.body, "{name}");
        sent += 1;
    }
    assert!(sent > 55, "only {sent} requests were sent");
}

fn unpacked(packed: &[u8]) -> Value {
    serde_json::from_reader(flate2::read::GzDecoder::new(packed)).expect("JSON in gzip")
}

/// Recorded answers that the stand-in gives otherwise, each with the reason.
const OTHERWISE: &[(&str, &str)] = &[
    ("auth/token_invalid", "asked for below with its wrong token"),
    ("actuals/create_valid", "its request is no JSON"),
    ("trial_searches/update_invalid", "the stand-in's search has ended; tried with a fresh one elsewhere"),
];

#[tokio::test(start_paused = true)]
async fn the_stand_in_answers_recorded_requests_in_the_recorded_shape() {
    let Some(exchanges) = exchanges() else { return };
    let mut compared = 0;
    for exchange in exchanges.iter().filter(|e| OTHERWISE.iter().all(|(name, _)| *name != e.name)) {
        let standin = AugerHub::new();
        prepare(&standin, &exchange.path);
        let name = &exchange.name;
        let url = format!("http://hub.test{}", exchange.path);
        let body = match exchange.body.is_null() {
            true => "{\"threshold\": NaN}".to_owned(),
            false => exchange.body.to_string(),
        };
        let request = http::Request::builder().method(exchange.method.clone()).uri(url);
        let request = request.body(mlhub::pipeline::Body::from(body)).expect("a request");
        let answer = mlhub::pipeline::Transport::send(standin.lab(), request).await.expect("an answer");
        assert_eq!(u64::from(answer.status().as_u16()), exchange.status, "{name}");
        let bytes = answer.into_body().collect().await.expect("a body");
        let answer: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        // Logs and pages of a proxy have no shape.
        if exchange.reply.is_object() {
            fits(&exchange.reply, &answer).unwrap_or_else(|place| panic!("{name}: {place}\n{answer}"));
            compared += 1;
        }
    }
    assert!(compared > 50, "only {compared} answers were compared");
}

/// The object that a recorded path names.
fn prepare(standin: &AugerHub, path: &str) {
    let parts: Vec<_> = path.trim_start_matches("/api/v1/").split('/').collect();
    if let [list, id, ..] = parts.as_slice()
        && standin.object(list, id).is_none()
    {
        let id: Value = serde_json::from_str(id).unwrap_or_else(|_| json!(id));
        standin.add(list, json!({"id": id}));
    }
}

/// Whether every recorded field is there, of the recorded type; null goes with all.
fn fits(recorded: &Value, answer: &Value) -> Result<(), String> {
    match (recorded, answer) {
        (Value::Null, _) | (_, Value::Null) => Ok(()),
        (Value::Object(recorded), Value::Object(answer)) => recorded.iter().try_for_each(|(name, value)| {
            let Some(found) = answer.get(name) else {
                // What stands below free-form data is the data's own business.
                return Err(format!("/{name} is missing"));
            };
            match FREE.contains(&name.as_str()) {
                true => Ok(()),
                false => fits(value, found).map_err(|place| format!("/{name}{place}")),
            }
        }),
        (Value::Array(recorded), Value::Array(answer)) => match (recorded.first(), answer.first()) {
            (Some(recorded), Some(answer)) => fits(recorded, answer).map_err(|place| format!("/-{place}")),
            _ => Ok(()),
        },
        (Value::String(_), Value::String(_)) | (Value::Bool(_), Value::Bool(_)) => Ok(()),
        (Value::Number(_), Value::Number(_)) => Ok(()),
        (recorded, answer) => Err(format!(": {recorded} became {answer}")),
    }
}

/// Fields whose content has no fixed form.
const FREE: &[&str] = &[
    "algorithm_params",
    "args",
    "correlation_matrix",
    "correlation_to_target",
    "dataset_metafeatures",
    "evaluation_options",
    "metafeatures",
    "model_settings",
    "next_trials",
    "providers_data",
    "raw_data",
    "request_params",
    "search_space",
    "slave_data",
    "statistics",
    "trials_history",
];

#[tokio::test(start_paused = true)]
async fn the_stand_in_refuses_a_wrong_token_as_the_hub_does() {
    let Some(exchanges) = exchanges() else { return };
    let recorded = exchanges.iter().find(|e| e.name == "auth/token_invalid").expect("it was recorded");
    let standin = AugerHub::new();
    let hub = client(&standin);
    standin.only_token("another");
    let error = hub.experiment().list().send().await.expect_err("a wrong token");
    let body: Value = serde_json::from_slice(error.body().expect("a body")).expect("JSON");
    assert_eq!((body, error.status().map(|s| u64::from(s.as_u16()))), (recorded.reply.clone(), Some(recorded.status)));
}

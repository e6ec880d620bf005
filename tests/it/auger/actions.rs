//! The table of resources and actions, as data: each is an operation with that
//! method and path, takes its parameters in a JSON body, and its reply decodes.

use http::Method;
use mlhub::auger::{self, ops::OPS};
use mlhub::op::ParamLocation;
use mlhub_auger_standin::AugerHub;
use serde_json::{Value, json};

use super::client;
use crate::documents::decode::same;

const DOCUMENT: &str = include_str!("../../../openapi/auger.json");

/// Resource, its path under `/api/v1`, and what can be done with it: Index,
/// Show, Create, Update, Delete.
const TABLE: &[(&str, &str, &str)] = &[
    ("actual", "actuals", "C"),
    ("cluster", "clusters", "ISCD"),
    ("cluster_status", "cluster_statuses", "I"),
    ("cluster_task", "cluster_tasks", "ISCU"),
    ("dataset_manifest", "dataset_manifests", "ISCU"),
    ("endpoint", "endpoints", "ISCUD"),
    ("endpoint_pipeline", "endpoint_pipelines", "CUD"),
    ("endpoint_actual", "endpoints/{endpoint_id}/actuals", "C"),
    ("endpoint_prediction", "endpoints/{endpoint_id}/predictions", "ISC"),
    ("endpoint_roi_validation", "endpoints/{endpoint_id}/roi_validations", "C"),
    ("experiment", "experiments", "ISCUD"),
    ("experiment_session", "experiment_sessions", "ISCU"),
    ("hyperparameter", "hyperparameters", "ISC"),
    ("instance_type", "instance_types", "I"),
    ("organization", "organizations", "ISCUD"),
    ("pipeline", "pipelines", "ISCU"),
    ("pipeline_file", "pipeline_files", "ISC"),
    ("pod_log", "pod_logs", "I"),
    ("prediction", "predictions", "ISC"),
    ("prediction_group", "prediction_groups", "ISC"),
    ("project", "projects", "ISCUD"),
    ("project_file", "project_files", "ISCD"),
    ("project_file_url", "project_file_urls", "IC"),
    ("review_alert", "review_alerts", "ISCUD"),
    ("review_alert_item", "review_alert_items", "IS"),
    ("similar_trials_request", "similar_trials_requests", "SC"),
    ("token", "tokens", "C"),
    ("trial", "trials", "ISCU"),
    ("trial_search", "trial_searches", "ISCU"),
    ("warm_start_request", "warm_start_requests", "SC"),
];

/// What is not in the table: operation, method, path as it is sent.
const FURTHER: &[(&str, Method, &str)] = &[
    ("actual_delete", Method::DELETE, "/api/v1/actuals"),
    ("endpoint_actual_delete", Method::DELETE, "/api/v1/endpoints/{endpoint_id}/actuals"),
    ("project_deploy", Method::PATCH, "/api/v1/projects/{id}/deploy"),
    ("project_undeploy", Method::PATCH, "/api/v1/projects/{id}/undeploy"),
    ("project_logs", Method::GET, "/api/v1/projects/{id}/logs"),
    ("project_file_url_get", Method::GET, "/api/v1/project_file_urls"),
    ("status_get", Method::GET, "/api/v1/status"),
    ("trial_refit", Method::POST, "/api/v1/trials"),
    ("trial_update_many", Method::PATCH, "/api/v1/trials"),
    ("optimizer_fte", Method::POST, "/fte"),
    ("optimizer_next_trials", Method::POST, "/next_trials"),
    ("optimizer_next_trials_v2", Method::POST, "/v2/next_trials"),
];

/// Operation, method and path of every cell and every further call.
fn expected() -> Vec<(String, Method, String)> {
    let cells = TABLE.iter().flat_map(|(resource, path, actions)| {
        actions.chars().map(move |action| {
            let (verb, method, item) = match action {
                'I' => ("list", Method::GET, ""),
                'S' => ("get", Method::GET, "/{id}"),
                'C' => ("create", Method::POST, ""),
                'U' => ("update", Method::PATCH, "/{id}"),
                _ => ("delete", Method::DELETE, "/{id}"),
            };
            (format!("{resource}_{verb}"), method, format!("/api/v1/{path}{item}"))
        })
    });
    let further = FURTHER.iter().map(|(id, method, path)| ((*id).to_owned(), method.clone(), (*path).to_owned()));
    cells.chain(further).collect()
}

/// The path that an operation sends.
fn sent(op: &mlhub::Op) -> &'static str {
    op.wire.and_then(|wire| wire.path).unwrap_or(op.path)
}

#[test]
fn the_table_is_what_the_document_has() {
    let mut all = expected();
    let (cells, custom) = (all.len() - FURTHER.len(), 2);
    assert_eq!((TABLE.len(), cells + custom), (30, 92), "with the two ways to start and stop a project");
    all.sort();
    let mut found: Vec<_> = OPS.iter().map(|op| (op.id.to_owned(), op.method.clone(), sent(op).to_owned())).collect();
    found.sort();
    assert_eq!(found, all);
    let walked = OPS.iter().filter(|op| op.paging.is_some()).count();
    assert_eq!(walked, 22, "every list but the one of file addresses can be walked");
}

/// A value of the type that the document says.
fn sample(document: &Value, op: &mlhub::Op, name: &str) -> Value {
    let params = document["paths"][op.path][op.method.as_str().to_lowercase()]["parameters"].as_array();
    let param = params.into_iter().flatten().find(|param| param["name"] == name).expect("a parameter");
    match param["schema"]["type"].as_str() {
        Some("string") => json!("text"),
        Some("integer") => json!(3),
        Some("number") => json!(0.5),
        Some("boolean") => json!(true),
        Some("array") => json!(["a", "b"]),
        _ => json!({"name": name, "numbers": [1, 0.5], "none": null}),
    }
}

/// An id that the stand-in has in that list, or the id of a parent.
fn id(standin: &AugerHub, list: &str) -> Value {
    let known = standin.object(list, "1").map(|_| json!(1));
    known.unwrap_or_else(|| standin.add(list, json!({})))
}

#[tokio::test(start_paused = true)]
async fn every_call_sends_what_the_hub_expects_and_reads_its_answer() {
    let standin = AugerHub::new();
    let hub = client(&standin);
    let document: Value = serde_json::from_str(DOCUMENT).expect("the document is JSON");
    for (op_id, method, path) in expected() {
        let op = OPS.iter().find(|op| op.id == op_id).unwrap_or_else(|| panic!("no operation {op_id}"));
        let list = path.trim_start_matches("/api/v1/").split("/{id}").next().unwrap_or_default().to_owned();
        let mut call = hub.call(op);
        let mut body = serde_json::Map::new();
        for param in op.params {
            let value = match (param.name, param.place) {
                ("id", ParamLocation::Path) => id(&standin, &list),
                ("endpoint_id", ParamLocation::Path) => json!("3a0cfb34-b03b-468c-8e13-2befe3e78819"),
                ("endpoint_id", ParamLocation::Body) => json!("3a0cfb34-b03b-468c-8e13-2befe3e78819"),
                ("id", ParamLocation::Body) if op_id == "status_get" => json!(1),
                ("object", _) => json!("Project"),
                ("password", _) => json!("pass word"),
                ("limit" | "offset", _) => json!(3),
                ("trials", _) => json!([{"uid": "u1", "score": 0.5}]),
                (_, ParamLocation::Body) if op.paging.is_some() => continue,
                (name, _) => sample(&document, op, name),
            };
            if param.place == ParamLocation::Body {
                body.insert(param.name.to_owned(), value.clone());
            }
            call = call.arg(param.name, value);
        }
        let before = standin.lab().seen().len();
        let reply = call.bytes().await.unwrap_or_else(|error| panic!("{op_id}: {error}"));
        let seen = standin.lab().seen();
        assert_eq!(seen.len(), before + 1, "{op_id} sends one request");
        let seen = &seen[before];
        assert_eq!(seen.method, method, "{op_id}");
        let template: Vec<_> = path.split('/').collect();
        let parts: Vec<_> = seen.path().split('/').collect();
        assert_eq!(parts.len(), template.len(), "{op_id}: {}", seen.path());
        assert!(parts.iter().zip(&template).all(|(p, t)| p == t || t.starts_with('{')), "{op_id}: {}", seen.path());
        assert_eq!(seen.query(), "", "{op_id}: nothing travels in the query");
        assert_eq!(seen.header("content-type"), Some("application/json"), "{op_id}");
        if op_id != "token_create" {
            body.insert("project_api_token".to_owned(), json!("fake-project-api-token"));
        }
        assert_eq!(seen.json(), Value::Object(body), "{op_id}");
        match auger::recode(op.id, &reply) {
            Some(again) => {
                let again = again.unwrap_or_else(|error| panic!("{op_id}: {error}"));
                let received: Value = serde_json::from_slice(&reply).expect("JSON");
                same(&received, &again).unwrap_or_else(|place| panic!("{op_id} loses or changes {place}"));
            }
            None => assert_eq!(op_id, "project_logs", "the one reply that is text"),
        }
    }
}

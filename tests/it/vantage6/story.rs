//! The hub of the guide's story, as its calls find it.

use mlhub::testing::{Reply, SeenRequest};
use mlhub::vantage6::crypto;
use serde_json::{Value, json};

fn link(id: i64) -> Value {
    json!({"id": id, "link": format!("/hq/thing/{id}"), "methods": ["GET"]})
}

fn list(rows: Value) -> Reply {
    Reply::json(&json!({"data": rows, "links": {"self": "/"}}))
}

/// The runs of a task: each at an organization, with what it has given.
fn runs(task: i64) -> Vec<(i64, i64, Value)> {
    match task {
        5 => vec![(52, 2, Value::Null), (53, 3, Value::Null), (54, 4, Value::Null)],
        7 => vec![(72, 2, json!({"average": 53.25}))],
        _ => vec![(82, 2, json!({"sum": 253, "count": 4})), (83, 3, json!({"sum": 173, "count": 4}))],
    }
}

/// The hub of the story.
pub(super) fn hub(seen: &SeenRequest) -> Option<Reply> {
    let named = |id: i64, name: &str| json!({"id": id, "name": name});
    let path = seen.path().strip_prefix("/hq").filter(|_| seen.host() == "hub.test")?;
    let number = |text: &str| text.parse::<i64>().unwrap_or_default();
    let reply = match (seen.method.as_str(), path) {
        ("GET", "/organization") => {
            list(json!([named(2, "example_org1"), named(3, "example_org2"), named(4, "example_org3")]))
        }
        ("POST", "/organization") => Reply::json(&named(5, "The_Shire")),
        ("PATCH", "/organization/2") => Reply::json(&named(2, "beta")),
        ("GET", "/collaboration") => list(json!([{"id": 1, "name": "example_collab1", "encrypted": false}])),
        ("GET" | "POST", "/collaboration" | "/collaboration/1") => {
            Reply::json(&json!({"id": 1, "name": "example_collab1", "encrypted": false}))
        }
        ("POST", "/node") => Reply::json(&json!({"id": 1, "name": "n", "api_key": "k"})),
        ("POST", "/user") => Reply::json(&json!({"id": 3, "username": "my-username", "client_secret": "s"})),
        ("POST", "/session") | ("GET", "/session/1") => {
            Reply::json(&json!({"id": 1, "name": "my_session", "collaboration": link(1)}))
        }
        ("GET", "/session/1/dataframe" | "/task") => list(json!([])),
        ("POST", "/session/1/dataframe") => {
            let task = json!({"id": 5, "status": "awaiting"});
            Reply::json(&json!({"id": 9, "session": link(1), "last_session_task": task}))
        }
        ("GET", "/blobstream/status") => Reply::json(&json!({"blob_store_enabled": false})),
        ("POST", "/task") => {
            let central = seen.json()["method"] == "central_average";
            Reply::json(&json!({"id": if central { 7 } else { 8 }, "status": "awaiting"}))
        }
        ("GET", "/run") => {
            let task = seen.query().split('&').find_map(|pair| pair.strip_prefix("task_id=")).map(number)?;
            let run = |(id, organization, _)| {
                let at = link(organization);
                json!({"id": id, "status": "completed", "organization": at, "blob_storage_used": false})
            };
            list(json!(runs(task).into_iter().rev().map(run).collect::<Vec<_>>()))
        }
        ("GET", path) => match path.split('/').collect::<Vec<_>>().as_slice() {
            ["", "task", _, "status"] => Reply::json(&json!({"status": "completed"})),
            ["", "task", id] => Reply::json(&json!({"id": number(id), "status": "completed"})),
            ["", "result", id] => {
                let all = [5, 7, 8].map(runs).concat();
                let (id, _, value) = all.into_iter().find(|(run, ..)| *run == number(id))?;
                Reply::json(&json!({"id": id, "result": crypto::encode(value.to_string().as_bytes())}))
            }
            _ => return None,
        },
        _ => return None,
    };
    Some(reply)
}

//! The harness by itself: a task over simulated nodes, by plain requests.

use mlhub::vantage6::crypto::{self, PrivateKey};
use serde_json::{Value, json};

use crate::federation::{Federation, id};
use crate::{hq, peer};

type Checked = Result<(), Box<dyn std::error::Error>>;

/// A task for all members, each with arguments in the form that it can read.
fn task(federation: &Federation, arguments: &str) -> Result<u64, mlhub::Error> {
    let mut organizations = Vec::new();
    for member in &federation.members {
        let written = match &member.key {
            Some(key) => PrivateKey::from_pem(key)?.public_key().encrypt(arguments.as_bytes())?,
            None => crypto::encode(arguments.as_bytes()),
        };
        organizations.push(json!({"id": member.organization, "arguments": written}));
    }
    let body = json!({
        "name": "by hand", "image": "registry.test/average", "method": "average", "action": "federated_compute",
        "collaboration_id": federation.collaboration, "session_id": federation.session,
        "organizations": organizations, "databases": [],
    });
    Ok(id(&federation.ask("POST", "/task", body)))
}

#[test]
fn simulated_nodes_answer_a_task_plain_and_encrypted() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    for encrypted in [false, true] {
        let federation = Federation::new(hq, &format!("by-hand-{encrypted}"), 2, encrypted);
        let task = task(&federation, r#"{"column_name": "age"}"#)?;
        peer::order(federation.work(&federation.members, 2, json!({"task": task})));
        let results = federation.ask("GET", &format!("/result?task_id={task}"), Value::Null);
        let mut results = results["data"].as_array().expect("a list").clone();
        assert_eq!(results.len(), 2);
        // They come the newest first, and cannot be asked for in another order.
        results.reverse();
        for (result, member) in results.iter().zip(&federation.members) {
            let text = result["result"].as_str().expect("a result");
            // Results are encrypted for the organization of whoever asked: the first.
            let plain = match &federation.members[0].key {
                Some(key) => PrivateKey::from_pem(key)?.decrypt(text)?,
                None => crypto::decode(text)?,
            };
            let said: Value = serde_json::from_slice(&plain)?;
            assert_eq!(said, json!({"organization_id": member.organization, "echo": {"column_name": "age"}}));
        }
        let status = federation.ask("GET", &format!("/task/{task}/status"), Value::Null);
        assert_eq!(status["status"], "completed");
    }
    Ok(())
}

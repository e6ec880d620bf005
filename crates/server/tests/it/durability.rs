//! Durability: what was acknowledged is there after a restart on the same file.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;

use crate::support::{Hub, call};

#[tokio::test]
async fn a_restart_on_the_used_file_loses_nothing() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let asked = ann.get(&format!("/experiment/ask/{experiment}")).await.json()["covars_next_exp"].clone();
    let trial = ann.trial(&experiment).await;
    assert_eq!(ann.tell(&experiment, 2, "red", 6.6, 1.5).await.status, 202);
    let again = ann.get(&format!("/experiment/ask/{experiment}")).await.json()["covars_next_exp"].clone();
    assert_ne!(again, asked);

    let hub = hub.restart().await;
    let ann = ann.logged_in_at(&hub, "ann@x.com").await;
    assert_eq!(ann.get(&format!("/v1/experiments/{experiment}/best")).await.json()["value"], 1.5);
    assert_eq!(ann.get(&format!("/experiment/ask/{experiment}")).await.json()["covars_next_exp"], again);
    assert_eq!(ann.post(&format!("/v1/trials/{trial}/tell"), &json!({"value": 2.5})).await.status, 200);
    let listed = ann.get("/experiment/all").await.json();
    assert_eq!(listed[0]["best_response"], r#"{"Response":{"0":1.5,"1":2.5}}"#);
}

#[tokio::test]
async fn a_token_is_good_after_a_restart_and_dead_after_an_hour() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let hub = hub.restart().await;
    let ann = ann.at(&hub);
    assert_eq!(ann.get("/auth/me").await.status, 200);
    hub.clock.forward(mlhub_server::TOKEN_LIFETIME);
    let reply = ann.get("/auth/me").await;
    assert_eq!((reply.status, reply.header("www-authenticate")), (401, Some("Bearer")));
}

#[tokio::test]
async fn what_was_acknowledged_is_in_the_files_as_a_killed_process_would_leave_them() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let left = Arc::new(TempDir::new().unwrap());
    for told in 1..=3 {
        assert_eq!(ann.tell(&experiment, 2, "red", 6.6, f64::from(told)).await.status, 202);
    }
    // The hub is running and has not been told to save anything.
    for file in ["hub.db", "hub.db-wal"] {
        std::fs::copy(hub.folder().join(file), left.path().join(file)).unwrap();
    }
    let found = Hub::start_in(left, hub.clock.clone(), |settings| settings).await;
    let history = ann.at(&found).get(&format!("/v1/experiments/{experiment}/history")).await.json();
    assert_eq!(history["total"], 3);
}

#[tokio::test]
async fn a_token_lives_as_long_as_the_settings_say() {
    let hub = Hub::start_with(|settings| settings.with_token_lifetime(Duration::from_secs(60))).await;
    let ann = hub.user("ann@x.com").await;
    hub.clock.forward(Duration::from_secs(58));
    let renewed = ann.call("POST", "/auth/header-me").send().await;
    assert_eq!(renewed.status, 200, "{renewed:?}");
    hub.clock.forward(Duration::from_secs(2));
    assert_eq!(ann.call("POST", "/auth/header-me").send().await.status, 403);
    let token = renewed.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(call(&hub.url, "GET", "/auth/me").bearer(&token).send().await.status, 200);
}

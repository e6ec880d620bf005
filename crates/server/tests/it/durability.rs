//! What was acknowledged is there after a restart on the same file.

use serde_json::json;

use crate::support::Hub;

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

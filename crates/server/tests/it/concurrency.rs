//! Concurrency: many at once, and nothing is lost, nothing is done twice, no point is given out twice.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::support::{Hub, User, at_once};

async fn history(user: &User, experiment: &str) -> Value {
    user.get(&format!("/v1/experiments/{experiment}/history")).await.json()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_eight_tells_of_one_trial_without_a_key_one_is_taken() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let path = format!("/v1/trials/{}/tell", ann.trial(&experiment).await);
    let replies = at_once((0..8).map(|i| ann.call("POST", &path).json(&json!({"value": i})))).await;
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
    assert_eq!(history(&ann, &experiment).await["total"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_trial_asked_for_eight_times_at_once_under_one_key_is_one_trial() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let path = format!("/v1/experiments/{experiment}/trials");
    let asked = ann.call("POST", &path).header("Idempotency-Key", "k1");
    let replies = at_once(std::iter::repeat_n(asked, 8)).await;
    let bodies: HashSet<&str> = replies.iter().map(|reply| reply.body.as_str()).collect();
    assert_eq!((replies[0].status, bodies.len()), (201, 1), "{replies:?}");
    assert_eq!(ann.get(&path).await.json()["total"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_eight_who_sign_up_with_one_address_one_gets_it() {
    let hub = Hub::start().await;
    let body = json!({"email": "ann@x.com", "password": "CHANGEME"});
    let calls = (0..8).map(|_| crate::support::call(&hub.url, "POST", "/user/signup").json(&body));
    let replies = at_once(calls).await;
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
}

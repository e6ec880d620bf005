//! Many at once: nothing is lost, nothing is done twice, no point is given out twice.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::support::{Hub, User, at_once, tell};

async fn history(user: &User, experiment: &str) -> Value {
    user.get(&format!("/v1/experiments/{experiment}/history")).await.json()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_tells_at_once_are_eight_tells() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    ann.get(&format!("/experiment/ask/{experiment}")).await;
    let path = format!("/experiment/tell/{experiment}");
    let told = |i: i32| ann.call("POST", &path).json(&tell(2, "red", f64::from(i), f64::from(i)));
    let replies = at_once((0..8).map(told)).await;
    assert!(replies.iter().all(|reply| reply.status == 202), "{replies:?}");
    let history = history(&ann, &experiment).await;
    assert_eq!(history["total"], 8);
    let values: HashSet<String> =
        history["items"].as_array().unwrap().iter().map(|told| told["value"].to_string()).collect();
    assert_eq!(values.len(), 8);
    let counters: HashSet<String> =
        replies.iter().map(|reply| reply.json()["response_sampled_iter"].to_string()).collect();
    assert_eq!(counters.len(), 8, "each answer counts the tells up to its own");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_tell_sent_eight_times_at_once_under_one_key_is_one_tell() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let path = format!("/experiment/tell/{experiment}");
    let told = ann.call("POST", &path).header("Idempotency-Key", "k1").json(&tell(2, "red", 6.6, 1.5));
    let replies = at_once(std::iter::repeat_n(told, 8)).await;
    let bodies: HashSet<&str> = replies.iter().map(|reply| reply.body.as_str()).collect();
    assert_eq!((replies[0].status, bodies.len()), (202, 1), "{replies:?}");
    assert_eq!(history(&ann, &experiment).await["total"], 1);
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
async fn eight_who_ask_for_trials_at_once_get_eight_points() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let path = format!("/v1/experiments/{experiment}/trials");
    let replies = at_once(std::iter::repeat_n(ann.call("POST", &path), 8)).await;
    assert!(replies.iter().all(|reply| reply.status == 201), "{replies:?}");
    let points: HashSet<String> = replies.iter().map(|reply| reply.json()["params"].to_string()).collect();
    assert_eq!(points.len(), 8);
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

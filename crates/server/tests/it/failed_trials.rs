//! Failed trials: kept with their reason, and their points are not tried again.

use serde_json::json;

use crate::support::{Hub, id};

#[tokio::test]
async fn a_failed_trial_keeps_its_reason_and_stays_out_of_the_results() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let (told, trial) = (ann.given(&experiment).await, ann.given(&experiment).await);
    ann.tell_trial(id(&told), 0.5).await;
    let failed = ann.fail(id(&trial), "killed by signal 9 (out of memory?)").await;
    assert_eq!(failed.status, 200, "{failed:?}");
    let failed = failed.json();
    assert_eq!((&failed["state"], failed.get("value")), (&json!("failed"), None));
    assert_eq!(failed["reason"], "killed by signal 9 (out of memory?)");
    assert_eq!(ann.trial_shown(id(&trial)).await, failed);
    let listed = ann.get(&format!("/v1/experiments/{experiment}/trials?state=failed")).await.json();
    assert_eq!((&listed["total"], &listed["items"][0]), (&json!(1), &failed));
    assert_eq!(ann.get(&format!("/v1/experiments/{experiment}/history")).await.json()["total"], 1);
    let shown = ann.shown(&experiment).await;
    assert_eq!((&shown["told"], &shown["failed"], &shown["pending"]), (&json!(1), &json!(1), &json!(0)));
}

#[tokio::test]
async fn what_has_ended_one_way_does_not_end_the_other_way() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let (told, failed) = (ann.trial(&experiment).await, ann.trial(&experiment).await);
    ann.tell_trial(&told, 0.5).await;
    ann.fail(&failed, "out of memory").await;
    assert_eq!(ann.fail(&told, "after all").await.status, 409);
    let refused = ann.tell_trial(&failed, 0.5).await;
    assert_eq!((refused.status, refused.detail().contains("This trial failed")), (409, true), "{refused:?}");
    assert_eq!(ann.fail(&failed, "twice").await.status, 409);
}

#[tokio::test]
async fn the_same_key_fails_a_trial_once() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let path = format!("/v1/trials/{}/fail", ann.trial(&experiment).await);
    let send =
        |reason| ann.call("POST", &path).header("Idempotency-Key", "k1").json(&json!({ "reason": reason })).send();
    let first = send("out of memory").await;
    let again = send("out of memory").await;
    assert_eq!((first.status, again.status, again.json()), (200, 200, first.json()));
    assert_eq!(send("out of disk").await.status, 422);
}

#[tokio::test]
async fn a_reason_says_something_and_no_more_than_that() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let trial = ann.trial(&ann.experiment().await).await;
    for reason in [json!(""), json!("x".repeat(2001)), json!(null), json!(5)] {
        let reply = ann.post(&format!("/v1/trials/{trial}/fail"), &json!({ "reason": reason })).await;
        assert_eq!((reply.status, &reply.json()["detail"][0]["loc"]), (422, &json!(["body", "reason"])), "{reason}");
    }
    assert_eq!(ann.fail(&trial, &"ü".repeat(2000)).await.status, 200);
}

#[tokio::test]
async fn the_model_learns_of_failures_and_proposes_no_failed_point_again() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("small", &json!({"covars": {"k": {"vtype": "int", "min": 0, "max": 9}}})).await;
    let mut seen = Vec::new();
    for round in 0..10 {
        let trial = ann.given(&experiment).await;
        assert!(!seen.contains(&trial["params"]), "{trial} came twice");
        seen.push(trial["params"].clone());
        let ended = match round % 2 {
            0 => ann.fail(id(&trial), "out of memory").await,
            _ => ann.tell_trial(id(&trial), f64::from(round)).await,
        };
        assert_eq!(ended.status, 200);
    }
    let path = format!("/v1/experiments/{experiment}/trials");
    assert_eq!(ann.call("POST", &path).send().await.status, 409, "ten points were tried, of ten");
}

#[tokio::test]
async fn an_ask_without_identifiers_goes_on_when_its_point_failed() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let path = format!("/experiment/ask/{experiment}");
    let first = ann.get(&path).await.json()["covars_next_exp"].clone();
    let open = ann.get(&format!("/v1/experiments/{experiment}/trials")).await.json()["items"][0].clone();
    assert_eq!(ann.fail(id(&open), "out of memory").await.status, 200);
    assert_ne!(ann.get(&path).await.json()["covars_next_exp"], first);
}

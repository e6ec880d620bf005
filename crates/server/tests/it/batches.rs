//! Batches: several trials at once, as many as are asked for, unless there is a reason for fewer.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use mlhub_server::{Model, ModelError, ModelInput, Scalar};
use serde_json::{Value, json};

use crate::support::{Hub, Reply, TestClock, at_once, id};

fn ids(reply: &Reply) -> Vec<String> {
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.json()["items"].as_array().unwrap().iter().map(|trial| id(trial).to_owned()).collect()
}

#[tokio::test]
async fn as_many_different_points_as_are_wanted() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("batch", &json!({})).await;
    let first = ann.given(&experiment).await;
    ann.tell_trial(id(&first), 1.0).await;
    let reply = ann.batch(&experiment, &json!({"count": 12})).await;
    assert_eq!(ids(&reply).len(), 12);
    let batch = reply.json();
    assert_eq!((&batch["told"], &batch["failed"], &batch["pending"]), (&json!(1), &json!(0), &json!(12)));
    let points: HashSet<String> =
        batch["items"].as_array().unwrap().iter().map(|trial| trial["params"].to_string()).collect();
    assert!(points.len() == 12 && !points.contains(&first["params"].to_string()), "{points:?}");
}

#[tokio::test]
async fn one_by_one_or_together_the_points_are_the_same() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let (alone, together) = (ann.open("alone", &json!({})).await, ann.open("together", &json!({})).await);
    let batch = ann.batch(&together, &json!({"count": 8})).await.json();
    for trial in batch["items"].as_array().unwrap() {
        assert_eq!(ann.given(&alone).await["params"], trial["params"]);
    }
}

#[tokio::test]
async fn a_total_is_never_passed_whatever_became_of_the_trials() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("total", &json!({"trial_lifetime": 60})).await;
    let order = json!({"count": 3, "total": 5});
    let first = ids(&ann.batch(&experiment, &order).await);
    ann.tell_trial(&first[0], 1.0).await;
    ann.fail(&first[1], "out of memory").await;
    let second = ids(&ann.batch(&experiment, &order).await);
    assert_eq!((first.len(), second.len()), (3, 2));
    let none = ann.batch(&experiment, &order).await;
    assert!(ids(&none).is_empty());
    assert_eq!(
        (&none.json()["told"], &none.json()["failed"], &none.json()["pending"]),
        (&json!(1), &json!(1), &json!(3))
    );
    hub.clock.forward(Duration::from_secs(60));
    let again = ids(&ann.batch(&experiment, &order).await);
    assert_eq!(
        again,
        [first[2].clone(), second[0].clone(), second[1].clone()],
        "what was lost is given out again beyond the total"
    );
    assert_eq!(ann.given(&experiment).await["asked"], 1, "a single ask knows of no total");
}

#[tokio::test]
async fn eight_workers_that_share_a_total_reach_it_and_stop() {
    let hub = Hub::start().await;
    let two = hub.replica(|settings| settings).await;
    let ann = hub.user("ann@x.com").await;
    let there = ann.clone().at(&two);
    let experiment = ann.open("total", &json!({})).await;
    let path = format!("/v1/experiments/{experiment}/trials/batch");
    let order = json!({"count": 3, "total": 10});
    let replies =
        at_once((0..8).map(|i| if i % 2 == 0 { &ann } else { &there }.call("POST", &path).json(&order))).await;
    let given: Vec<String> = replies.iter().flat_map(ids).collect();
    assert_eq!((given.len(), given.iter().collect::<HashSet<_>>().len()), (10, 10));
    let listed = ann.get(&format!("/v1/experiments/{experiment}/trials")).await.json();
    let points: HashSet<String> =
        listed["items"].as_array().unwrap().iter().map(|trial| trial["params"].to_string()).collect();
    assert_eq!((&listed["total"], points.len()), (&json!(10), 10), "no point comes twice");
}

#[tokio::test]
async fn where_there_is_room_for_fewer_fewer_come_and_without_room_it_is_a_conflict() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("narrow", &json!({"open_trials": 5})).await;
    assert_eq!(ids(&ann.batch(&experiment, &json!({"count": 3})).await).len(), 3);
    assert_eq!(ids(&ann.batch(&experiment, &json!({"count": 3})).await).len(), 2);
    let refused = ann.batch(&experiment, &json!({"count": 3})).await;
    assert_eq!((refused.status, refused.detail().starts_with("5 trials")), (409, true), "{refused:?}");
}

#[tokio::test]
async fn where_the_space_has_fewer_points_fewer_come_and_where_it_has_none_it_is_a_conflict() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("small", &json!({"covars": {"k": {"vtype": "int", "min": 0, "max": 4}}})).await;
    assert_eq!(ids(&ann.batch(&experiment, &json!({"count": 8})).await).len(), 5);
    let refused = ann.batch(&experiment, &json!({"count": 1})).await;
    assert_eq!((refused.status, refused.detail().contains("larger space")), (409, true), "{refused:?}");
}

#[tokio::test]
async fn a_space_that_is_used_up_says_so_with_a_code_of_its_own_on_every_way_of_asking() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let covars = json!({"c": {"vtype": "cat", "options": ["a", "b"]}});
    let experiment = ann.open("two", &json!({"covars": covars, "open_trials": 2})).await;
    let given = ids(&ann.batch(&experiment, &json!({"count": 2})).await);
    let full = ann.batch(&experiment, &json!({"count": 1})).await;
    assert_eq!((full.status, full.json().get("code")), (409, None), "others may come back: {full:?}");
    for id in given {
        assert_eq!(ann.tell_trial(&id, 1.0).await.status, 200);
    }
    let trials = format!("/v1/experiments/{experiment}/trials");
    for refused in [
        ann.batch(&experiment, &json!({"count": 3})).await,
        ann.call("POST", &trials).send().await,
        ann.get(&format!("/experiment/ask/{experiment}")).await,
    ] {
        assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("space_exhausted")), "{refused:?}");
    }
}

/// Takes four seconds of the hub's clock for each point.
#[derive(Debug, Default)]
struct Slow(Arc<OnceLock<TestClock>>);

impl Model for Slow {
    fn suggest(&self, input: &ModelInput) -> Result<Vec<Scalar>, ModelError> {
        self.0.get().unwrap().forward(Duration::from_secs(4));
        let known = i64::try_from(input.history.len() + input.pending.len()).unwrap();
        Ok(vec![Scalar::Int(known), Scalar::Real(0.5)])
    }
}

#[tokio::test]
async fn nobody_waits_longer_than_ten_seconds_for_a_batch_to_be_complete() {
    let slow = Slow::default();
    let clock = slow.0.clone();
    let hub = Hub::start_with(|settings| settings.with_model(slow)).await;
    clock.set(hub.clock.clone()).unwrap();
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("slow", &json!({})).await;
    assert_eq!(ids(&ann.batch(&experiment, &json!({"count": 8})).await).len(), 3, "a fourth would begin after twelve");
    assert_eq!(ids(&ann.batch(&experiment, &json!({"count": 2})).await).len(), 2);
}

#[tokio::test]
async fn the_same_key_gives_the_same_batch_as_it_was_then() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("keyed", &json!({"trial_lifetime": 60})).await;
    let path = format!("/v1/experiments/{experiment}/trials/batch");
    let send = |order: Value| ann.call("POST", &path).header("Idempotency-Key", "k1").json(&order).send();
    let first = send(json!({"count": 3})).await;
    let given = ids(&first);
    ann.tell_trial(&given[0], 1.0).await;
    ann.fail(&given[1], "out of memory").await;
    hub.clock.forward(Duration::from_secs(60));
    assert_eq!(id(&ann.given(&experiment).await), given[2]);
    let again = send(json!({"count": 3})).await;
    assert_eq!((again.status, again.json()), (201, first.json()));
    assert_eq!(send(json!({"count": 4})).await.status, 422, "another order is another request");
    assert_eq!(ann.get(&format!("/v1/experiments/{experiment}/trials")).await.json()["total"], 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_batch_asked_for_eight_times_at_once_under_one_key_is_one_batch() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("keyed", &json!({})).await;
    let path = format!("/v1/experiments/{experiment}/trials/batch");
    let asked = ann.call("POST", &path).header("Idempotency-Key", "k1").json(&json!({"count": 3}));
    let replies = at_once(std::iter::repeat_n(asked, 8)).await;
    let bodies: HashSet<&str> = replies.iter().map(|reply| reply.body.as_str()).collect();
    assert_eq!((replies[0].status, bodies.len()), (201, 1), "{replies:?}");
    assert_eq!(ann.get(&format!("/v1/experiments/{experiment}/trials")).await.json()["total"], 3);
}

#[tokio::test]
async fn an_order_out_of_bounds_says_where() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("batch", &json!({})).await;
    for (order, field) in [
        (json!({}), "count"),
        (json!({"count": 0}), "count"),
        (json!({"count": 101}), "count"),
        (json!({"count": 1.5}), "count"),
        (json!({"count": null}), "count"),
        (json!({"count": 1, "total": 0}), "total"),
        (json!({"count": 1, "total": "x"}), "total"),
        (json!({"count": 1, "total": 4_294_967_296_u64}), "total"),
    ] {
        let reply = ann.batch(&experiment, &order).await;
        assert_eq!((reply.status, &reply.json()["detail"][0]["loc"]), (422, &json!(["body", field])), "{order}");
    }
}

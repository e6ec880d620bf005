//! Imports: results from elsewhere become trials, all or none.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::support::{Hub, Reply, User, at_once, id};

fn trial(k: i64, x: f64, value: f64) -> Value {
    json!({"params": {"k": k, "x": x}, "value": value})
}

async fn import(user: &User, experiment: &str, trials: &Value) -> Reply {
    user.post(&format!("/v1/experiments/{experiment}/import"), &json!({ "trials": trials })).await
}

#[tokio::test]
async fn they_stand_in_the_history_in_their_order_and_the_next_points_are_others() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("import", &json!({})).await;
    let failed = json!({"params": {"k": 9, "x": 0.9}, "failed": "out of memory"});
    let trials = json!([trial(1, 0.5, 0.25), failed, trial(2, 1.0, 0.75), trial(5, 0.5, -1.0)]);
    let reply = import(&ann, &experiment, &trials).await;
    assert_eq!((reply.status, reply.json()), (200, json!({"imported": 4})));
    let history = ann.get(&format!("/v1/experiments/{experiment}/history")).await.json();
    let values: Vec<f64> =
        history["items"].as_array().unwrap().iter().map(|told| told["value"].as_f64().unwrap()).collect();
    assert_eq!(values, [0.25, 0.75, -1.0]);
    let shown = ann.shown(&experiment).await;
    assert_eq!((&shown["told"], &shown["failed"], &shown["pending"]), (&json!(3), &json!(1), &json!(0)));
    let listed = ann.get(&format!("/v1/experiments/{experiment}/trials?state=failed")).await.json();
    let kept = &listed["items"][0];
    assert_eq!((&kept["reason"], &kept["asked"]), (&json!("out of memory"), &json!(0)));
    assert_eq!(ann.get(&format!("/v1/experiments/{experiment}/best")).await.json()["value"], 0.75);
    // (5, 0.5) is where an experiment without guesses begins.
    for _ in 0..8 {
        let params = ann.given(&experiment).await["params"].clone();
        assert!(trials.as_array().unwrap().iter().all(|trial| trial["params"] != params), "{params}");
    }
}

#[tokio::test]
async fn they_end_no_open_ask_and_pass_no_limit_of_open_trials() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("import", &json!({"open_trials": 1})).await;
    let open = ann.given(&experiment).await;
    assert_eq!(import(&ann, &experiment, &json!([trial(1, 0.5, 0.25)])).await.status, 200);
    assert_eq!(ann.tell_trial(id(&open), 1.0).await.status, 200);
}

#[tokio::test]
async fn every_problem_is_listed_with_its_place_and_nothing_is_stored() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("import", &json!({})).await;
    let trials = json!([
        trial(1, 0.5, 0.25),
        trial(10, 0.5, 1.0),
        {"params": {"k": 1.5, "x": "a"}, "value": 1},
        {"params": {"k": 1}, "value": 1},
        {"params": {"k": 1, "x": 0.5, "y": 2}, "value": 1},
    ]);
    let reply = import(&ann, &experiment, &trials).await;
    let places: Vec<Value> =
        reply.json()["detail"].as_array().unwrap().iter().map(|problem| problem["loc"].clone()).collect();
    let at = |index: i64, name: &str| json!(["body", "trials", index, "params", name]);
    assert_eq!((reply.status, places), (422, vec![at(1, "k"), at(2, "k"), at(2, "x"), at(3, "x"), at(4, "y")]));
    assert!(reply.detail().contains("10 is not allowed; give a whole number from 0 to 9"), "{}", reply.detail());
    let rows = [
        (json!({"params": {"k": 1, "x": 0.5}}), json!(["value"])),
        (json!({"params": {"k": 1, "x": 0.5}, "value": 1, "failed": "both"}), json!(["value"])),
        (json!({"params": {"k": 1, "x": 0.5}, "value": "a"}), json!(["value"])),
        (json!({"params": {"k": 1, "x": 0.5}, "failed": ""}), json!(["failed"])),
        (json!({"params": [1], "value": 1}), json!(["params"])),
        (json!({"params": {"k": [1]}, "value": 1}), json!(["params"])),
        (json!({"value": 1}), json!(["params"])),
        (json!(5), json!([])),
    ];
    for (trial, rest) in rows {
        let reply = import(&ann, &experiment, &json!([trial])).await;
        let mut place = vec![json!("body"), json!("trials"), json!(0)];
        place.extend(rest.as_array().unwrap().clone());
        assert_eq!((reply.status, &reply.json()["detail"][0]["loc"]), (422, &json!(place)), "{trial}");
    }
    for trials in [json!([]), json!({}), json!(null)] {
        let reply = import(&ann, &experiment, &trials).await;
        assert_eq!((reply.status, &reply.json()["detail"][0]["loc"]), (422, &json!(["body", "trials"])));
    }
    let infinite = r#"{"trials": [{"params": {"k": 1, "x": 0.5}, "value": 1e999}]}"#;
    let path = format!("/v1/experiments/{experiment}/import");
    assert_eq!(ann.call("POST", &path).body("application/json", infinite).send().await.status, 422);
    assert_eq!(ann.get(&format!("/v1/experiments/{experiment}/trials")).await.json()["total"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_import_sent_eight_times_at_once_under_one_key_is_one_import() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("import", &json!({})).await;
    let path = format!("/v1/experiments/{experiment}/import");
    let send =
        |trials: Value| ann.call("POST", &path).header("Idempotency-Key", "k1").json(&json!({ "trials": trials }));
    let thousand: Value = (0..1000).map(|i| trial(i % 10, i as f64 / 1000.0, i as f64)).collect();
    let replies = at_once(std::iter::repeat_n(send(thousand.clone()), 8)).await;
    let bodies: HashSet<&str> = replies.iter().map(|reply| reply.body.as_str()).collect();
    assert_eq!((replies[0].status, bodies), (200, HashSet::from([r#"{"imported":1000}"#])), "{replies:?}");
    assert_eq!(ann.shown(&experiment).await["told"], 1000);
    assert_eq!(send(json!([trial(1, 0.5, 0.25)])).send().await.status, 422, "another content is another request");
}

#[tokio::test]
async fn what_is_imported_once_more_is_known_and_what_is_new_is_added() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("import", &json!({})).await;
    let failed = json!({"params": {"k": 9, "x": 0.9}, "failed": "out of memory"});
    // Two measurements that are the same are two.
    let mut trials = vec![trial(1, 0.5, 0.25), failed, trial(2, 1.0, 0.75), trial(2, 1.0, 0.75)];
    let reply = import(&ann, &experiment, &json!(trials)).await;
    assert_eq!(reply.json(), json!({"imported": 4}));
    let reply = import(&ann, &experiment, &json!(trials)).await;
    assert_eq!(reply.json(), json!({"imported": 0, "known": 4}));
    trials.extend([trial(3, 0.1, 1.0), trial(2, 1.0, 0.8)]);
    let reply = import(&ann, &experiment, &json!(trials)).await;
    assert_eq!(reply.json(), json!({"imported": 2, "known": 4}));
    let shown = ann.shown(&experiment).await;
    assert_eq!((&shown["told"], &shown["failed"]), (&json!(5), &json!(1)));
}

#[tokio::test]
async fn of_thousands_of_rows_with_a_bad_one_none_is_stored_and_its_place_is_said() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("import", &json!({})).await;
    let mut trials: Vec<Value> = (0..2500).map(|i| trial(i % 10, i as f64 / 2500.0, i as f64)).collect();
    trials[1501] = trial(1, 7.0, 1.0);
    let reply = import(&ann, &experiment, &json!(trials)).await;
    let place = json!(["body", "trials", 1501, "params", "x"]);
    assert_eq!((reply.status, &reply.json()["detail"][0]["loc"]), (422, &place), "{reply:?}");
    assert_eq!(ann.shown(&experiment).await["told"], 0);
    trials[1501] = trial(1, 0.7, 1.0);
    assert_eq!(import(&ann, &experiment, &json!(trials)).await.json(), json!({"imported": 2500}));
}

#[tokio::test]
async fn numbers_and_options_are_read_as_they_are_meant() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let covars = json!({
        "x": {"vtype": "cont", "min": 0, "max": 2}, "k": {"vtype": "int", "min": 0, "max": 9},
        "v": {"vtype": "cat", "options": ["3.10", "1", "001"]},
    });
    let experiment = ann.open("import", &json!({ "covars": covars })).await;
    let body = r#"{"trials": [{"params": {"x": ".5", "k": "+1", "v": 3.10}, "value": 1},
                              {"params": {"x": 1, "k": 2.0, "v": 1}, "value": 2},
                              {"params": {"x": "1e-1", "k": 3, "v": "001"}, "value": 3}]}"#;
    let path = format!("/v1/experiments/{experiment}/import");
    let reply = ann.call("POST", &path).body("application/json", body).send().await;
    assert_eq!(reply.json(), json!({"imported": 3}), "{reply:?}");
    let listed = ann.get(&format!("/v1/experiments/{experiment}/trials")).await.json();
    let points: Vec<&Value> = listed["items"].as_array().unwrap().iter().map(|trial| &trial["params"]).collect();
    assert_eq!(
        points,
        [
            &json!({"x": 0.5, "k": 1, "v": "3.10"}),
            &json!({"x": 1.0, "k": 2, "v": "1"}),
            &json!({"x": 0.1, "k": 3, "v": "001"}),
        ]
    );
}

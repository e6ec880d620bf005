//! Routes under `/v1`: read one, the best, the history, pages, trials by identifier.

use serde_json::{Value, json};

use crate::support::Hub;

#[tokio::test]
async fn an_experiment_shows_what_it_was_made_of_in_the_order_given() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let reply = ann.get(&format!("/v1/experiments/{experiment}")).await;
    let shown = reply.json();
    assert_eq!((shown["id"].as_str(), shown["name"].as_str()), (Some(experiment.as_str()), Some("forest")));
    assert_eq!((&shown["model_type"], &shown["acq_func"]), (&json!("SingleTaskGP"), &json!("ExpectedImprovement")));
    assert_eq!((&shown["seed"], &shown["direction"]), (&json!(7), &json!("maximize")));
    assert_eq!((&shown["trial_lifetime"], &shown["open_trials"]), (&json!(86_400), &json!(100)));
    for count in ["told", "failed", "pending", "expired"] {
        assert_eq!(shown[count], 0, "{count}");
    }
    let covars = r#""covars":{"v1":{"vtype":"int","guess":2,"min":0,"max":5},"color":{"vtype":"cat","guess":"red","options":["red","green","blue"]},"weight":{"vtype":"cont","guess":6.6,"min":-3.0,"max":200.0}}"#;
    assert!(reply.body.contains(covars), "{}", reply.body);
    assert!(shown["created_at"].as_str().unwrap().starts_with("2026-11-21T00:00:00."));
    assert!(shown["created_at"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn what_is_shown_of_a_variable_makes_the_same_variable() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let first = ann.experiment().await;
    let shown = ann.get(&format!("/v1/experiments/{first}")).await.json()["covars"].clone();
    let second = ann.experiment_of(&shown.to_string()).await;
    assert_eq!(ann.get(&format!("/v1/experiments/{second}")).await.json()["covars"], shown);
}

#[tokio::test]
async fn a_trial_from_pending_to_told() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let made = ann.call("POST", &format!("/v1/experiments/{experiment}/trials")).send().await;
    assert_eq!(made.status, 201);
    assert!(made.body.contains(r#""params":{"v1":2,"color":"red","weight":6.6}"#), "the first is the guess: {made:?}");
    let made = made.json();
    assert_eq!((&made["state"], &made["experiment_id"]), (&json!("pending"), &json!(experiment)));
    assert!(made.get("value").is_none() && made.get("told_at").is_none());
    let path = format!("/v1/trials/{}", made["id"].as_str().unwrap());
    assert_eq!(ann.get(&path).await.json(), made);
    let told = ann.post(&format!("{path}/tell"), &json!({"value": 2})).await;
    assert_eq!(told.status, 200);
    let told = told.json();
    assert_eq!((&told["state"], &told["value"]), (&json!("told"), &json!(2.0)));
    assert!(told["told_at"].as_str().unwrap() > made["created_at"].as_str().unwrap());
    assert_eq!(ann.get(&path).await.json(), told);
    for bad in [json!({"value": null}), json!({"value": "a"}), json!({}), json!({"value": [1]})] {
        let reply = ann.post(&format!("/v1/trials/{}/tell", ann.trial(&experiment).await), &bad).await;
        assert_eq!(reply.status, 422, "{bad}");
    }
    let body = "{\"value\": 1e999}";
    let reply = ann.call("POST", &format!("/v1/trials/{}/tell", ann.trial(&experiment).await));
    assert_eq!(reply.body("application/json", body).send().await.status, 422);
}

#[tokio::test]
async fn the_best_is_the_greatest_and_of_equals_the_first() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let path = format!("/v1/experiments/{experiment}/best");
    let none = ann.get(&path).await;
    assert_eq!((none.status, none.detail().contains("Tell a trial first")), (404, true));
    for (v1, response) in [(1, 0.5), (2, 2.5), (3, 2.5), (4, -1.0)] {
        ann.tell(&experiment, v1, "red", 6.6, response).await;
    }
    let best = ann.get(&path).await.json();
    assert_eq!((&best["value"], &best["params"]["v1"]), (&json!(2.5), &json!(2)));
    let trial = ann.get(&format!("/v1/trials/{}", best["trial_id"].as_str().unwrap())).await.json();
    assert_eq!((&trial["params"], &trial["told_at"]), (&best["params"], &best["told_at"]));
}

#[tokio::test]
async fn the_history_runs_in_the_order_of_telling_with_the_best_so_far_on_any_page() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let first = ann.trial(&experiment).await;
    for response in [0.5, 2.5, 1.5] {
        ann.tell(&experiment, 1, "red", 6.6, response).await;
    }
    assert_eq!(ann.post(&format!("/v1/trials/{first}/tell"), &json!({"value": 0.1})).await.status, 200);
    let page = ann.get(&format!("/v1/experiments/{experiment}/history?limit=2&offset=2")).await.json();
    assert_eq!(page["total"], 4);
    let rows: Vec<(f64, f64)> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|told| (told["value"].as_f64().unwrap(), told["best_so_far"].as_f64().unwrap()))
        .collect();
    assert_eq!(rows, [(1.5, 2.5), (0.1, 2.5)], "a trial that was asked first and told last comes last");
    assert_eq!(page["items"][1]["trial_id"], json!(first));
}

#[tokio::test]
async fn pages_cover_a_list_once() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(ann.experiment().await);
    }
    let mut seen = Vec::new();
    for offset in [0, 2, 4, 6] {
        let page = ann.get(&format!("/v1/experiments?limit=2&offset={offset}")).await.json();
        assert_eq!(page["total"], 5);
        seen.extend(page["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()));
    }
    assert_eq!(seen, made);
}

#[tokio::test]
async fn trials_are_listed_by_state() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let (told, pending) = (ann.trial(&experiment).await, ann.trial(&experiment).await);
    ann.post(&format!("/v1/trials/{told}/tell"), &json!({"value": 1.0})).await;
    let ids = |page: Value| -> Vec<String> {
        assert_eq!(page["total"], page["items"].as_array().unwrap().len());
        page["items"].as_array().unwrap().iter().map(|trial| trial["id"].as_str().unwrap().to_owned()).collect()
    };
    let path = format!("/v1/experiments/{experiment}/trials");
    assert_eq!(ids(ann.get(&path).await.json()), [told.clone(), pending.clone()]);
    assert_eq!(ids(ann.get(&format!("{path}?state=told")).await.json()), [told]);
    assert_eq!(ids(ann.get(&format!("{path}?state=pending")).await.json()), [pending]);
}

#[tokio::test]
async fn the_same_seed_and_tells_are_asked_the_same_points() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let mut runs = Vec::new();
    for _ in 0..2 {
        let experiment = ann.experiment().await;
        let mut points = Vec::new();
        for round in 0..4 {
            let trial = ann.get(&format!("/v1/trials/{}", ann.trial(&experiment).await)).await.json();
            points.push(trial["params"].clone());
            let path = format!("/v1/trials/{}/tell", trial["id"].as_str().unwrap());
            ann.post(&path, &json!({"value": round})).await;
        }
        runs.push(points);
    }
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test]
async fn a_space_that_is_used_up_is_a_conflict_that_says_so() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment_of(r#"{"a": {"vtype": "int", "guess": 0, "min": 0, "max": 2}}"#).await;
    for _ in 0..3 {
        ann.trial(&experiment).await;
    }
    let reply = ann.call("POST", &format!("/v1/experiments/{experiment}/trials")).send().await;
    assert_eq!((reply.status, reply.detail().contains("Tell the pending trials")), (409, true), "{reply:?}");
}

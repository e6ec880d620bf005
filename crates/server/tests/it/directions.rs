//! Directions: smaller is better where an experiment says so, everywhere that anything is better.

use serde_json::{Value, json};

use crate::support::{Hub, User, id};

/// Something with its least value inside the space.
fn f(params: &Value) -> f64 {
    let (k, x) = (params["k"].as_f64().unwrap(), params["x"].as_f64().unwrap());
    (k - 6.0).powi(2) / 10.0 + (x - 0.3).powi(2)
}

/// Fourteen rounds: the points in their order.
async fn run(user: &User, direction: &str, value: impl Fn(&Value) -> f64) -> Vec<Value> {
    let experiment = user.open(direction, &json!({"direction": direction})).await;
    let mut points = Vec::new();
    for round in 0..14 {
        let trial = user.given(&experiment).await;
        let ended = match round {
            // A failure is no better than the worst, whichever way that is.
            8 => user.fail(id(&trial), "out of memory").await,
            _ => user.tell_trial(id(&trial), value(&trial["params"])).await,
        };
        assert_eq!(ended.status, 200, "{ended:?}");
        points.push(trial["params"].clone());
    }
    points
}

#[tokio::test]
async fn to_minimise_f_is_to_maximise_minus_f_point_by_point() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let (down, up) = (run(&ann, "minimize", f).await, run(&ann, "maximize", |params| -f(params)).await);
    assert_eq!(down, up);
    let upside_down = run(&hub.user("bob@x.com").await, "maximize", f).await;
    assert_ne!(down, upside_down, "and it is not to maximise f");
}

#[tokio::test]
async fn the_best_and_the_best_so_far_are_the_least() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("least", &json!({"direction": "minimize"})).await;
    let mut trials = Vec::new();
    for value in [2.5, 0.5, 1.5, 0.5, -1.0, 3.0] {
        let trial = ann.given(&experiment).await;
        ann.tell_trial(id(&trial), value).await;
        trials.push(trial);
    }
    assert_eq!(ann.shown(&experiment).await["direction"], "minimize");
    let best = ann.get(&format!("/v1/experiments/{experiment}/best")).await.json();
    assert_eq!((&best["value"], &best["trial_id"]), (&json!(-1.0), &trials[4]["id"]));
    let page = ann.get(&format!("/v1/experiments/{experiment}/history?offset=1")).await.json();
    let so_far: Vec<f64> =
        page["items"].as_array().unwrap().iter().map(|told| told["best_so_far"].as_f64().unwrap()).collect();
    assert_eq!(so_far, [0.5, 0.5, 0.5, -1.0, -1.0]);
    let listed = ann.get("/experiment/all").await.json();
    assert_eq!(listed[0]["best_response"], r#"{"Response":{"0":2.5,"1":0.5,"2":0.5,"3":0.5,"4":-1.0,"5":-1.0}}"#);
}

#[tokio::test]
async fn of_equals_the_first_is_the_best() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("least", &json!({"direction": "minimize"})).await;
    let (first, second) = (ann.given(&experiment).await, ann.given(&experiment).await);
    ann.tell_trial(id(&first), 0.5).await;
    ann.tell_trial(id(&second), 0.5).await;
    assert_eq!(ann.get(&format!("/v1/experiments/{experiment}/best")).await.json()["trial_id"], first["id"]);
}

#[tokio::test]
async fn the_originals_route_makes_such_experiments_too_and_refuses_other_words() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let new = |direction: Value| {
        let covars = json!({"a": {"vtype": "cont", "guess": 0.5, "min": 0, "max": 1}});
        json!({"covars": covars, "direction": direction})
    };
    let made = ann.post("/experiment/new", &new(json!("minimize"))).await;
    assert_eq!(made.status, 201, "{made:?}");
    let experiment = made.json()["exp_uuid"].as_str().unwrap().to_owned();
    let mut last = Value::Null;
    for (a, response) in [(0.1, 2.0), (0.2, 1.0), (0.3, 3.0)] {
        let body = json!({"covars_tell": [{"a": a}], "response_tell": [{"Response": response}]});
        last = ann.post(&format!("/experiment/tell/{experiment}"), &body).await.json();
    }
    assert_eq!(last["best_response"], r#"{"Response":{"0":2.0,"1":1.0,"2":1.0}}"#);
    assert_eq!(last["covars_best_reponse"], r#"{"a":{"0":0.1,"1":0.2,"2":0.2}}"#);
    for word in [json!("up"), json!(""), json!(1)] {
        let reply = ann.post("/experiment/new", &new(word.clone())).await;
        assert_eq!((reply.status, &reply.json()["detail"][0]["loc"]), (422, &json!(["body", "direction"])), "{word}");
    }
}

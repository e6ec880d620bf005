//! Logarithmic scales and steps.

use serde_json::{Value, json};

use crate::support::{Hub, id};

fn covars() -> Value {
    json!({
        "rate": {"vtype": "cont", "guess": 0.01, "min": 0.0001, "max": 1, "log": true},
        "size": {"vtype": "int", "guess": 16, "min": 8, "max": 64, "step": 8},
        "drop": {"vtype": "cont", "guess": 0.5, "min": 0, "max": 1, "step": 0.1},
    })
}

#[tokio::test]
async fn both_routes_make_them_and_every_point_lies_on_its_steps() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let made = ann.post("/experiment/new", &json!({"seed": 7, "covars": covars()})).await;
    assert_eq!(made.status, 201, "{made:?}");
    let made = made.json()["exp_uuid"].as_str().unwrap().to_owned();
    let shown = ann.shown(&made).await["covars"].clone();
    assert_eq!((&shown["rate"]["log"], shown["rate"].get("step")), (&json!(true), None));
    assert_eq!((&shown["size"]["step"], shown["size"].get("log")), (&json!(8.0), None));
    let opened = ann.post("/v1/experiments", &json!({"name": "scales", "seed": 7, "covars": shown})).await.json();
    assert_eq!(opened["covars"], shown, "what is shown makes the same");

    let mut below = 0;
    for _ in 0..12 {
        let trial = ann.given(id(&opened)).await;
        let params = &trial["params"];
        let size = params["size"].as_i64().unwrap();
        assert!(size % 8 == 0 && (8..=64).contains(&size), "{params}");
        let tenths = params["drop"].as_f64().unwrap() * 10.0;
        assert!((tenths - tenths.round()).abs() < 1e-9, "{params}");
        let rate = params["rate"].as_f64().unwrap();
        below += usize::from(rate < 0.01);
        ann.tell_trial(id(&trial), -(rate.log10() + 3.0).abs()).await;
    }
    assert!(below >= 3, "the lower half of a logarithmic scale is half of it: {below} of 12");
}

#[tokio::test]
async fn a_value_between_the_steps_may_be_told() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let made = ann.post("/experiment/new", &json!({"covars": covars()})).await.json();
    let experiment = made["exp_uuid"].as_str().unwrap();
    let tell = |size: i64| {
        let body =
            json!({"covars_tell": [{"rate": 0.5, "size": size, "drop": 0.25}], "response_tell": [{"Response": 1}]});
        let path = format!("/experiment/tell/{experiment}");
        let ann = ann.clone();
        async move { ann.post(&path, &body).await.status }
    };
    assert_eq!((tell(17).await, tell(7).await), (202, 422), "a result is a result, within the bounds");
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_its_place() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let cont = |more: Value| merged(json!({"vtype": "cont", "guess": 0.5, "min": 0, "max": 1}), more);
    let int = |more: Value| merged(json!({"vtype": "int", "guess": 5, "min": 1, "max": 9}), more);
    let cat = |more: Value| merged(json!({"vtype": "cat", "guess": "a", "options": ["a", "b"]}), more);
    let rows = [
        (cont(json!({"log": true})), None, "a log scale needs min above 0"),
        (cont(json!({"log": 1})), Some("log"), "boolean"),
        (cont(json!({"step": 0})), None, "step must be a positive number"),
        (cont(json!({"step": -0.5})), None, "step must be a positive number"),
        (cont(json!({"step": 2})), None, "wider than the range"),
        (cont(json!({"step": "x"})), Some("step"), "value is not a valid float"),
        (int(json!({"step": 1.5})), Some("step"), "a whole number, not 1.5"),
        (int(json!({"step": 0})), None, "step must be at least 1"),
        (int(json!({"step": 1e300})), None, "wider than the range"),
        (cat(json!({"log": true})), Some("log"), "a category has no scale"),
        (cat(json!({"step": 1})), Some("step"), "a category has no steps"),
    ];
    for (variable, field, says) in rows {
        for path in ["/experiment/new", "/v1/experiments"] {
            let reply = ann.post(path, &json!({"name": "n", "covars": {"a": variable}})).await;
            let mut place = vec!["body", "covars", "a"];
            place.extend(field);
            assert_eq!(reply.status, 422, "{variable}: {reply:?}");
            assert_eq!(reply.json()["detail"][0]["loc"], json!(place), "{variable}");
            assert!(reply.detail().contains(says), "{variable}: {}", reply.detail());
        }
    }
    let plain = merged(cat(json!({})), json!({"log": false, "step": null}));
    assert_eq!(ann.post("/experiment/new", &json!({"covars": {"a": plain}})).await.status, 201);
}

fn merged(mut variable: Value, more: Value) -> Value {
    variable.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    variable
}

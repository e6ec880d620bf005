//! Strictness under `/v1`: a field that there is not is named, and so is a value that a variable cannot have.

use serde_json::{Value, json};

use crate::support::{Hub, id};

#[tokio::test]
async fn a_misspelt_field_is_named_with_those_that_there_are() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("strict", &json!({})).await;
    let trial = ann.given(&experiment).await;
    let (trials, imports) =
        (format!("/v1/experiments/{experiment}/trials/batch"), format!("/v1/experiments/{experiment}/import"));
    let (tell, fail) = (format!("/v1/trials/{}/tell", id(&trial)), format!("/v1/trials/{}/fail", id(&trial)));
    let x = json!({"vtype": "cont", "min": 0, "max": 1});
    for (path, body, place) in [
        (
            "/v1/experiments",
            json!({"name": "a", "covars": {"x": x}, "directoin": "minimize"}),
            json!(["body", "directoin"]),
        ),
        (
            "/v1/experiments",
            json!({"name": "a", "covars": {"x": x}, "trial_life_time": 5}),
            json!(["body", "trial_life_time"]),
        ),
        (
            "/v1/experiments",
            json!({"name": "a", "covars": {"x": {"vtype": "cont", "min": 0, "max": 1, "lgo": true}}}),
            json!(["body", "covars", "x", "lgo"]),
        ),
        (&trials, json!({"count": 1, "totl": 5}), json!(["body", "totl"])),
        (
            &imports,
            json!({"trials": [{"params": {"k": 1, "x": 0.5}, "value": 1, "vlaue": 2}]}),
            json!(["body", "trials", 0, "vlaue"]),
        ),
        (&tell, json!({"value": 1, "weight": 2}), json!(["body", "weight"])),
        (&fail, json!({"reason": "none", "Reason": "n"}), json!(["body", "Reason"])),
        ("/v1/user/delete", json!({"password": "CHANGEME", "sure": true}), json!(["body", "sure"])),
    ] {
        let reply = ann.post(path, &body).await;
        assert_eq!((reply.status, &reply.json()["detail"][0]["loc"]), (422, &place), "{path} {body}: {reply:?}");
        assert!(reply.detail().contains("no such field here; the fields are "), "{reply:?}");
    }
    assert_eq!(ann.tell_trial(id(&trial), 1.0).await.status, 200, "nothing has happened");
    let more = json!({"name": "a", "covars": {"x": {"vtype": "cont", "min": 0, "max": 1, "guess": 0.5, "unit": "m"}}, "of": "mine"});
    assert_eq!(ann.post("/experiment/new", &more).await.status, 201, "the original passes over them");
}

#[tokio::test]
async fn a_misspelt_parameter_of_a_query_is_named() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("strict", &json!({})).await;
    for (path, name) in [
        ("/v1/experiments?nmae=x".to_owned(), "nmae"),
        (format!("/v1/experiments/{experiment}/trials?stat=failed&limit=5"), "stat"),
        (format!("/v1/experiments/{experiment}/history?page=2"), "page"),
        (format!("/v1/experiments/{experiment}?x"), "x"),
    ] {
        let reply = ann.get(&path).await;
        assert_eq!(
            (reply.status, &reply.json()["detail"][0]["loc"]),
            (422, &json!(["query", name])),
            "{path}: {reply:?}"
        );
    }
    assert_eq!(
        ann.get(&format!("/v1/experiments/{experiment}/trials?state=failed&limit=5&offset=0")).await.status,
        200
    );
}

/// Makes an experiment of this variable by the route; gives the status and what is wrong, or the bounds.
async fn made(route: &str, variable: Value) -> (u16, String) {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let reply = ann.post(route, &json!({"name": "a", "covars": {"v": variable}})).await;
    let body = reply.json();
    (
        reply.status,
        if reply.status == 422 {
            reply.detail()
        } else {
            format!("{} {}", body["covars"]["v"]["min"], body["covars"]["v"]["max"])
        },
    )
}

#[tokio::test]
async fn bounds_of_whole_numbers_with_fractions_are_refused_and_never_widened() {
    let bounds = |min: f64, max: f64| json!({"vtype": "int", "min": min, "max": max, "guess": 3});
    for (min, max, place) in [(1.7, 9.0, "min"), (1.0, 9.5, "max"), (0.5, 0.7, "min")] {
        let (status, why) = made("/v1/experiments", bounds(min, max)).await;
        assert_eq!(
            (status, why.contains(&format!("\"{place}\"")), why.contains("whole numbers")),
            (422, true, true),
            "{why}"
        );
    }
    assert_eq!(made("/v1/experiments", bounds(1.0, 9.0)).await, (200, "1 9".to_owned()));
    assert_eq!(made("/experiment/new", bounds(1.7, 9.5)).await, (201, "2 9".to_owned()), "inwards");
    assert_eq!(made("/experiment/new", bounds(-1.7, 9.0)).await, (201, "-1 9".to_owned()));
    let guess = json!({"vtype": "int", "min": 1, "max": 9, "guess": 2.5});
    assert_eq!(made("/v1/experiments", guess).await.0, 422);
}

#[tokio::test]
async fn a_guess_between_two_steps_is_refused_with_the_nearest_value() {
    for (variable, nearest) in [
        (json!({"vtype": "cont", "min": 0, "max": 1, "step": 0.1, "guess": 0.25}), "0.3"),
        (json!({"vtype": "int", "min": 1, "max": 9, "step": 4, "guess": 6}), "5"),
        (json!({"vtype": "cont", "min": 0.5, "max": 2, "step": 1, "guess": 2}), "1.5"),
    ] {
        let (status, why) = made("/v1/experiments", variable.clone()).await;
        assert_eq!(
            (status, why.contains(&format!("the nearest value is {nearest}"))),
            (422, true),
            "{variable}: {why}"
        );
    }
    for variable in [
        json!({"vtype": "cont", "min": 0, "max": 1, "step": 0.1, "guess": 0.3}),
        json!({"vtype": "int", "min": 1, "max": 9, "step": 4, "guess": 9}),
        json!({"vtype": "int", "min": 1, "max": 1000, "log": true, "guess": 777}),
        json!({"vtype": "cont", "min": 0.001, "max": 1, "log": true, "guess": 0.0123456789}),
    ] {
        let (status, why) = made("/v1/experiments", variable.clone()).await;
        assert_eq!(status, 200, "{variable}: {why}");
    }
}

//! Opening by name: an experiment is made by the first who opens it, found by the others, listed and deleted.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::support::{Hub, at_once, id};

fn body() -> Value {
    json!({"name": "forest", "covars": {
        "depth": {"vtype": "int", "min": 1, "max": 9},
        "rate": {"vtype": "cont", "min": 0.001, "max": 1, "log": true},
        "loss": {"vtype": "cat", "options": ["l1", "l2"]},
    }})
}

#[tokio::test]
async fn what_nobody_guessed_at_begins_in_the_middle_of_its_scale_or_with_the_first_option() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let made = ann.post("/v1/experiments", &body()).await;
    assert_eq!(made.status, 200, "{made:?}");
    let first = ann.given(id(&made.json())).await["params"].clone();
    assert_eq!((&first["depth"], &first["loss"]), (&json!(5), &json!("l1")));
    assert!((first["rate"].as_f64().unwrap() - 0.001_f64.sqrt()).abs() < 1e-9, "{first}");
    assert_eq!(made.json()["covars"]["rate"]["guess"], first["rate"]);
    let mut with_guess = body();
    with_guess["name"] = json!("guessed");
    with_guess["covars"]["depth"]["guess"] = json!(2);
    let made = ann.post("/v1/experiments", &with_guess).await.json();
    assert_eq!(ann.given(id(&made)).await["params"]["depth"], 2);
}

#[tokio::test]
async fn the_same_settings_open_the_same_experiment_and_its_description_does_not_count() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let first = ann.post("/v1/experiments", &body()).await.json();
    ann.trial(id(&first)).await;
    let mut again = body();
    again["description"] = json!("the same, told in other words");
    let again = ann.post("/v1/experiments", &again).await.json();
    assert_eq!((&again["id"], &again["seed"], &again["pending"]), (&first["id"], &first["seed"], &json!(1)));
    assert_eq!(again["description"], "");
    let order = r#"{"name": "forest", "covars": {
        "loss": {"vtype": "cat", "options": ["l1", "l2"]},
        "rate": {"vtype": "cont", "min": 0.001, "max": 1, "log": true},
        "depth": {"vtype": "int", "min": 1, "max": 9}}}"#;
    let reordered = ann.call("POST", "/v1/experiments").body("application/json", order).send().await;
    assert_eq!((reordered.status, &reordered.json()["id"]), (200, &first["id"]), "nor does the order of its variables");
    let mut seeded = body();
    seeded["seed"] = first["seed"].clone();
    assert_eq!(ann.post("/v1/experiments", &seeded).await.json()["id"], first["id"]);
    let bobs = hub.user("bob@x.com").await.post("/v1/experiments", &body()).await.json();
    assert_ne!(bobs["id"], first["id"], "everybody has names of their own");
}

#[tokio::test]
async fn another_setting_is_a_conflict_that_names_it() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let first = ann.post("/v1/experiments", &body()).await.json();
    let rows = [
        ("/direction", json!("minimize"), "its direction is maximize, and minimize was sent"),
        ("/model_type", json!("SimpleCustomMaternGP"), "its model_type is SingleTaskGP"),
        ("/acq_func", json!("UpperConfidenceBound"), "its acq_func is ExpectedImprovement"),
        ("/trial_lifetime", json!(60), "its trial_lifetime is 86400, and 60 was sent"),
        ("/open_trials", json!(3), "its open_trials is 100, and 3 was sent"),
        ("/seed", json!(first["seed"].as_i64().unwrap() ^ 1), "its seed is"),
        ("/covars/depth", json!({"vtype": "int", "min": 1, "max": 8}), "its variable `depth` is"),
        ("/covars/rate", json!({"vtype": "cont", "min": 0.001, "max": 1}), "its variable `rate` is"),
        ("/covars/depth", json!({"vtype": "int", "min": 1, "max": 9, "guess": 2}), "its variable `depth` is"),
        ("/covars/more", json!({"vtype": "int", "min": 1, "max": 8}), "it has no variable `more`"),
    ];
    for (place, value, says) in rows {
        let mut other = body();
        let (parent, name) = place.rsplit_once('/').unwrap();
        other.pointer_mut(parent).unwrap()[name] = value;
        let refused = ann.post("/v1/experiments", &other).await;
        assert_eq!((refused.status, refused.detail().contains(says)), (409, true), "{place}: {refused:?}");
    }
    let mut fewer = body();
    fewer["covars"].as_object_mut().unwrap().remove("loss");
    let refused = ann.post("/v1/experiments", &fewer).await;
    assert!(refused.detail().contains("it has a variable `loss` that was not sent"), "{refused:?}");
    assert_eq!(ann.get("/v1/experiments").await.json()["total"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_who_open_one_name_at_once_on_two_hubs_get_one_experiment() {
    let one = Hub::start().await;
    let two = one.replica(|settings| settings).await;
    let ann = one.user("ann@x.com").await;
    let there = ann.clone().at(&two);
    let replies =
        at_once((0..8).map(|i| if i % 2 == 0 { &ann } else { &there }.call("POST", "/v1/experiments").json(&body())))
            .await;
    assert!(replies.iter().all(|reply| reply.status == 200), "{replies:?}");
    let ids: HashSet<String> = replies.iter().map(|reply| id(&reply.json()).to_owned()).collect();
    assert_eq!((ids.len(), &ann.get("/v1/experiments").await.json()["total"]), (1, &json!(1)));
}

#[tokio::test]
async fn of_several_that_were_made_with_one_name_the_oldest_is_opened() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let (first, _second) = (ann.experiment().await, ann.experiment().await);
    let covars: Value = serde_json::from_str(crate::support::COVARS).unwrap();
    let opened = ann.post("/v1/experiments", &json!({"name": "forest", "covars": covars})).await;
    assert_eq!((opened.status, &opened.json()["id"]), (200, &json!(first)), "{opened:?}");
}

#[tokio::test]
async fn a_name_is_needed_here_and_a_guess_by_the_originals_route() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    for name in [json!(null), json!(""), json!("n".repeat(257)), json!(5)] {
        let mut unnamed = body();
        unnamed["name"] = name.clone();
        let reply = ann.post("/v1/experiments", &unnamed).await;
        assert_eq!((reply.status, &reply.json()["detail"][0]["loc"]), (422, &json!(["body", "name"])), "{name}");
    }
    let reply = ann.post("/experiment/new", &body()).await;
    let places: Vec<Value> =
        reply.json()["detail"].as_array().unwrap().iter().map(|problem| problem["loc"].clone()).collect();
    assert_eq!(reply.status, 422);
    assert!(places.iter().all(|place| place[3] == "guess") && places.len() == 3, "{places:?}");
}

#[tokio::test]
async fn limits_of_time_and_number_are_checked() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    for (name, most) in [("trial_lifetime", 2_592_000), ("open_trials", 1000)] {
        for value in [json!(0), json!(most + 1), json!(-1), json!(1.5), json!("1")] {
            let mut wrong = body();
            wrong[name] = value.clone();
            for path in ["/v1/experiments", "/experiment/new"] {
                let reply = ann.post(path, &wrong).await;
                let problems = reply.json()["detail"].as_array().unwrap().clone();
                let named = problems.iter().any(|problem| problem["loc"] == json!(["body", name]));
                assert_eq!((reply.status, named), (422, true), "{path} {name} {value}: {reply:?}");
            }
        }
        let mut greatest = body();
        (greatest[name], greatest["name"]) = (json!(most), json!(name));
        assert_eq!(ann.post("/v1/experiments", &greatest).await.json()[name], most);
    }
}

#[tokio::test]
async fn experiments_are_listed_by_name_with_their_counts() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let (first, _) = (ann.open("a", &json!({})).await, ann.open("b", &json!({})).await);
    let told = ann.trial(&first).await;
    ann.trial(&first).await;
    ann.tell_trial(&told, 1.0).await;
    let listed = ann.get("/v1/experiments?name=a").await.json();
    assert_eq!((&listed["total"], &listed["items"][0]), (&json!(1), &ann.shown(&first).await));
    assert_eq!((&listed["items"][0]["told"], &listed["items"][0]["pending"]), (&json!(1), &json!(1)));
    assert_eq!(ann.get("/v1/experiments?name=A").await.json(), json!({"items": [], "total": 0}), "case counts");
    let all = ann.get("/v1/experiments").await.json();
    assert_eq!((&all["total"], &all["items"][1]["pending"]), (&json!(2), &json!(0)));
}

#[tokio::test]
async fn a_deleted_experiment_is_gone_with_all_that_belonged_to_it_and_nothing_else() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let (experiment, other) = (ann.open("a", &json!({})).await, ann.open("b", &json!({})).await);
    let (told, kept) = (ann.trial(&experiment).await, ann.trial(&other).await);
    ann.tell_trial(&told, 1.0).await;
    let keyed = ann.call("POST", &format!("/v1/experiments/{experiment}/trials")).header("Idempotency-Key", "k1");
    assert_eq!(keyed.send().await.status, 201);
    let path = format!("/v1/experiments/{experiment}");
    let deleted = ann.call("DELETE", &path).send().await;
    assert_eq!((deleted.status, deleted.json()), (200, json!({"id": experiment, "trials": 2})));
    let trial = format!("/v1/trials/{told}");
    for gone in [path.as_str(), trial.as_str(), &format!("{path}/best"), &format!("{path}/history")] {
        assert_eq!(ann.get(gone).await.status, 404, "{gone}");
    }
    assert_eq!(ann.call("DELETE", &path).send().await.status, 404);
    assert_eq!(ann.get("/v1/experiments").await.json()["total"], 1);
    assert_eq!(ann.tell_trial(&kept, 1.0).await.status, 200);
    let again = ann.call("POST", &format!("/v1/experiments/{other}/trials")).header("Idempotency-Key", "k1");
    assert_eq!(again.send().await.status, 201, "its keys are free again");
    assert_ne!(ann.open("a", &json!({})).await, experiment, "and so is its name");
}

//! Defects of the original AutoTune, one by one, each shown to be absent. Some need more room and stand elsewhere:
//!
//! | the original | here |
//! |---|---|
//! | pickles the optimiser into its row | `nothing_is_pickled_into_the_database` |
//! | loses updates | `eight_tells_at_once_lose_none`, `crash` |
//! | knows no key, no trial, nothing pending, no lease | `a_repeated_tell_counts_once` and the next two, `leases` |
//! | cannot be started on a used database | `a_used_database_can_be_started_on_again_and_by_a_second_replica` |
//! | fits in the handler | `model_fits::one_slow_fit_stalls_nobody_else` |
//! | shows accounts, has fixed ones, one key for all | `accounts_are_nobodys_business`, `startup`, `sessions`, `ownership` |
//! | answers mistakes with 500 | `ordinary_mistakes_have_a_reason_and_are_no_failure_of_the_hub`, `errors` |
//! | has a best that is none, in a format of its own | `the_best_is_right_after_tells_that_nobody_asked_for`, `directions` |
//! | has a document that no client can be made from | `its_document_names_every_path_variable_and_reads_integers_first`, `library` |

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

use crate::support::{COVARS, Hub, Reply, User, at_once, call, database, id, tell};

async fn history(user: &User, experiment: &str) -> Value {
    user.get(&format!("/v1/experiments/{experiment}/history")).await.json()
}

/// One value that a statement finds in the hub's file.
async fn found(hub: &Hub, statement: &'static str) -> String {
    let mut connection = SqliteConnection::connect(&database(hub.folder())).await.unwrap();
    sqlx::query_scalar(statement).fetch_one(&mut connection).await.unwrap()
}

#[tokio::test]
async fn nothing_is_pickled_into_the_database() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let rounds = |hub: &Hub, ann: &User, from: i32| {
        let (ann, experiment) = (ann.clone().at(hub), experiment.clone());
        async move {
            let mut points = Vec::new();
            for value in from..from + 5 {
                let trial = ann.given(&experiment).await;
                ann.tell_trial(id(&trial), f64::from(value)).await;
                points.push(trial["params"].clone());
            }
            points
        }
    };
    rounds(&hub, &ann, 0).await;
    let columns =
        "SELECT CAST(COUNT(*) AS TEXT) FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
                   WHERE tables.name IN ('experiments', 'trials', 'tells')
                     AND columns.type NOT IN ('INTEGER', 'REAL', 'TEXT')";
    assert_eq!(found(&hub, columns).await, "0", "nothing is there that only this program could read");
    let texts = "SELECT CAST(SUM(json_valid(point)) = COUNT(*) AS TEXT) FROM trials";
    assert_eq!(found(&hub, texts).await, "1");
    let best = "SELECT CAST(MAX(value) AS TEXT) FROM tells";
    assert_eq!(found(&hub, best).await, "4.0", "and the history can be asked by anybody with SQL");

    // A hub that has never seen this experiment goes on where the other one is.
    let two = hub.replica(|settings| settings).await;
    let copy = ann.experiment().await;
    for told in history(&ann, &experiment).await["items"].as_array().unwrap() {
        let trial = ann.given(&copy).await;
        assert_eq!(trial["params"], told["params"]);
        ann.tell_trial(id(&trial), told["value"].as_f64().unwrap()).await;
    }
    let there = rounds(&two, &ann, 5).await;
    for (value, point) in (5..).zip(there) {
        let trial = ann.given(&copy).await;
        assert_eq!(trial["params"], point);
        ann.tell_trial(id(&trial), f64::from(value)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_tells_at_once_lose_none() {
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
async fn a_repeated_tell_counts_once() {
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
async fn whoever_asks_while_others_try_gets_another_point() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let path = format!("/v1/experiments/{experiment}/trials");
    let mut points = HashSet::new();
    // The first eight are given out before anything is told, the others after models were fitted.
    for round in 1..=2 {
        let replies = at_once(std::iter::repeat_n(ann.call("POST", &path), 8)).await;
        assert!(replies.iter().all(|reply| reply.status == 201), "{replies:?}");
        for trial in replies.iter().map(Reply::json) {
            points.insert(trial["params"].to_string());
            ann.tell_trial(id(&trial), -trial["params"]["weight"].as_f64().unwrap().abs()).await;
        }
        assert_eq!(points.len(), 8 * round);
    }
}

#[tokio::test]
async fn what_a_lost_worker_had_is_asked_again() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("leased", &json!({"trial_lifetime": 60})).await;
    let lost = ann.given(&experiment).await;
    hub.clock.forward(Duration::from_secs(60));
    let again = ann.given(&experiment).await;
    assert_eq!((&again["id"], &again["params"]), (&lost["id"], &lost["params"]));
}

#[tokio::test]
async fn a_used_database_can_be_started_on_again_and_by_a_second_replica() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    ann.tell(&experiment, 2, "red", 6.6, 1.5).await;
    let hub = hub.restart().await;
    let two = hub.replica(|settings| settings).await;
    let (here, there) = (ann.clone().at(&hub), ann.at(&two));
    there.tell(&experiment, 3, "red", 6.6, 2.5).await;
    here.tell(&experiment, 4, "red", 6.6, 0.5).await;
    for user in [&here, &there] {
        assert_eq!(history(user, &experiment).await["total"], 3);
        assert_eq!(user.get(&format!("/v1/experiments/{experiment}/best")).await.json()["value"], 2.5);
    }
}

#[tokio::test]
async fn accounts_are_nobodys_business() {
    let hub = Hub::start().await;
    // The accounts that the original makes at its start, with the password that it publishes.
    for email in ["test@test.com", "admin@test.com"] {
        let form = [("username", email), ("password", "CHANGEME")];
        assert_eq!(call(&hub.url, "POST", "/auth/token").form(&form).send().await.status, 401, "{email}");
    }
    let (ann, bob) = (hub.user("ann@x.com").await, hub.user("bob@x.com").await);
    let private = |reply: &Reply| reply.body.contains("ann@x.com") || reply.body.contains("$argon2");
    for path in ["/".to_owned(), "/user/".to_owned(), format!("/user/1?uuid={}", ann.uuid)] {
        assert!(!private(&call(&hub.url, "GET", &path).send().await), "{path} shows Ann to anybody");
        assert!(!private(&bob.get(&path).await), "{path} shows Ann to Bob");
    }
    assert!(!ann.get("/user/").await.body.contains("$argon2"), "nor does she see her own hash");
}

#[tokio::test]
async fn ordinary_mistakes_have_a_reason_and_are_no_failure_of_the_hub() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let nobody = [("username", "nobody@x.com"), ("password", "wrong")];
    let taken = json!({"email": "ann@x.com", "password": "CHANGEME"});
    let nobodys = "7cb6d018-618c-4e26-b9fa-83a7d466ba68";
    let told = |response: &str| {
        let covars = r#"[{\"v1\": 2, \"color\": \"red\", \"weight\": 6.6}]"#;
        let body = format!(r#"{{"covars_tell": "{covars}", "response_tell": "[{{\"Response\": {response}}}]"}}"#);
        ann.call("POST", &format!("/experiment/tell/{experiment}")).body("application/json", body).send()
    };
    let new = |variable: Value| {
        let body = json!({"covars": {"a": variable}});
        let ann = ann.clone();
        async move { ann.post("/experiment/new", &body).await }
    };
    let rows = [
        ("an unknown account", 401, call(&hub.url, "POST", "/auth/token").form(&nobody).send().await),
        ("an unknown experiment", 404, ann.get(&format!("/experiment/ask/{nobodys}")).await),
        ("an address that is taken", 409, call(&hub.url, "POST", "/user/signup").json(&taken).send().await),
        ("a value that is none", 422, told("NaN").await),
        ("an infinite value", 422, told("-Infinity").await),
        ("no value", 422, told("null").await),
        ("a text for a value", 422, told(r#"\"a\""#).await),
        ("a point outside", 422, ann.tell(&experiment, 50, "red", 6.6, 1.5).await),
        ("an unknown category", 422, ann.tell(&experiment, 2, "pink", 6.6, 1.5).await),
        ("a variable without bounds", 422, new(json!({"vtype": "cont", "guess": 1})).await),
        ("a variable without options", 422, new(json!({"vtype": "cat", "guess": "a"})).await),
        ("a variable of no type", 422, new(json!({"guess": 1})).await),
        ("no variables", 422, ann.post("/experiment/new", &json!({"covars": {}})).await),
        ("another user's list", 403, ann.get(&format!("/user/1?uuid={nobodys}")).await),
    ];
    for (mistake, status, reply) in rows {
        assert_eq!((reply.status, reply.detail().is_empty()), (status, false), "{mistake}: {reply:?}");
    }
    let defaults = format!("{{\"covars\": {COVARS}}}");
    let made = ann.call("POST", "/experiment/new").body("application/json", defaults).send().await;
    assert_eq!(made.status, 201, "all that has a default may be left out: {made:?}");
}

#[tokio::test]
async fn the_best_is_right_after_tells_that_nobody_asked_for() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let made = format!("{{\"seed\": 7, \"covars\": {COVARS}}}");
    let made = ann.call("POST", "/experiment/new").body("application/json", made).send().await.json();
    assert_eq!(made["acq_func"], "ExpectedImprovement", "the original forgets it");
    let experiment = made["exp_uuid"].as_str().unwrap();
    let mut last = Value::Null;
    for (v1, response) in [(1, 1.5), (2, 2.5), (3, 0.5)] {
        last = ann.tell(experiment, v1, "red", 6.6, response).await.json();
    }
    let best: Value = serde_json::from_str(last["best_response"].as_str().unwrap()).expect("JSON and no repr");
    assert_eq!(best, json!({"Response": {"0": 1.5, "1": 2.5, "2": 2.5}}));
    assert_eq!(last["covars_best_response"], last["covars_best_reponse"], "under the right name as well");
    let shown = ann.get(&format!("/v1/experiments/{experiment}/best")).await.json();
    assert_eq!((&shown["value"], &shown["params"]["v1"]), (&json!(2.5), &json!(2)));
    // The same seed and the same tells are asked the same next.
    let again = ann.experiment().await;
    for (v1, response) in [(1, 1.5), (2, 2.5), (3, 0.5)] {
        ann.tell(&again, v1, "red", 6.6, response).await;
    }
    assert_eq!(ann.given(&again).await["params"], ann.given(experiment).await["params"]);
}

#[tokio::test]
async fn its_document_names_every_path_variable_and_reads_integers_first() {
    let document: Value = serde_json::from_str(&mlhub_server::openapi_document()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.0."));
    for (path, operations) in document["paths"].as_object().unwrap() {
        let variables: HashSet<&str> =
            path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        for (method, operation) in operations.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let named: HashSet<&str> =
                parameters.filter(|it| it["in"] == "path").map(|it| it["name"].as_str().unwrap()).collect();
            assert_eq!(named, variables, "{method} {path}");
            let refusals: HashSet<&str> =
                operation["responses"].as_object().unwrap().keys().map(String::as_str).collect();
            assert!(refusals.contains("4XX") && refusals.contains("5XX"), "{method} {path} has no refusals");
        }
    }
    let scalar: Vec<&Value> =
        document["components"]["schemas"]["Scalar"]["anyOf"].as_array().unwrap().iter().map(|it| &it["type"]).collect();
    assert_eq!(scalar, ["integer", "number", "string"], "so that 2 is not read as 2.0");
}

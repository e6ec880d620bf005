//! Migration: a file that an earlier version of the hub wrote is brought up to date, with everything that was in it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Hub, Reply, User, call, id, tell};

/// Written by the version whose only migration is the first: two accounts, an experiment with an open ask, a told and two
/// pending trials, one that was told without being asked, and the keys of a tell and of a trial.
const FIRST_VERSION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/hub-0001.sqlite");

const FOREST: &str = "db16c2c3-7124-44ff-a678-0cd36944f1fd";
const UNASKED: &str = "1e783065-7961-4283-aa7d-582a3a4a6d29";
const BOBS: &str = "d92016bd-2e67-487b-8496-59341c6d0c33";
const KEYED_TRIAL: &str = "4873ad1d-523b-4c9e-b1af-6ba1f1f51469";
const OTHER_TRIAL: &str = "90103624-e770-4cdd-8cc2-d249ab2801d5";
const BOBS_TRIAL: &str = "d310001d-2335-45b9-9a40-08c0e848b6c0";

/// A hub on a copy of the file.
async fn upgraded() -> Hub {
    let folder = Arc::new(TempDir::new().unwrap());
    std::fs::copy(Path::new(FIRST_VERSION), folder.path().join("hub.db")).unwrap();
    let hub = Hub::start_on(folder).await;
    // The file was written on the day that the clock of a test begins with, so this is after that.
    hub.clock.forward(Duration::from_secs(86_399));
    hub
}

fn values(page: &Reply) -> Vec<f64> {
    page.json()["items"].as_array().unwrap().iter().map(|told| told["value"].as_f64().unwrap()).collect()
}

#[tokio::test]
async fn a_file_of_the_first_version_is_brought_up_to_date() {
    let hub = upgraded().await;
    let (ann, bob) = (User::known(&hub, "ann@x.com").await, User::known(&hub, "bob@x.com").await);
    let listed = ann.get("/v1/experiments").await.json();
    let shown: Vec<(&str, i64, i64)> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (id(it), it["told"].as_i64().unwrap(), it["pending"].as_i64().unwrap()))
        .collect();
    assert_eq!(shown, [(FOREST, 2, 3), (UNASKED, 2, 0)]);
    let forest = &listed["items"][0];
    assert_eq!((&forest["direction"], &forest["trial_lifetime"]), (&json!("maximize"), &json!(86_400)));
    assert_eq!(forest["open_trials"], 100);
    assert_eq!(values(&ann.get(&format!("/v1/experiments/{FOREST}/history")).await), [1.5, 2.5]);
    assert_eq!(values(&ann.get(&format!("/v1/experiments/{UNASKED}/history")).await), [0.25, 0.75]);
    let asked = ann.get(&format!("/experiment/ask/{FOREST}")).await.json();
    assert_eq!(asked["covars_next_exp"], r#"[{"v1":2,"color":"red","weight":58.55898760573759}]"#);

    for (user, trial) in [(&ann, KEYED_TRIAL), (&ann, OTHER_TRIAL), (&bob, BOBS_TRIAL)] {
        let told = user.tell_trial(trial, 3.5).await;
        assert_eq!((told.status, &told.json()["state"]), (200, &json!("told")), "{told:?}");
    }
    assert_eq!(ann.shown(FOREST).await["told"], 4);
    let next = bob.given(BOBS).await;
    assert_ne!(next["params"], json!({"k": 1}), "the model knows what was told before");
}

#[tokio::test]
async fn keys_of_the_first_version_still_repeat_their_answers() {
    let hub = upgraded().await;
    let ann = User::known(&hub, "ann@x.com").await;
    let told = ann.call("POST", &format!("/experiment/tell/{FOREST}")).header("Idempotency-Key", "tell-1");
    let told = told.json(&tell(2, "red", 6.6, 1.5)).send().await;
    assert_eq!((told.status, &told.json()["covars_sampled_iter"]), (202, &json!(1)), "{told:?}");
    assert_eq!(ann.tell_trial(KEYED_TRIAL, 3.5).await.status, 200);
    let given = ann.call("POST", &format!("/v1/experiments/{FOREST}/trials")).header("Idempotency-Key", "trial-1");
    let given = given.send().await.json();
    let then = (&given["state"], &given["asked"], given.get("value"));
    assert_eq!((id(&given), then), (KEYED_TRIAL, (&json!("pending"), &json!(1), None)), "as it was given out then");
}

#[tokio::test]
async fn trials_that_the_first_version_left_pending_are_given_out_again_after_a_day() {
    let hub = upgraded().await;
    hub.clock.forward(Duration::from_secs(2 * 86_400));
    let ann = User::known(&hub, "ann@x.com").await;
    for lost in [KEYED_TRIAL, OTHER_TRIAL] {
        let again = ann.given(FOREST).await;
        assert_eq!((id(&again), &again["asked"]), (lost, &json!(2)));
    }
    assert_eq!(ann.given(FOREST).await["asked"], 1);
}

#[tokio::test]
async fn what_was_brought_up_to_date_is_opened_again_as_it_is() {
    let hub = upgraded().await;
    let before = User::known(&hub, "ann@x.com").await.get("/v1/experiments").await;
    let hub = hub.restart().await;
    let after = User::known(&hub, "ann@x.com").await.get("/v1/experiments").await;
    assert_eq!(after.body, before.body);
    let wrong = [("username", "ann@x.com"), ("password", "wrong")];
    assert_eq!(call(&hub.url, "POST", "/auth/token").form(&wrong).send().await.status, 401);
    let gone: Value =
        User::known(&hub, "ann@x.com").await.call("DELETE", &format!("/v1/experiments/{FOREST}")).send().await.json();
    assert_eq!(gone, json!({"id": FOREST, "trials": 5}));
}

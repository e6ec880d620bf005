//! Trials are given to one caller at a time, and to another one when they come back or are lost.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Hub, User, at_once, id};

/// How many seconds the trials of these experiments are leased for.
const LEASE: u64 = 60;

async fn leased(user: &User) -> String {
    user.open("leased", &json!({"trial_lifetime": LEASE})).await
}

/// Lets every lease that runs come to its end.
fn run_out(hub: &Hub) {
    hub.clock.forward(Duration::from_secs(LEASE));
}

#[tokio::test]
async fn a_lease_ends_after_the_lifetime_and_not_before() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = leased(&ann).await;
    let trial = ann.given(&experiment).await;
    assert_eq!((&trial["state"], &trial["asked"]), (&json!("pending"), &json!(1)));
    assert!(trial["expires_at"].as_str().unwrap().starts_with("2026-11-21T00:01:00."), "{trial}");
    hub.clock.forward(Duration::from_secs(LEASE - 1));
    assert_eq!(ann.trial_shown(id(&trial)).await["state"], "pending");
    hub.clock.forward(Duration::from_secs(1));
    let expired = ann.trial_shown(id(&trial)).await;
    assert_eq!((&expired["state"], &expired["expires_at"]), (&json!("expired"), &trial["expires_at"]));
    let shown = ann.shown(&experiment).await;
    assert_eq!((&shown["pending"], &shown["expired"]), (&json!(0), &json!(1)));
}

#[tokio::test]
async fn trials_that_expired_are_given_out_again_before_anything_new_and_the_oldest_first() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = leased(&ann).await;
    let (first, second) = (ann.given(&experiment).await, ann.given(&experiment).await);
    run_out(&hub);
    for lost in [&first, &second] {
        let again = ann.given(&experiment).await;
        assert_eq!((&again["id"], &again["params"]), (&lost["id"], &lost["params"]));
        assert_eq!((&again["asked"], &again["state"]), (&json!(2), &json!("pending")));
        assert!(again["expires_at"].as_str() > lost["expires_at"].as_str(), "{again}");
    }
    let new = ann.given(&experiment).await;
    assert_eq!(new["asked"], 1);
    assert!(new["params"] != first["params"] && new["params"] != second["params"]);
}

#[tokio::test]
async fn a_trial_that_is_lost_three_times_has_failed_and_says_why() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = leased(&ann).await;
    let trial = ann.given(&experiment).await;
    for asked in 2..=3 {
        run_out(&hub);
        assert_eq!(ann.given(&experiment).await["asked"], asked);
    }
    run_out(&hub);
    let failed = ann.trial_shown(id(&trial)).await;
    assert_eq!((&failed["state"], failed.get("expires_at")), (&json!("failed"), None));
    assert_eq!(failed["reason"], "nothing was told before the lease ended, 3 times");
    assert_eq!(ann.shown(&experiment).await["failed"], 1);
    assert_ne!(ann.given(&experiment).await["id"], trial["id"], "and it is not given out a fourth time");
}

#[tokio::test]
async fn a_late_tell_is_taken_after_the_lease_ended_and_after_it_was_lost_for_good() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = leased(&ann).await;
    let late = ann.given(&experiment).await;
    run_out(&hub);
    assert_eq!(ann.tell_trial(id(&late), 0.5).await.json()["state"], "told");

    let lost = ann.given(&experiment).await;
    for _ in 0..2 {
        run_out(&hub);
        ann.given(&experiment).await;
    }
    run_out(&hub);
    assert_eq!(ann.trial_shown(id(&lost)).await["state"], "failed");
    let told = ann.tell_trial(id(&lost), 0.75).await;
    assert_eq!((told.status, &told.json()["state"], told.json().get("reason")), (200, &json!("told"), None));
    let shown = ann.shown(&experiment).await;
    assert_eq!((&shown["told"], &shown["failed"]), (&json!(2), &json!(0)));
}

#[tokio::test]
async fn of_the_lost_worker_and_its_successor_the_first_to_tell_is_taken() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = leased(&ann).await;
    let lost = ann.given(&experiment).await;
    run_out(&hub);
    assert_eq!(ann.given(&experiment).await["id"], lost["id"]);
    assert_eq!(ann.tell_trial(id(&lost), 0.5).await.status, 200);
    assert_eq!(ann.tell_trial(id(&lost), 0.5).await.status, 409);
    assert_eq!(ann.shown(&experiment).await["told"], 1);
}

#[tokio::test]
async fn a_renewed_lease_starts_anew_as_often_as_one_likes() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = leased(&ann).await;
    let trial = ann.given(&experiment).await;
    for _ in 0..5 {
        hub.clock.forward(Duration::from_secs(LEASE - 1));
        let renewed = ann.act(id(&trial), "renew").await;
        assert_eq!((renewed.status, &renewed.json()["state"]), (200, &json!("pending")));
        assert_eq!(renewed.json()["asked"], 1, "it was given out once");
    }
    run_out(&hub);
    let renewed = ann.act(id(&trial), "renew").await;
    assert_eq!(renewed.json()["state"], "pending", "even after its end, while nobody else has it");
}

#[tokio::test]
async fn a_released_trial_is_the_next_one_given_out_and_release_counts_against_nothing() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = leased(&ann).await;
    let trial = ann.given(&experiment).await;
    for asked in 2..=6 {
        for _ in 0..2 {
            let released = ann.act(id(&trial), "release").await;
            assert_eq!((released.status, &released.json()["state"]), (200, &json!("expired")), "{released:?}");
        }
        let again = ann.given(&experiment).await;
        assert_eq!((&again["id"], &again["asked"]), (&trial["id"], &json!(asked)));
    }
    for _ in 0..2 {
        run_out(&hub);
        assert_eq!(ann.given(&experiment).await["id"], trial["id"], "two lost leases of three");
    }
}

#[tokio::test]
async fn a_trial_that_has_ended_is_neither_renewed_nor_released() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = leased(&ann).await;
    let (told, failed) = (ann.given(&experiment).await, ann.given(&experiment).await);
    ann.tell_trial(id(&told), 1.0).await;
    ann.fail(id(&failed), "out of memory").await;
    for trial in [&told, &failed] {
        let before = ann.trial_shown(id(trial)).await;
        for what in ["renew", "release"] {
            let refused = ann.act(id(trial), what).await;
            assert_eq!((refused.status, refused.detail().contains("ask for one")), (409, trial == &failed), "{what}");
        }
        assert_eq!(ann.trial_shown(id(trial)).await, before);
    }
}

#[tokio::test]
async fn a_failed_trial_that_is_opened_again_is_the_next_one_given_out_with_its_values() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = leased(&ann).await;
    let (told, failed) = (ann.given(&experiment).await, ann.given(&experiment).await);
    ann.tell_trial(id(&told), 1.0).await;
    for _ in 0..5 {
        ann.fail(id(&failed), "no GPU").await;
        for _ in 0..2 {
            let open = ann.act(id(&failed), "retry").await;
            assert_eq!((open.status, &open.json()["state"], open.json().get("reason")), (200, &json!("expired"), None));
        }
        let again = ann.given(&experiment).await;
        assert_eq!((&again["id"], &again["params"]), (&failed["id"], &failed["params"]));
    }
    assert_eq!(ann.tell_trial(id(&failed), 2.0).await.status, 200);
    for trial in [&told, &failed] {
        assert_eq!(ann.act(id(trial), "retry").await.status, 409, "it was told");
    }
    assert_eq!(hub.user("bob@x.com").await.act(id(&failed), "retry").await.status, 404);
}

#[tokio::test]
async fn the_point_of_an_ask_without_identifiers_has_no_lease() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = leased(&ann).await;
    let asked = ann.get(&format!("/experiment/ask/{experiment}")).await.json()["covars_next_exp"].clone();
    run_out(&hub);
    let listed = ann.get(&format!("/v1/experiments/{experiment}/trials")).await.json();
    let trial = &listed["items"][0];
    assert_eq!((&trial["state"], trial.get("expires_at")), (&json!("pending"), None));
    for what in ["renew", "release"] {
        assert_eq!(ann.act(id(trial), what).await.json(), *trial);
    }
    assert_ne!(ann.given(&experiment).await["id"], trial["id"]);
    assert_eq!(ann.get(&format!("/experiment/ask/{experiment}")).await.json()["covars_next_exp"], asked);
}

#[tokio::test]
async fn the_point_of_an_expired_trial_is_not_asked_by_the_originals_route_meanwhile() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = leased(&ann).await;
    let trial = ann.given(&experiment).await;
    run_out(&hub);
    let asked = ann.get(&format!("/experiment/ask/{experiment}")).await.json();
    let point: Value = serde_json::from_str(asked["covars_next_exp"].as_str().unwrap()).unwrap();
    assert_ne!(point[0], trial["params"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hubs_on_one_file_never_give_one_lost_trial_to_two() {
    let one = Hub::start().await;
    let two = one.replica(|settings| settings).await;
    let ann = one.user("ann@x.com").await;
    let there = ann.clone().at(&two);
    let experiment = leased(&ann).await;
    let mut lost = HashSet::new();
    for _ in 0..4 {
        lost.insert(id(&ann.given(&experiment).await).to_owned());
    }
    run_out(&one);
    let path = format!("/v1/experiments/{experiment}/trials");
    let replies = at_once((0..8).map(|i| if i % 2 == 0 { &ann } else { &there }.call("POST", &path))).await;
    assert!(replies.iter().all(|reply| reply.status == 201), "{replies:?}");
    let given: Vec<Value> = replies.iter().map(|reply| reply.json()).collect();
    let ids: HashSet<String> = given.iter().map(|trial| id(trial).to_owned()).collect();
    let points: HashSet<String> = given.iter().map(|trial| trial["params"].to_string()).collect();
    assert_eq!((ids.len(), points.len()), (8, 8), "{given:?}");
    let again: HashSet<String> =
        given.iter().filter(|trial| trial["asked"] == 2).map(|trial| id(trial).to_owned()).collect();
    assert_eq!(again, lost);
}

#[tokio::test]
async fn as_many_trials_are_open_as_the_experiment_allows_and_the_refusal_says_what_to_do() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("narrow", &json!({"open_trials": 2, "trial_lifetime": LEASE})).await;
    let (first, second) = (ann.given(&experiment).await, ann.given(&experiment).await);
    let path = format!("/v1/experiments/{experiment}/trials");
    let refused = ann.call("POST", &path).send().await;
    assert_eq!(refused.status, 409);
    let says = refused.detail();
    assert!(
        says.starts_with("2 trials of this experiment are open") && says.contains("Tell, fail or release"),
        "{says}"
    );
    ann.tell_trial(id(&first), 1.0).await;
    let third = ann.given(&experiment).await;
    ann.fail(id(&second), "out of memory").await;
    let fourth = ann.given(&experiment).await;
    assert_eq!(ann.call("POST", &path).send().await.status, 409);
    assert_eq!(ann.act(id(&third), "release").await.status, 200);
    assert_eq!(ann.given(&experiment).await["id"], third["id"]);
    run_out(&hub);
    assert_eq!(ann.given(&experiment).await["id"], third["id"], "what is lost is not open");
    assert_eq!(ann.given(&experiment).await["id"], fourth["id"]);
}

//! Jumps of the clock: a year ahead and back, as a machine makes that starts without a battery.

use std::time::Duration;

use serde_json::json;

use crate::support::{Hub, call, id};

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

#[tokio::test]
async fn failures_of_a_year_ahead_do_not_lock_a_right_password_out() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    hub.clock.forward(YEAR);
    for _ in 0..6 {
        hub.sign_in("/auth/token", "ann@x.com", "wrong").await;
    }
    assert_eq!(hub.sign_in("/auth/token", "ann@x.com", "CHANGEME").await.status, 429);
    hub.clock.back(YEAR);
    assert_eq!(hub.sign_in("/auth/token", "ann@x.com", "CHANGEME").await.status, 201);
}

#[tokio::test]
async fn an_address_that_was_held_a_year_ahead_is_free_again() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    hub.clock.forward(YEAR);
    for number in 0..100 {
        hub.sign_in("/auth/token", &format!("{number}@x.com"), "wrong").await;
    }
    assert_eq!(hub.sign_in("/auth/token", "ann@x.com", "CHANGEME").await.status, 429);
    hub.clock.back(YEAR);
    assert_eq!(hub.sign_in("/auth/token", "ann@x.com", "CHANGEME").await.status, 201);
}

#[tokio::test]
async fn a_lease_that_was_given_twenty_years_ahead_ends() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("leased", &json!({"trial_lifetime": 60})).await;
    hub.clock.forward(20 * YEAR);
    let ahead = crate::support::User::known(&hub, "ann@x.com").await;
    let lost = ahead.given(&experiment).await;
    hub.clock.back(20 * YEAR);
    // What was over twenty years ahead, such as a login, was cleared away.
    let ann = crate::support::User::known(&hub, "ann@x.com").await;
    let shown = ann.get(&format!("/v1/trials/{}", id(&lost))).await.json();
    assert_eq!(shown["state"], "expired", "{shown}");
    let again = ann.given(&experiment).await;
    assert_eq!(again["id"], lost["id"], "it is given out again");
    assert_eq!(ann.get(&format!("/v1/trials/{}", id(&again))).await.json()["state"], "pending");
    hub.clock.forward(Duration::from_secs(61));
    assert_eq!(ann.get(&format!("/v1/trials/{}", id(&again))).await.json()["state"], "expired");
}

#[tokio::test]
async fn a_token_of_a_year_ahead_is_good_for_nothing_and_a_new_one_is() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    hub.clock.forward(YEAR);
    let tokens = hub.tokens("ann@x.com").await;
    hub.clock.back(YEAR);
    assert_eq!(hub.me(tokens["access_token"].as_str().unwrap()).await, 401);
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    let renewed = call(&hub.url, "POST", "/auth/refresh").json(&refresh).send().await;
    assert_eq!(hub.me(renewed.json()["access_token"].as_str().unwrap()).await, 200);
}

//! Signups: who may make an account, how many, and with which password.

use std::time::Duration;

use mlhub_server::{Server, Signup};
use serde_json::{Value, json};

use crate::support::{Hub, KEY, Reply, call, settings};

/// A hub with the settings that hold where nothing is said.
async fn hub(change: impl FnOnce(mlhub_server::Settings) -> mlhub_server::Settings) -> Hub {
    Hub::start_with(|settings| change(settings.with_password_floor(1).with_signups_per_hour(30))).await
}

async fn sign_up(hub: &Hub, from: &str, body: Value) -> Reply {
    call(&hub.url, "POST", "/user/signup").from(from).json(&body).send().await
}

fn account(number: usize) -> Value {
    json!({"email": format!("{number}@x.com"), "password": "CHANGEME"})
}

#[tokio::test]
async fn an_address_makes_thirty_accounts_an_hour_and_others_make_theirs() {
    let hub = hub(|settings| settings).await;
    for number in 0..30 {
        assert_eq!(sign_up(&hub, "127.0.0.2", account(number)).await.status, 201, "{number}");
    }
    let refused = sign_up(&hub, "127.0.0.2", account(30)).await;
    assert_eq!(refused.status, 429, "{refused:?}");
    assert!(refused.detail().starts_with("Too many accounts were made from here. Try again in 3"), "{refused:?}");
    assert_eq!(sign_up(&hub, "127.0.0.3", account(31)).await.status, 201);
    hub.clock.forward(Duration::from_secs(3600));
    assert_eq!(sign_up(&hub, "127.0.0.2", account(32)).await.status, 201);
}

#[tokio::test]
async fn an_address_that_is_held_for_guessing_makes_none() {
    let hub = hub(|settings| settings).await;
    for number in 0..100 {
        let form = [("username", format!("{number}@x.com")), ("password", "wrong".to_owned())];
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        call(&hub.url, "POST", "/auth/token").from("127.0.0.2").form(&form).send().await;
    }
    let before = hub.figure("mlhub_passwords_checked_total").await;
    assert_eq!(sign_up(&hub, "127.0.0.2", account(0)).await.status, 429);
    assert_eq!(hub.figure("mlhub_passwords_checked_total").await, before);
    assert_eq!(sign_up(&hub, "127.0.0.3", account(0)).await.status, 201);
}

#[tokio::test]
async fn a_hub_that_is_closed_takes_no_account() {
    let hub = hub(|settings| settings.with_signup(Signup::Closed)).await;
    let refused = sign_up(&hub, "127.0.0.1", account(0)).await;
    assert_eq!((refused.status, refused.detail().contains("no new accounts")), (403, true), "{refused:?}");
}

#[tokio::test]
async fn by_invitation_only_whoever_is_invited_makes_an_account() {
    let hub = hub(|settings| settings.with_signup(Signup::Invite)).await;
    let inviting = settings(hub.folder()).with_clock(hub.clock.clone());
    let invitation = Server::invitation(&inviting, "Ann@x.com", Duration::from_secs(60)).unwrap();
    let invited =
        |email: &str, invitation: &str| json!({"email": email, "password": "CHANGEME", "invitation": invitation});
    for refused in [
        json!({"email": "ann@x.com", "password": "CHANGEME"}),
        invited("ann@x.com", "nonsense"),
        invited("bob@x.com", invitation.expose()),
        invited("ann@x.com", KEY),
    ] {
        let reply = sign_up(&hub, "127.0.0.1", refused.clone()).await;
        assert_eq!((reply.status, reply.detail().contains("invitation")), (403, true), "{refused}: {reply:?}");
    }
    assert_eq!(sign_up(&hub, "127.0.0.1", invited("ann@x.com", invitation.expose())).await.status, 201);
    assert_eq!(sign_up(&hub, "127.0.0.1", invited("ann@x.com", invitation.expose())).await.status, 409, "once");
    let late = Server::invitation(&inviting, "bob@x.com", Duration::from_secs(60)).unwrap();
    hub.clock.forward(Duration::from_secs(60));
    assert_eq!(sign_up(&hub, "127.0.0.1", invited("bob@x.com", late.expose())).await.status, 403);
}

#[tokio::test]
async fn a_password_that_everybody_guesses_is_refused_at_a_signup_and_at_a_change() {
    let hub = hub(|settings| settings).await;
    for weak in ["x", " ", "          ", "ann@x.com", "ANN@x.com", "ann", "password", "12345678", "aaaaaaaaaa"] {
        let reply = sign_up(&hub, "127.0.0.1", json!({"email": "ann@x.com", "password": weak})).await;
        assert_eq!((reply.status, &reply.json()["detail"][0]["loc"]), (422, &json!(["body", "password"])), "{weak:?}");
        assert!(!reply.body.contains("12345678"), "it is not said again");
        assert!(reply.detail().contains("take one that is longer"), "{reply:?}");
    }
    hub.clock.forward(Duration::from_secs(3600));
    let ann = hub.user("ann@x.com").await;
    let change = json!({"current_password": "CHANGEME", "new_password": "ann@x.com"});
    let reply = ann.post("/v1/user/password", &change).await;
    assert_eq!((reply.status, &reply.json()["detail"][0]["loc"]), (422, &json!(["body", "new_password"])), "{reply:?}");
    let change = json!({"current_password": "CHANGEME", "new_password": "four words of nothing"});
    assert_eq!(ann.post("/v1/user/password", &change).await.status, 200);
}

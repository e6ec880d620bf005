//! HTTP Basic: a name and a password in each request, wherever a token would do.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use crate::support::{COVARS, Hub, call, tell, text};

fn basic(credentials: impl AsRef<[u8]>) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(credentials))
}

#[tokio::test]
async fn a_round_of_ask_and_tell_by_both_families_of_routes() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let with = |method, path: &str| call(&hub.url, method, path).header("Authorization", &basic("ann@x.com:CHANGEME"));
    assert_eq!(with("GET", "/auth/me").send().await.json()["uuid"], json!(ann.uuid));
    let made =
        with("POST", "/experiment/new").body("application/json", format!("{{\"covars\": {COVARS}}}")).send().await;
    let id = text(&made.json(), "exp_uuid");
    assert_eq!(with("GET", &format!("/experiment/ask/{id}")).send().await.status, 200);
    let told = with("POST", &format!("/experiment/tell/{id}")).json(&tell(2, "red", 6.6, 1.5)).send().await;
    assert_eq!(told.status, 202);
    assert_eq!(with("GET", &format!("/v1/experiments/{id}/best")).send().await.json()["value"], 1.5);
}

#[tokio::test]
async fn it_can_be_exchanged_for_a_token() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let reply = call(&hub.url, "POST", "/auth/header-me").header("Authorization", &basic("Ann@X.com:CHANGEME"));
    let renewed = reply.send().await.json();
    assert_eq!((&renewed["username"], &renewed["uuid"]), (&json!("ann@x.com"), &json!(ann.uuid)));
    assert_eq!(hub.me(&text(&renewed, "access_token")).await, 200);
}

#[tokio::test]
async fn a_wrong_name_or_password_is_told_as_at_a_login() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    let login = hub.sign_in("/auth/token", "ann@x.com", "wrong").await;
    for wrong in ["ann@x.com:wrong", "nobody@x.com:CHANGEME", "ann@x.com:", ":", "ann@x.com:CHANGEME "] {
        for (method, path) in [("GET", "/auth/me"), ("POST", "/auth/header-me"), ("GET", "/v1/experiments")] {
            let reply = call(&hub.url, method, path).header("Authorization", &basic(wrong)).send().await;
            assert_eq!((reply.status, &reply.body), (401, &login.body), "{wrong} {path}");
            assert_eq!(reply.header("www-authenticate"), Some("Bearer"), "no browser is to ask for a password");
        }
        // An hour later mistakes are forgotten.
        hub.clock.forward(std::time::Duration::from_secs(3600));
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_a_scheme_that_is_not_known() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    for unreadable in ["Basic abc", "Basic !!!", &basic("no colon"), &basic(b"\xff:\xff")] {
        let reply = call(&hub.url, "POST", "/auth/header-me").header("Authorization", unreadable).send().await;
        assert_eq!(
            (reply.status, reply.detail().as_str()),
            (403, "Invalid authentication credentials"),
            "{unreadable}"
        );
        let reply = call(&hub.url, "GET", "/auth/me").header("Authorization", unreadable).send().await;
        assert_eq!((reply.status, reply.detail().as_str()), (401, "Not authenticated"), "{unreadable}");
    }
}

#[tokio::test]
async fn a_password_may_hold_colons_and_letters_of_any_language() {
    let hub = Hub::start().await;
    let password = "pass:wörd: ß";
    let signup = json!({"email": "ann@x.com", "password": password});
    assert_eq!(call(&hub.url, "POST", "/user/signup").json(&signup).send().await.status, 201);
    let header = basic(format!("ann@x.com:{password}"));
    assert_eq!(call(&hub.url, "GET", "/auth/me").header("Authorization", &header).send().await.status, 200);
}

//! Change of a password: the old one and everything that was got with it are good for nothing from then on.

use serde_json::{Value, json};

use crate::support::{Hub, User, call, cookie, text};

fn change(from: &str, to: &str) -> Value {
    json!({"current_password": from, "new_password": to})
}

async fn ann_and_hub() -> (Hub, User) {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    (hub, ann)
}

#[tokio::test]
async fn the_new_one_logs_in_and_the_old_one_does_not() {
    let (hub, ann) = ann_and_hub().await;
    let reply = ann.post("/v1/user/password", &change("CHANGEME", "changed")).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(hub.me(&text(&reply.json(), "access_token")).await, 200);
    let refresh = json!({"refresh_token": reply.json()["refresh_token"]});
    assert_eq!(call(&hub.url, "POST", "/auth/refresh").json(&refresh).send().await.status, 200);
    assert_eq!(hub.sign_in("/auth/token", "ann@x.com", "CHANGEME").await.status, 401);
    assert_eq!(hub.sign_in("/auth/token", "ann@x.com", "changed").await.status, 201);
}

#[tokio::test]
async fn every_session_of_the_account_ends_and_none_of_another() {
    let (hub, ann) = ann_and_hub().await;
    let (bob, tokens, cookie) =
        (hub.user("bob@x.com").await, hub.tokens("ann@x.com").await, hub.cookie("ann@x.com").await);
    assert_eq!(ann.post("/v1/user/password", &change("CHANGEME", "changed")).await.status, 200);
    assert_eq!(hub.me(&ann.token).await, 401);
    assert_eq!(hub.me(&text(&tokens, "access_token")).await, 401);
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    assert_eq!(call(&hub.url, "POST", "/auth/refresh").json(&refresh).send().await.status, 401);
    assert_eq!(call(&hub.url, "GET", "/auth/me").header("Cookie", &cookie).send().await.status, 401);
    assert_eq!(hub.me(&bob.token).await, 200);
}

#[tokio::test]
async fn a_browser_stays_signed_in() {
    let (hub, _) = ann_and_hub().await;
    let before = hub.cookie("ann@x.com").await;
    let call_with = |cookie: &str, method, path| call(&hub.url, method, path).header("Cookie", cookie);
    let reply = call_with(&before, "POST", "/v1/user/password").json(&change("CHANGEME", "changed")).send().await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let after = cookie(&reply);
    assert_eq!(call_with(&before, "GET", "/auth/me").send().await.status, 401);
    assert_eq!(call_with(&after, "GET", "/auth/me").send().await.status, 200);
}

#[tokio::test]
async fn without_the_current_one_nothing_changes() {
    let (hub, ann) = ann_and_hub().await;
    let reply = ann.post("/v1/user/password", &change("wrong", "changed")).await;
    assert_eq!((reply.status, reply.detail().as_str()), (401, "Incorrect username or password"));
    assert_eq!(hub.me(&ann.token).await, 200);
    hub.tokens("ann@x.com").await;
}

#[tokio::test]
async fn one_that_nobody_may_have_is_refused() {
    let (hub, ann) = ann_and_hub().await;
    for (body, place) in [
        (change("CHANGEME", ""), "new_password"),
        (change("CHANGEME", &"x".repeat(1025)), "new_password"),
        (json!({"current_password": "CHANGEME"}), "new_password"),
        (json!({"new_password": "changed"}), "current_password"),
    ] {
        let reply = ann.post("/v1/user/password", &body).await;
        assert_eq!((reply.status, &reply.json()["detail"][0]["loc"]), (422, &json!(["body", place])));
    }
    assert_eq!(ann.post("/v1/user/password", &change("CHANGEME", &"x".repeat(1024))).await.status, 200);
    assert_eq!(hub.sign_in("/auth/token", "ann@x.com", &"x".repeat(1024)).await.status, 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_several_changes_at_once_one_counts_and_its_session_is_the_only_one() {
    let (hub, _) = ann_and_hub().await;
    let mut tokens = Vec::new();
    for _ in 0..4 {
        tokens.push(hub.log_in("ann@x.com").await);
    }
    let mut changes = Vec::new();
    for (number, token) in tokens.iter().enumerate() {
        let body = change("CHANGEME", &format!("changed {number}"));
        changes.push(tokio::spawn(call(&hub.url, "POST", "/v1/user/password").bearer(token).json(&body).send()));
    }
    let mut done = Vec::new();
    for (number, change) in changes.into_iter().enumerate() {
        let reply = change.await.unwrap();
        match reply.status {
            200 => done.push((number, text(&reply.json(), "access_token"))),
            status => assert_eq!(status, 401, "{reply:?}"),
        }
    }
    let [(number, token)] = done.as_slice() else { panic!("{done:?}") };
    assert_eq!(hub.me(token).await, 200);
    assert_eq!(hub.sign_in("/auth/token", "ann@x.com", &format!("changed {number}")).await.status, 201);
}

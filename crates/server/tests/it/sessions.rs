//! Sessions: tokens that are replaced by the next, until one is ended, and with it everything that was given in it.

use std::time::Duration;

use mlhub_server::{SESSION_LIFETIME, TOKEN_LIFETIME};
use serde_json::{Value, json};

use crate::support::{Hub, Reply, User, call, text};

async fn refresh(hub: &Hub, token: &str) -> Reply {
    call(&hub.url, "POST", "/auth/refresh").json(&json!({"refresh_token": token})).send().await
}

async fn next(hub: &Hub, tokens: &Value) -> Value {
    let reply = refresh(hub, &text(tokens, "refresh_token")).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

fn access(tokens: &Value) -> String {
    text(tokens, "access_token")
}

#[tokio::test]
async fn a_login_says_how_long_its_token_lives_and_how_to_get_the_next() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    let first = hub.tokens("ann@x.com").await;
    assert_eq!((&first["token_type"], &first["expires_in"]), (&json!("bearer"), &json!(TOKEN_LIFETIME.as_secs())));
    hub.clock.forward(TOKEN_LIFETIME);
    assert_eq!(hub.me(&access(&first)).await, 401);
    let second = next(&hub, &first).await;
    assert_eq!(
        second.as_object().unwrap().keys().collect::<Vec<_>>(),
        first.as_object().unwrap().keys().collect::<Vec<_>>()
    );
    assert_eq!(hub.me(&access(&second)).await, 200);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(hub.me(&access(&next(&hub, &second).await)).await, 200);
}

#[tokio::test]
async fn a_refresh_token_shown_twice_ends_the_session_with_all_that_was_given_in_it() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    let (other, first) = (hub.tokens("ann@x.com").await, hub.tokens("ann@x.com").await);
    let second = next(&hub, &first).await;
    let third = next(&hub, &second).await;
    let reply = refresh(&hub, &text(&first, "refresh_token")).await;
    assert_eq!((reply.status, reply.header("www-authenticate")), (401, Some("Bearer")), "{reply:?}");
    assert!(reply.detail().contains("used before"), "{reply:?}");
    for tokens in [&first, &second, &third] {
        assert_eq!(hub.me(&access(tokens)).await, 401);
        assert_eq!(refresh(&hub, &text(tokens, "refresh_token")).await.status, 401);
    }
    assert_eq!(hub.me(&access(&other)).await, 200, "another session of the same account goes on");
}

#[tokio::test]
async fn of_eight_that_show_one_refresh_token_at_once_one_is_served_and_the_session_ends() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    let first = hub.tokens("ann@x.com").await;
    let token = text(&first, "refresh_token");
    let replies = futures::future::join_all((0..8).map(|_| refresh(&hub, &token))).await;
    let served: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert_eq!(served.len(), 1, "{replies:?}");
    assert_eq!(hub.me(&access(&served[0].json())).await, 401);
}

#[tokio::test]
async fn a_session_that_is_kept_up_goes_on_and_one_that_is_not_ends() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    let (mut kept, left) = (hub.tokens("ann@x.com").await, hub.tokens("ann@x.com").await);
    for _ in 0..3 {
        hub.clock.forward(SESSION_LIFETIME - Duration::from_secs(60));
        kept = next(&hub, &kept).await;
    }
    assert_eq!(hub.me(&access(&kept)).await, 200);
    assert_eq!(refresh(&hub, &text(&left, "refresh_token")).await.status, 401);
    hub.clock.forward(SESSION_LIFETIME);
    assert_eq!(refresh(&hub, &text(&kept, "refresh_token")).await.status, 401);
}

#[tokio::test]
async fn what_is_over_stays_over_when_it_is_swept() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    let (ended, expired) = (hub.tokens("ann@x.com").await, hub.tokens("ann@x.com").await);
    logout(&hub, &json!({"refresh_token": ended["refresh_token"]})).await;
    hub.clock.forward(SESSION_LIFETIME);
    // Each login sweeps.
    let fresh = hub.tokens("ann@x.com").await;
    for tokens in [&ended, &expired] {
        assert_eq!(refresh(&hub, &text(tokens, "refresh_token")).await.status, 401);
        assert_eq!(hub.me(&access(tokens)).await, 401);
    }
    assert_eq!(hub.me(&access(&fresh)).await, 200);
}

#[tokio::test]
async fn a_fresh_token_does_not_outlive_the_session_it_is_given_in() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let mut token = ann.token.clone();
    let hours = SESSION_LIFETIME.as_secs() / 3600;
    for _ in 0..2 * hours - 1 {
        hub.clock.forward(Duration::from_secs(1800));
        let reply = call(&hub.url, "POST", "/auth/header-me").bearer(&token).send().await;
        assert_eq!(reply.status, 200, "{reply:?}");
        token = text(&reply.json(), "access_token");
    }
    hub.clock.forward(Duration::from_secs(1800));
    assert_eq!(hub.me(&token).await, 401, "without the password or a refresh token nobody stays for ever");
}

#[tokio::test]
async fn tokens_that_live_longer_than_a_refresh_token_live_as_long_as_was_said() {
    let year = Duration::from_secs(365 * 24 * 3600);
    let hub = Hub::start_with(|settings| settings.with_token_lifetime(year)).await;
    let ann = hub.user("ann@x.com").await;
    let cookie = hub.cookie("ann@x.com").await;
    hub.clock.forward(SESSION_LIFETIME);
    assert_eq!(hub.me(&ann.token).await, 200);
    let me = call(&hub.url, "GET", "/auth/me").header("Cookie", &cookie).send().await;
    assert_eq!(me.status, 401, "a cookie does not live longer for that");
    // A login sweeps what is over, and this is not.
    hub.tokens("ann@x.com").await;
    assert_eq!(hub.me(&ann.token).await, 200);
    hub.clock.forward(year - SESSION_LIFETIME);
    assert_eq!(hub.me(&ann.token).await, 401);
}

async fn logout(hub: &Hub, body: &Value) {
    let reply = call(&hub.url, "POST", "/auth/logout").json(body).send().await;
    assert_eq!((reply.status, reply.json()), (200, json!({"detail": "logged out"})));
}

#[tokio::test]
async fn a_logout_ends_the_session_of_a_refresh_token_and_no_other() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    let (first, other) = (hub.tokens("ann@x.com").await, hub.tokens("ann@x.com").await);
    let second = next(&hub, &first).await;
    // Also by one that was used already.
    for _ in 0..2 {
        logout(&hub, &json!({"refresh_token": first["refresh_token"]})).await;
    }
    assert_eq!(hub.me(&access(&second)).await, 401);
    assert_eq!(refresh(&hub, &text(&second, "refresh_token")).await.status, 401);
    assert_eq!(hub.me(&access(&other)).await, 200);
}

#[tokio::test]
async fn a_logout_with_an_access_token_ends_its_session_even_after_the_token_has_expired() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let expired = hub.tokens("ann@x.com").await;
    hub.clock.forward(TOKEN_LIFETIME);
    let alive = hub.tokens("ann@x.com").await;
    for tokens in [&alive, &expired] {
        let reply = call(&hub.url, "POST", "/auth/logout").bearer(&access(tokens)).send().await;
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(hub.me(&access(tokens)).await, 401);
        assert_eq!(refresh(&hub, &text(tokens, "refresh_token")).await.status, 401);
    }
    let reply = ann.call("POST", "/experiment/new").json(&json!({})).send().await;
    assert_eq!((reply.status, reply.detail().as_str()), (403, "Could not validate credentials"));
}

#[tokio::test]
async fn a_logout_without_anything_to_end_is_answered_the_same() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let bare = call(&hub.url, "POST", "/auth/logout");
    let forged = format!("{}x", ann.token);
    for call in [
        bare.clone(),
        bare.clone().json(&json!({})),
        bare.clone().json(&json!({"refresh_token": null})),
        bare.clone().json(&json!({"refresh_token": "unknown"})),
        bare.clone().bearer(&forged),
        bare.clone().header("Authorization", "Basic abc"),
        bare.clone().header("Cookie", "mlhub_session=unknown"),
    ] {
        let reply = call.send().await;
        assert_eq!((reply.status, reply.json()), (200, json!({"detail": "logged out"})));
    }
    assert_eq!(hub.me(&ann.token).await, 200, "a token with a wrong signature ends nothing");
}

#[tokio::test]
async fn a_token_that_names_the_session_of_somebody_else_is_a_bad_one() {
    let hub = Hub::start().await;
    let (ann, bob) = (hub.user("ann@x.com").await, hub.user("bob@x.com").await);
    let claims = |user: &User| jsonwebtoken::dangerous::insecure_decode::<Value>(&user.token).unwrap();
    let (mut forged, header) = (claims(&bob).claims, claims(&bob).header);
    let key = jsonwebtoken::EncodingKey::from_secret(crate::support::KEY.as_bytes());
    let same = jsonwebtoken::encode(&header, &forged, &key).unwrap();
    assert_eq!(hub.me(&same).await, 200, "signed as the hub does");
    forged["sid"] = claims(&ann).claims["sid"].clone();
    let forged = jsonwebtoken::encode(&header, &forged, &key).unwrap();
    assert_eq!(hub.me(&forged).await, 401);
}

#[tokio::test]
async fn nobody_ends_the_session_of_another_account() {
    let hub = Hub::start().await;
    let (ann, bob) = (hub.user("ann@x.com").await, hub.user("bob@x.com").await);
    let anns = hub.tokens("ann@x.com").await;
    let bobs = hub.tokens("bob@x.com").await;
    let change = json!({"current_password": "CHANGEME", "new_password": "changed"});
    assert_eq!(bob.post("/v1/user/password", &change).await.status, 200);
    refresh(&hub, &text(&bobs, "refresh_token")).await;
    assert_eq!(bob.call("POST", "/auth/logout").send().await.status, 200);
    assert_eq!((hub.me(&ann.token).await, hub.me(&access(&anns)).await), (200, 200));
    assert_eq!(hub.me(&access(&next(&hub, &anns).await)).await, 200);
}

#[tokio::test]
async fn replies_with_tokens_are_not_to_be_kept() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let tokens = hub.tokens("ann@x.com").await;
    let replies = [
        hub.sign_in("/auth/token", "ann@x.com", "CHANGEME").await,
        hub.sign_in("/auth/login", "ann@x.com", "CHANGEME").await,
        refresh(&hub, &text(&tokens, "refresh_token")).await,
        ann.call("POST", "/auth/header-me").send().await,
        ann.post("/v1/user/password", &json!({"current_password": "CHANGEME", "new_password": "new"})).await,
    ];
    for reply in replies {
        assert!(reply.status < 300 && reply.header("cache-control") == Some("no-store"), "{reply:?}");
    }
}

#[tokio::test]
async fn a_cookie_is_no_refresh_token_and_a_refresh_token_no_cookie() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    let cookie = hub.cookie("ann@x.com").await;
    let value = cookie.split_once('=').unwrap().1;
    assert_eq!(refresh(&hub, value).await.status, 401);
    let tokens = hub.tokens("ann@x.com").await;
    let cookie = format!("mlhub_session={}", text(&tokens, "refresh_token"));
    assert_eq!(call(&hub.url, "GET", "/auth/me").header("Cookie", &cookie).send().await.status, 401);
    assert_eq!(refresh(&hub, &access(&tokens)).await.status, 401);
}

#[tokio::test]
async fn a_refresh_without_a_token_or_with_something_else_says_so() {
    let hub = Hub::start().await;
    for body in [json!({}), json!({"refresh_token": 5}), json!({"refresh_token": null}), json!([])] {
        assert_eq!(call(&hub.url, "POST", "/auth/refresh").json(&body).send().await.status, 422, "{body}");
    }
    for token in ["", "unknown", &"x".repeat(10_000)] {
        let reply = refresh(&hub, token).await;
        assert_eq!(reply.status, 401);
        assert!(reply.detail().contains("Log in again"), "{reply:?}");
    }
}

#[tokio::test]
async fn sessions_are_good_after_a_restart_and_ended_ones_stay_ended() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    let (kept, ended) = (hub.tokens("ann@x.com").await, hub.tokens("ann@x.com").await);
    let cookie = hub.cookie("ann@x.com").await;
    logout(&hub, &json!({"refresh_token": ended["refresh_token"]})).await;
    let hub = hub.restart().await;
    assert_eq!(hub.me(&access(&kept)).await, 200);
    assert_eq!(hub.me(&access(&ended)).await, 401);
    assert_eq!(call(&hub.url, "GET", "/auth/me").header("Cookie", &cookie).send().await.status, 200);
    assert_eq!(hub.me(&access(&next(&hub, &kept).await)).await, 200);
}

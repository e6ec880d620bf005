//! Secrecy: no password, token, key or hash gets into a log, an error or the Debug of anything.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use mlhub_server::{Secret, Server};
use serde_json::json;
use tempfile::TempDir;

use crate::support::{Hub, KEY, call, cookie, logs, settings, text};

const PASSWORD: &str = "canary-password-d41d8cd9";

#[tokio::test]
async fn whatever_is_logged_at_any_level() {
    logs::keep();
    let hub = Hub::start().await;
    let signup = json!({"email": "canary@x.com", "password": PASSWORD});
    assert_eq!(call(&hub.url, "POST", "/user/signup").json(&signup).send().await.status, 201);
    let form = [("username", "canary@x.com"), ("password", PASSWORD)];
    let token = call(&hub.url, "POST", "/auth/token").form(&form).send().await.json()["access_token"].clone();
    let token = token.as_str().unwrap().to_owned();

    let mut replies = Vec::new();
    let broken = format!("{{\"email\": \"x\", \"password\": \"{PASSWORD}\",}}");
    replies.push(call(&hub.url, "POST", "/user/signup").body("application/json", broken).send().await);
    replies.push(call(&hub.url, "POST", "/user/signup").json(&signup).send().await);
    let bad = json!({"email": "nobody", "password": PASSWORD});
    replies.push(call(&hub.url, "POST", "/user/signup").json(&bad).send().await);
    replies
        .push(call(&hub.url, "POST", "/user/signup").json(&json!({"email": 1, "password": [PASSWORD]})).send().await);
    replies.push(call(&hub.url, "POST", "/auth/token").form(&[("password", PASSWORD)]).send().await);
    let wrong = [("username", "canary@x.com"), ("password", "canary-password-d41d8cd9-wrong")];
    replies.push(call(&hub.url, "POST", "/auth/login").form(&wrong).send().await);
    replies.push(call(&hub.url, "GET", "/auth/me").bearer(&format!("{token}x")).send().await);
    replies.push(call(&hub.url, "GET", "/v1/trials/xyz").bearer(&token).send().await);
    replies.push(call(&hub.url, "GET", "/nowhere").bearer(&token).send().await);
    assert!(replies.iter().all(|reply| (400..500).contains(&reply.status)), "{replies:?}");
    assert_eq!(call(&hub.url, "GET", "/auth/me").bearer(&token).send().await.status, 200);

    let file = String::from_utf8_lossy(&whole_database(&hub)).into_owned();
    let start = file.find("$argon2id$").expect("the hash is in the database");
    let hash: String = file[start..].chars().take(90).collect();
    let logged = logs::kept();
    assert!(logged.contains("answered") && logged.contains("path=\"/auth/token\""), "the log is being kept");
    let signature = token.rsplit_once('.').unwrap().1;
    for secret in [PASSWORD, KEY, &token, signature, &hash] {
        assert!(!logged.contains(secret), "the log shows {secret}");
        assert!(!replies.iter().any(|reply| reply.body.contains(secret)), "a refusal shows {secret}");
    }
    for secret in [PASSWORD, KEY, &token, signature] {
        assert!(!file.contains(secret), "the database holds {secret}");
    }
}

#[tokio::test]
async fn whatever_else_speaks_for_an_account() {
    logs::keep();
    let hub = Hub::start().await;
    hub.user("other-canary@x.com").await;
    let login = hub.sign_in("/auth/login", "other-canary@x.com", "CHANGEME").await;
    let (cookie, refresh) = (cookie(&login), text(&login.json(), "refresh_token"));
    let basic = BASE64_STANDARD.encode("other-canary@x.com:CHANGEME");
    let post = |path: &str| call(&hub.url, "POST", path).header("Authorization", &format!("Basic {basic}"));
    let next = call(&hub.url, "POST", "/auth/refresh").json(&json!({"refresh_token": refresh})).send().await;
    let next = text(&next.json(), "refresh_token");
    let changed = "canary-changed-5f4dcc3b";
    let change = json!({"current_password": "CHANGEME", "new_password": changed});
    assert_eq!(call(&hub.url, "GET", "/auth/me").header("Cookie", &cookie).send().await.status, 200);
    assert_eq!(post("/v1/user/password").json(&change).send().await.status, 200);
    let replies = [
        call(&hub.url, "GET", "/auth/me").header("Cookie", &cookie).send().await,
        call(&hub.url, "POST", "/auth/refresh").json(&json!({"refresh_token": refresh})).send().await,
        call(&hub.url, "POST", "/auth/refresh").json(&json!({"refresh_token": [next]})).send().await,
        call(&hub.url, "POST", "/auth/logout").json(&json!({"refresh_token": {"a": next}})).send().await,
        post("/auth/header-me").send().await,
        post("/v1/user/delete").json(&json!({"password": [changed]})).send().await,
        hub.sign_in("/auth/token", changed, changed).await,
    ];
    assert!(replies.iter().all(|reply| (400..500).contains(&reply.status)), "{replies:?}");
    let delete = json!({"password": changed});
    let whole = format!("Basic {}", BASE64_STANDARD.encode(format!("other-canary@x.com:{changed}")));
    let deleted = call(&hub.url, "POST", "/v1/user/delete").header("Authorization", &whole).json(&delete);
    assert_eq!(deleted.send().await.status, 200);

    let (file, logged) = (String::from_utf8_lossy(&whole_database(&hub)).into_owned(), logs::kept());
    assert!(logged.contains("path=\"/auth/refresh\"") && logged.contains("path=\"/v1/user/delete\""));
    let cookie = cookie.split_once('=').unwrap().1;
    for secret in [cookie, &refresh, &next, &basic, &whole, changed] {
        assert!(!logged.contains(secret), "the log shows {secret}");
        assert!(!file.contains(secret), "the database holds {secret}");
        assert!(!replies.iter().any(|reply| reply.body.contains(secret)), "a refusal shows {secret}");
    }
}

/// The file and its write-ahead log.
fn whole_database(hub: &Hub) -> Vec<u8> {
    ["hub.db", "hub.db-wal"].iter().flat_map(|name| std::fs::read(hub.folder().join(name)).unwrap()).collect()
}

#[tokio::test]
async fn the_debug_of_what_programs_hold() {
    let folder = TempDir::new().unwrap();
    let settings = settings(folder.path());
    assert!(!format!("{settings:?}").contains(KEY));
    let server = Server::bind(settings).await.unwrap();
    let shown = format!("{server:?}");
    assert!(!shown.contains(KEY) && !shown.contains("$argon2id$"), "{shown}");
    assert!(!format!("{0:?} {0}", Secret::new(PASSWORD)).contains(PASSWORD));
}

#[tokio::test]
async fn a_login_does_not_tell_a_wrong_password_from_an_unknown_account() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    let try_with = |name| {
        let form = [("username", name), ("password", "wrong")];
        call(&hub.url, "POST", "/auth/token").form(&form).send()
    };
    let (known, unknown) = (try_with("ann@x.com").await, try_with("nobody@x.com").await);
    assert_eq!((known.status, known.body), (unknown.status, unknown.body));
}

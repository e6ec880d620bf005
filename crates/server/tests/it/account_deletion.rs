//! Deletion of an account, which is gone with everything that belongs to it.

use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use crate::support::{Hub, User, call, text};

/// Somebody with something in every table.
async fn rich(hub: &Hub, email: &str) -> (User, String) {
    let user = hub.user(email).await;
    let experiment = user.experiment().await;
    assert_eq!(user.tell(&experiment, 2, "red", 6.6, 1.5).await.status, 202);
    let trials = format!("/v1/experiments/{experiment}/trials");
    assert_eq!(user.call("POST", &trials).header("Idempotency-Key", "k1").send().await.status, 201);
    hub.cookie(email).await;
    assert_eq!(hub.sign_in("/auth/token", email, "wrong").await.status, 401);
    (user, experiment)
}

async fn delete(user: &User, password: &str) -> (u16, String) {
    let reply = user.post("/v1/user/delete", &json!({"password": password})).await;
    (reply.status, reply.detail())
}

/// How many rows each table has, of those that hold what accounts leave.
async fn rows(hub: &Hub) -> Vec<(String, i64)> {
    let options = SqliteConnectOptions::new().filename(hub.folder().join("hub.db")).read_only(true);
    let pool = SqlitePoolOptions::new().connect_with(options).await.unwrap();
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
                  AND name NOT IN ('_sqlx_migrations', 'address_failures', 'health', 'signups') ORDER BY name";
    let mut rows = Vec::new();
    for table in sqlx::query_scalar::<_, String>(tables).fetch_all(&pool).await.unwrap() {
        let count = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        rows.push((table, sqlx::query_scalar(count).fetch_one(&pool).await.unwrap()));
    }
    rows
}

#[tokio::test]
async fn no_table_keeps_anything_of_it() {
    let hub = Hub::start().await;
    let (ann, _) = rich(&hub, "ann@x.com").await;
    let before = rows(&hub).await;
    assert!(before.len() >= 8 && before.iter().all(|(_, rows)| *rows > 0), "every table is tried: {before:?}");
    assert_eq!(delete(&ann, "CHANGEME").await, (200, "the account and its data are deleted".to_owned()));
    let after = rows(&hub).await;
    assert!(after.iter().all(|(_, rows)| *rows == 0), "{after:?}");
}

#[tokio::test]
async fn another_account_keeps_everything() {
    let hub = Hub::start().await;
    let (bob, experiment) = rich(&hub, "bob@x.com").await;
    let before = rows(&hub).await;
    let history = format!("/v1/experiments/{experiment}/history");
    let told = bob.get(&history).await;
    let (ann, _) = rich(&hub, "ann@x.com").await;
    assert_eq!(delete(&ann, "CHANGEME").await.0, 200);
    assert_eq!(rows(&hub).await, before);
    assert_eq!(bob.get(&history).await.body, told.body);
}

#[tokio::test]
async fn nothing_that_it_had_speaks_for_anybody_and_its_name_is_free() {
    let hub = Hub::start().await;
    let (ann, experiment) = rich(&hub, "ann@x.com").await;
    let (tokens, cookie) = (hub.tokens("ann@x.com").await, hub.cookie("ann@x.com").await);
    assert_eq!(delete(&ann, "CHANGEME").await.0, 200);
    assert_eq!(hub.me(&ann.token).await, 401);
    assert_eq!(call(&hub.url, "GET", "/auth/me").header("Cookie", &cookie).send().await.status, 401);
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    assert_eq!(call(&hub.url, "POST", "/auth/refresh").json(&refresh).send().await.status, 401);
    assert_eq!(hub.sign_in("/auth/token", "ann@x.com", "CHANGEME").await.status, 401);
    let again = hub.user("ann@x.com").await;
    assert_ne!(again.uuid, ann.uuid);
    assert_eq!(hub.me(&text(&tokens, "access_token")).await, 401);
    assert_eq!(again.get("/v1/experiments").await.json()["total"], 0);
    assert_eq!(again.get(&format!("/v1/experiments/{experiment}")).await.status, 404);
}

#[tokio::test]
async fn without_the_password_nothing_is_deleted() {
    let hub = Hub::start().await;
    let (ann, _) = rich(&hub, "ann@x.com").await;
    let before = rows(&hub).await;
    assert_eq!(delete(&ann, "wrong").await, (401, "Incorrect username or password".to_owned()));
    assert_eq!(ann.post("/v1/user/delete", &json!({})).await.status, 422);
    assert_eq!(rows(&hub).await, before);
    assert_eq!(hub.me(&ann.token).await, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_is_under_way_meanwhile_is_refused_and_leaves_nothing() {
    let hub = Hub::start().await;
    let (ann, experiment) = rich(&hub, "ann@x.com").await;
    let new = format!("{{\"covars\": {}}}", crate::support::COVARS);
    let mut under_way = Vec::new();
    for number in 0..24 {
        let trials = format!("/v1/experiments/{experiment}/trials");
        under_way.push(tokio::spawn(match number % 3 {
            0 => ann.call("POST", "/experiment/new").body("application/json", new.clone()).send(),
            1 => ann.call("POST", &trials).send(),
            _ => {
                let tell = crate::support::tell(2, "red", 6.6, 1.5);
                ann.call("POST", &format!("/experiment/tell/{experiment}")).json(&tell).send()
            }
        }));
    }
    assert_eq!(delete(&ann, "CHANGEME").await.0, 200);
    for call in under_way {
        let reply = call.await.unwrap();
        assert!(matches!(reply.status, 201 | 202 | 401 | 403 | 404), "{reply:?}");
    }
    let after = rows(&hub).await;
    assert!(after.iter().all(|(_, rows)| *rows == 0), "{after:?}");
}

//! Guessing of passwords: five mistakes are free, then each costs twice the wait of the one before and the hub no work.
//! Whoever logs in from elsewhere is not held up.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures::future::join_all;
use serde_json::json;

use crate::support::{Hub, Reply, call};

const RIGHT: &str = "CHANGEME";

/// Tries to log in from an address.
async fn log_in(hub: &Hub, from: &str, email: &str, password: &str) -> Reply {
    let form = [("username", email), ("password", password)];
    call(&hub.url, "POST", "/auth/token").from(from).form(&form).send().await
}

/// Fails five times, which is free.
async fn use_up(hub: &Hub, from: &str, email: &str) {
    for _ in 0..5 {
        let reply = log_in(hub, from, email, "wrong").await;
        assert_eq!(reply.status, 401, "{reply:?}");
    }
}

/// The seconds that a refusal asks for.
fn wait(reply: &Reply) -> u64 {
    assert_eq!(reply.status, 429, "{reply:?}");
    let seconds = reply.header("retry-after").unwrap();
    assert_eq!(reply.detail(), format!("Too many logins from here have failed. Try again in {seconds} s."));
    seconds.parse().unwrap()
}

async fn checked(hub: &Hub) -> f64 {
    hub.figure("mlhub_passwords_checked_total").await.unwrap()
}

async fn ann_and_hub() -> Hub {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    hub
}

#[tokio::test]
async fn after_five_failures_each_costs_twice_the_wait_for_an_account_that_there_is_and_one_that_there_is_not() {
    let hub = ann_and_hub().await;
    for email in ["ann@x.com", "nobody@x.com"] {
        let before = checked(&hub).await;
        use_up(&hub, "127.0.0.2", email).await;
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            assert_eq!(wait(&log_in(&hub, "127.0.0.2", email, "wrong").await), seconds);
            hub.clock.forward(Duration::from_secs(seconds));
            assert_eq!(log_in(&hub, "127.0.0.2", email, "wrong").await.status, 401, "after {seconds} s");
        }
        assert_eq!(checked(&hub).await - before, 17.0, "and as much work is done");
        hub.clock.forward(Duration::from_secs(3600));
    }
}

#[tokio::test]
async fn while_one_waits_not_even_the_right_password_is_checked() {
    let hub = ann_and_hub().await;
    use_up(&hub, "127.0.0.2", "ann@x.com").await;
    let before = checked(&hub).await;
    let refused = hub.figure("mlhub_logins_refused_total").await.unwrap();
    assert_eq!(wait(&log_in(&hub, "127.0.0.2", "ann@x.com", RIGHT).await), 1);
    assert_eq!(checked(&hub).await, before);
    assert_eq!(hub.figure("mlhub_logins_refused_total").await, Some(refused + 1.0));
    hub.clock.forward(Duration::from_secs(1));
    assert_eq!(log_in(&hub, "127.0.0.2", "ann@x.com", RIGHT).await.status, 201);
    use_up(&hub, "127.0.0.2", "ann@x.com").await;
}

#[tokio::test]
async fn an_hour_of_quiet_makes_all_free_again() {
    let hub = ann_and_hub().await;
    use_up(&hub, "127.0.0.2", "ann@x.com").await;
    assert_eq!(wait(&log_in(&hub, "127.0.0.2", "ann@x.com", RIGHT).await), 1);
    hub.clock.forward(Duration::from_secs(3600));
    use_up(&hub, "127.0.0.2", "ann@x.com").await;
}

#[tokio::test]
async fn whoever_guesses_locks_nobody_out_who_is_elsewhere() {
    let hub = ann_and_hub().await;
    use_up(&hub, "127.0.0.2", "ann@x.com").await;
    wait(&log_in(&hub, "127.0.0.2", "ann@x.com", "wrong").await);
    assert_eq!(log_in(&hub, "127.0.0.3", "ann@x.com", RIGHT).await.status, 201);
    wait(&log_in(&hub, "127.0.0.2", "ann@x.com", RIGHT).await);
    hub.user("bob@x.com").await;
    assert_eq!(log_in(&hub, "127.0.0.2", "bob@x.com", RIGHT).await.status, 201, "nor another account where he is");
}

#[tokio::test]
async fn a_hundred_failures_over_all_accounts_hold_an_address_for_a_quarter_of_an_hour() {
    let hub = ann_and_hub().await;
    for number in 0..99 {
        assert_eq!(log_in(&hub, "127.0.0.2", &format!("{number}@x.com"), "wrong").await.status, 401, "{number}");
    }
    // An account of one's own takes nothing off.
    assert_eq!(log_in(&hub, "127.0.0.2", "ann@x.com", RIGHT).await.status, 201);
    assert_eq!(log_in(&hub, "127.0.0.2", "99@x.com", "wrong").await.status, 401);
    let before = checked(&hub).await;
    assert_eq!(wait(&log_in(&hub, "127.0.0.2", "ann@x.com", RIGHT).await), 900);
    assert_eq!(checked(&hub).await, before);
    assert_eq!(log_in(&hub, "127.0.0.3", "ann@x.com", RIGHT).await.status, 201);
    hub.clock.forward(Duration::from_secs(900));
    assert_eq!(log_in(&hub, "127.0.0.2", "ann@x.com", RIGHT).await.status, 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_guesses_at_once_five_are_checked() {
    let hub = ann_and_hub().await;
    let before = checked(&hub).await;
    let replies = join_all((0..50).map(|_| log_in(&hub, "127.0.0.2", "ann@x.com", "wrong"))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 401).count(), 5);
    assert_eq!(replies.iter().filter(|reply| reply.status == 429).count(), 45);
    assert_eq!(checked(&hub).await - before, 5.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_guesses_at_once_at_two_hubs_on_one_file_five_are_as_well() {
    let hub = ann_and_hub().await;
    let other = hub.replica(|settings| settings).await;
    let guess =
        |number: u32| log_in(if number.is_multiple_of(2) { &hub } else { &other }, "127.0.0.2", "ann@x.com", "wrong");
    let replies = join_all((0..50).map(guess)).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 401).count(), 5);
    assert_eq!(checked(&hub).await + checked(&other).await, 5.0 + 1.0, "and one when Ann logged in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_that_are_right_at_once_do_not_hold_each_other() {
    let hub = ann_and_hub().await;
    let header = format!("Basic {}", BASE64_STANDARD.encode("ann@x.com:CHANGEME"));
    let me = || call(&hub.url, "GET", "/auth/me").header("Authorization", &header).send();
    let replies = join_all((0..20).map(|_| me())).await;
    assert!(replies.iter().all(|reply| reply.status == 200), "{replies:?}");
    let logins = join_all((0..20).map(|_| log_in(&hub, "127.0.0.1", "ann@x.com", RIGHT))).await;
    assert!(logins.iter().all(|reply| reply.status == 201), "{logins:?}");
    use_up(&hub, "127.0.0.1", "ann@x.com").await;
}

#[tokio::test]
async fn a_thousand_guesses_cost_five_checks_and_hold_up_nobody_elsewhere() {
    let hub = ann_and_hub().await;
    let before = checked(&hub).await;
    for _ in 0..20 {
        join_all((0..50).map(|_| log_in(&hub, "127.0.0.2", "ann@x.com", "wrong"))).await;
    }
    assert_eq!(log_in(&hub, "127.0.0.3", "ann@x.com", RIGHT).await.status, 201);
    assert_eq!(checked(&hub).await - before, 5.0 + 1.0);
}

#[tokio::test]
async fn a_restart_forgets_nothing() {
    let hub = ann_and_hub().await;
    use_up(&hub, "127.0.0.2", "ann@x.com").await;
    hub.clock.forward(Duration::from_secs(1));
    assert_eq!(log_in(&hub, "127.0.0.2", "ann@x.com", "wrong").await.status, 401);
    let hub = hub.restart().await;
    assert_eq!(wait(&log_in(&hub, "127.0.0.2", "ann@x.com", RIGHT).await), 2);
    assert_eq!(log_in(&hub, "127.0.0.3", "ann@x.com", RIGHT).await.status, 201);
}

#[tokio::test]
async fn every_way_of_showing_a_password_counts() {
    let hub = ann_and_hub().await;
    let token = hub.log_in("ann@x.com").await;
    let header = format!("Basic {}", BASE64_STANDARD.encode("Ann@X.com:wrong"));
    let post = |path: &str| call(&hub.url, "POST", path).from("127.0.0.2");
    let form = [("username", "ann@x.com"), ("password", "wrong")];
    let guesses = || {
        [
            post("/auth/token").form(&form),
            post("/auth/login").form(&form),
            call(&hub.url, "GET", "/auth/me").from("127.0.0.2").header("Authorization", &header),
            post("/auth/header-me").header("Authorization", &header),
            post("/v1/user/password").bearer(&token).json(&json!({"current_password": "wrong", "new_password": "x"})),
            post("/v1/user/delete").bearer(&token).json(&json!({"password": "wrong"})),
        ]
    };
    for guess in guesses().into_iter().take(5) {
        assert_eq!(guess.send().await.status, 401);
    }
    for guess in guesses() {
        assert_eq!(wait(&guess.send().await), 1);
    }
    let me = call(&hub.url, "GET", "/auth/me").from("127.0.0.2").bearer(&token).send().await;
    assert_eq!(me.status, 200, "a token shows no password");
}

#[tokio::test]
async fn behind_a_proxy_that_is_trusted_the_address_is_the_one_it_names() {
    let hub = Hub::start_with(|settings| settings.with_trusted_proxies(["127.0.0.9".parse().unwrap()])).await;
    hub.user("ann@x.com").await;
    let through = async |proxy: &str, forwarded: &str, password: &str| {
        let form = [("username", "ann@x.com"), ("password", password)];
        let call = call(&hub.url, "POST", "/auth/token").from(proxy).header("X-Forwarded-For", forwarded);
        call.form(&form).send().await
    };
    for spoofed in 0..5 {
        let reply = through("127.0.0.9", &format!("10.0.0.{spoofed}, 192.0.2.7"), "wrong").await;
        assert_eq!(reply.status, 401);
    }
    wait(&through("127.0.0.9", "192.0.2.7", RIGHT).await);
    assert_eq!(through("127.0.0.9", "192.0.2.8", RIGHT).await.status, 201);
    for number in 0..5 {
        assert_eq!(through("127.0.0.2", &format!("192.0.2.{number}"), "wrong").await.status, 401);
    }
    wait(&through("127.0.0.2", "192.0.2.99", RIGHT).await);
}

#[tokio::test]
async fn what_counts_no_more_is_cleared_away_and_names_nobody_meanwhile() {
    let hub = ann_and_hub().await;
    for number in 0..30 {
        log_in(&hub, "127.0.0.2", &format!("typed-password-{number}"), "wrong").await;
    }
    let rows = async |table: &str| {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(hub.folder().join("hub.db")).read_only(true);
        let pool = sqlx::sqlite::SqlitePoolOptions::new().connect_with(options).await.unwrap();
        let count = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        sqlx::query_scalar::<_, i64>(count).fetch_one(&pool).await.unwrap()
    };
    assert_eq!((rows("account_failures").await, rows("address_failures").await), (30, 2));
    for file in ["hub.db", "hub.db-wal"] {
        let bytes = std::fs::read(hub.folder().join(file)).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("typed-password"), "{file}");
    }
    hub.clock.forward(Duration::from_secs(3600));
    log_in(&hub, "127.0.0.3", "ann@x.com", "wrong").await;
    assert_eq!((rows("account_failures").await, rows("address_failures").await), (1, 1));
}

//! Graceful stop of a hub: it answers what it was asked, and says of each request what became of it.

use serde_json::{Map, json};
use tokio::task::JoinHandle;

use super::User;
use crate::client::{Call, Reply, call};
use crate::served_hub::{self, KEY, Served};

/// An experiment whose next point takes a while: six variables and a long history.
async fn slow(user: &User) -> Call {
    let variables = (0..6).map(|i| (format!("x{i}"), json!({"vtype": "cont", "guess": 0.5, "min": 0, "max": 1})));
    let body = json!({"name": "slow", "covars": variables.collect::<Map<_, _>>()});
    let made = user.call("POST", "/experiment/new").json(&body).send().await;
    let experiment = made.json()["exp_uuid"].as_str().unwrap().to_owned();
    for told in 0..150 {
        let point: Map<_, _> =
            (0..6).map(|i| (format!("x{i}"), json!(f64::from((told * (i + 3)) % 97) / 97.0))).collect();
        let response = json!([{"Response": (told * 31) % 17}]).to_string();
        let body = json!({"covars_tell": json!([point]).to_string(), "response_tell": response});
        let reply = user.call("POST", &format!("/experiment/tell/{experiment}")).json(&body).send().await;
        assert_eq!(reply.status, 202, "{reply:?}");
    }
    user.call("POST", &format!("/v1/experiments/{experiment}/trials"))
}

/// An ask whose fit was seen to run. One that ended before it was seen says nothing; the next one may.
async fn running(user: &User, ask: &Call) -> JoinHandle<Reply> {
    for _ in 0..50 {
        let asked = tokio::spawn(ask.clone().send());
        while !asked.is_finished() {
            if user.get("/metrics").await.body.contains("\nmlhub_fits_running 1\n") {
                return asked;
            }
        }
    }
    panic!("no fit was seen to run");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ask_that_runs_is_answered_and_the_log_is_written_back_before_the_hub_ends() {
    let home = served_hub::home();
    let mut hub = Served::start(&home, &[]);
    let user = User::new(&hub).await;
    let ask = slow(&user).await;
    let running = running(&user, &ask).await;
    hub.signal("-TERM");
    let reply = running.await.unwrap();
    assert_eq!(reply.status, 201, "{reply:?}");
    assert_eq!(hub.wait().code(), Some(0));
    assert!(!home.path().join("hub.sqlite-wal").exists(), "a file alone can be moved elsewhere");
    let hub = Served::start(&home, &[]);
    let trial = format!("/v1/trials/{}", reply.json()["id"].as_str().unwrap());
    assert_eq!(user.at(&hub).get(&trial).await.status, 200, "what was answered is kept");
    hub.stop();
}

#[tokio::test]
async fn every_request_has_one_line_under_the_id_that_its_caller_gets_back() {
    let home = served_hub::home();
    let hub = Served::start(&home, &[]);
    let user = User::new(&hub).await;
    let mut ids = Vec::new();
    for (method, path) in [("GET", "/auth/me?password=canary-query"), ("GET", "/nowhere"), ("POST", "/auth/token")] {
        let reply = user.call(method, path).header("Cookie", "mlhub_session=canary-cookie").send().await;
        ids.push((reply.header("x-request-id").unwrap().to_owned(), reply.status));
    }
    let own = call(&hub.url, "GET", "/health").header("x-request-id", "build-42.1").send().await;
    assert_eq!(own.header("x-request-id"), Some("build-42.1"));
    ids.push(("build-42.1".to_owned(), own.status));
    hub.stop();
    let log = served_hub::log(&home);
    for (id, status) in ids {
        let lines: Vec<_> = log.lines().filter(|line| line.contains(&id)).collect();
        assert!(matches!(lines[..], [line] if line.contains(&format!("status={status}"))), "{id}: {lines:?}");
    }
    let signature = user.token.rsplit_once('.').unwrap().1;
    for secret in [KEY, &user.token, signature, "canary-Passw0rd", "canary-query", "canary-cookie"] {
        assert!(!log.contains(secret), "{secret} is in {log}");
    }
}

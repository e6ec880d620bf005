//! Tokens that end while a client is at work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mlhub::ErrorKind;
use mlhub::clock::Clock;
use mlhub::testing::{Lab, Reply};
use mlhub::vantage6::{Login, types};
use serde_json::json;

use super::provider::{LIFE, client, field, requests, serve};
use crate::support::{Checked, failure};

fn task() -> Reply {
    Reply::json(&json!({"id": 7, "status": "awaiting"}))
}

#[tokio::test(start_paused = true)]
async fn both_tokens_are_replaced_ahead_of_their_end_and_the_new_refresh_token_is_used_next() -> Checked {
    let lab = Lab::new();
    serve(&lab, |seen| seen.path().ends_with("/task/7").then(task));
    let hub = client(&lab)?;
    hub.login(Login::password("admin", "pw")).await?;
    for _ in 0..3 {
        // Shortly before the end, and not after it.
        lab.clock().sleep(LIFE - Duration::from_secs(30)).await;
        hub.task().get(7).send().await?;
    }
    let sent: Vec<_> = requests(&lab, "hub.test", "/task/7")
        .iter()
        .map(|seen| seen.header("authorization").unwrap_or_default().to_owned())
        .collect();
    assert_eq!(sent, ["Bearer t2", "Bearer t3", "Bearer t4"]);
    let asked = requests(&lab, "auth.test", "/token");
    let used: Vec<_> = asked.iter().filter_map(|seen| field(seen, "refresh_token")).collect();
    assert_eq!(used, ["r1", "r2", "r3"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn where_the_refresh_token_is_spent_the_password_still_serves() -> Checked {
    let lab = Lab::new();
    serve(&lab, |seen| seen.path().ends_with("/task/7").then(task));
    let hub = client(&lab)?;
    hub.login(Login::password("admin", "pw")).await?;
    // Somebody else has used it.
    hub.refresh(&"r1".into()).await?;
    lab.clock().sleep(LIFE).await;
    hub.task().get(7).send().await?;
    let last = requests(&lab, "auth.test", "/token").pop().ok_or("a request")?;
    assert_eq!(field(&last, "grant_type").as_deref(), Some("password"));
    Ok(())
}

/// A hub that says 500 to the first token from now on, as HQ does where
/// algorithms may call too.
fn trap(lab: &Lab) -> Arc<AtomicBool> {
    let closed = Arc::new(AtomicBool::new(false));
    let trap = Arc::clone(&closed);
    serve(lab, move |seen| {
        let on_task = seen.path().contains("/task");
        let old = seen.header("authorization") == Some("Bearer t1");
        if on_task && old && trap.load(Ordering::Relaxed) {
            return Some(Reply::status(500).with_json(&json!({"msg": "An unexpected error occurred!"})));
        }
        on_task.then(task)
    });
    closed
}

#[tokio::test(start_paused = true)]
async fn a_500_that_may_be_the_tokens_is_answered_by_a_new_token_and_one_repetition_of_a_read() -> Checked {
    let lab = Lab::new();
    let closed = trap(&lab);
    let hub = client(&lab)?;
    hub.login(Login::password("admin", "pw")).await?;
    closed.store(true, Ordering::Relaxed);
    hub.task().get(7).send().await?;
    assert_eq!(requests(&lab, "hub.test", "/task/7").len(), 2);
    assert_eq!(requests(&lab, "auth.test", "/token").len(), 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_500_after_a_write_is_never_repeated_blindly() -> Checked {
    let lab = Lab::new();
    let closed = trap(&lab);
    let hub = client(&lab)?;
    hub.login(Login::password("admin", "pw")).await?;
    closed.store(true, Ordering::Relaxed);
    let error = failure(hub.task().kill().body(types::OnlyId::builder().id(7)).send().await)?;
    assert_eq!(error.kind(), ErrorKind::Server);
    assert_eq!(requests(&lab, "hub.test", "/kill/task").len(), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_is_not_the_tokens_fault_fetches_no_token() -> Checked {
    let lab = Lab::new();
    serve(&lab, |seen| match seen.path() {
        "/hq/task/404" => Some(Reply::status(404).with_json(&json!({"msg": "task id=404 is not found"}))),
        "/hq/task/401" => Some(Reply::status(401).with_json(&json!({"msg": "You lack the permission to do that!"}))),
        "/hq/task/400" => Some(Reply::status(400).with_json(&json!({"msg": "Request body is incorrect"}))),
        _ => None,
    });
    let hub = client(&lab)?;
    hub.login(Login::password("admin", "pw")).await?;
    for (id, kind) in [(404, ErrorKind::NotFound), (401, ErrorKind::Forbidden), (400, ErrorKind::Invalid)] {
        let error = failure(hub.task().delete(id).send().await)?;
        assert_eq!((error.kind(), error.attempts().len()), (kind, 1), "{error}");
    }
    assert_eq!(requests(&lab, "auth.test", "/token").len(), 1);
    Ok(())
}

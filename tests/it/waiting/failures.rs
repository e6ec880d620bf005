//! Looks that fail, and waits that are dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mlhub::ErrorKind;
use mlhub::clock::Clock;
use mlhub::testing::{Lab, Reply};

use super::job::{Job, completed, status};
use crate::support::{Checked, failure, seconds};

#[tokio::test(start_paused = true)]
async fn a_passing_failure_is_borne_and_told() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::no_connection()).then(Reply::reset()).then(Reply::hang()).then(Reply::status(500));
    lab.then(Reply::status(503)).then(completed(1));
    let mut told = Vec::new();
    Job::new(&lab)?.wait().on_progress(|p| told.push(p.failure.is_some())).await?;
    assert_eq!(told, [true; 5]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn ten_times_in_a_row_is_too_much() -> Checked {
    let lab = Lab::new();
    lab.times(9, Reply::status(503)).then(status("running")).times(10, Reply::status(503));
    let error = failure(Job::new(&lab)?.wait().await)?;
    assert_eq!(error.kind(), ErrorKind::Server);
    // Nine, a good poll that forgives them, and ten.
    assert_eq!(lab.seen().len(), 20);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn how_much_is_too_much_can_be_said() -> Checked {
    for limit in [1, 3, 30] {
        let lab = Lab::new();
        lab.rule(|_| Some(Reply::status(503)));
        let error = failure(Job::new(&lab)?.wait().max_consecutive_failures(limit).await)?;
        assert_eq!((error.kind(), lab.seen().len()), (ErrorKind::Server, limit as usize));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_does_not_pass_ends_the_wait_at_once() -> Checked {
    for (reply, kind) in [
        (Reply::status(401), ErrorKind::Unauthenticated),
        (Reply::status(403), ErrorKind::Forbidden),
        (Reply::status(400), ErrorKind::Invalid),
        (Reply::bytes("no json"), ErrorKind::Decode),
    ] {
        let lab = Lab::new();
        lab.then(reply);
        assert_eq!(failure(Job::new(&lab)?.wait().await)?.kind(), kind);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_value_is_fetched_with_the_patience_of_the_looks() -> Checked {
    let lab = Lab::new();
    lab.then(status("completed")).then(Reply::status(503)).then(Reply::reset()).then(Reply::json(&8));
    let mut told = Vec::new();
    let value = Job::new(&lab)?.value_apart().wait().on_progress(|p| told.push((p.polls, p.failure.is_some()))).await?;
    assert_eq!(value, 8);
    assert_eq!(told, [(1, true); 2]);
    // The job is not polled again.
    let queries: Vec<_> = lab.seen().iter().map(|seen| seen.query().to_owned()).collect();
    assert_eq!(queries, ["", "value=true", "value=true", "value=true"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_value_that_is_refused_ends_the_wait_at_once() -> Checked {
    let lab = Lab::new();
    lab.then(status("completed")).then(Reply::status(403));
    assert_eq!(failure(Job::new(&lab)?.value_apart().wait().await)?.kind(), ErrorKind::Forbidden);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_value_that_hangs_does_not_outlast_the_wait() -> Checked {
    let lab = Lab::new();
    lab.then(status("completed")).then(Reply::hang());
    let error = failure(Job::new(&lab)?.value_apart().wait().timeout(seconds(5)).await)?;
    assert_eq!(lab.clock().now(), seconds(5));
    assert!(error.to_string().contains("the job is done, but its value was not there within 5 s"), "{error}");
    Ok(())
}

/// How often a job is cancelled whose wait is dropped after a second.
async fn dropped(cancel: bool) -> Result<usize, Box<dyn std::error::Error>> {
    let lab = Lab::new();
    lab.rule(|_| Some(status("running")));
    let counter = Arc::new(AtomicUsize::new(0));
    let mut wait = Job::new(&lab)?.can_cancel(&counter).wait();
    if cancel {
        wait = wait.cancel_on_drop();
    }
    tokio::select! {
        _ = wait => return Err("ended".into()),
        () = lab.clock().sleep(seconds(1)) => {}
    }
    tokio::task::yield_now().await;
    Ok(counter.load(Ordering::Relaxed))
}

#[tokio::test(start_paused = true)]
async fn dropping_a_wait_leaves_the_job_alone_unless_asked() -> Checked {
    assert_eq!((dropped(false).await?, dropped(true).await?), (0, 1));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_ended_cancels_nothing() -> Checked {
    let lab = Lab::new();
    lab.then(completed(1));
    let counter = Arc::new(AtomicUsize::new(0));
    Job::new(&lab)?.can_cancel(&counter).wait().cancel_on_drop().await?;
    tokio::task::yield_now().await;
    assert_eq!(counter.load(Ordering::Relaxed), 0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_cancelled_is_not_promised() -> Checked {
    let lab = Lab::new();
    let error = failure(Job::new(&lab)?.wait().cancel_on_drop().await)?;
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(lab.seen().is_empty());
    Ok(())
}

//! The bound on extra load.

use std::time::Duration;

use mlhub::Retry;
use mlhub::testing::{Lab, Reply};

use crate::support::{Checked, READ, call, client_with, failure};

/// Requests that so many calls send to a server that always fails like that.
async fn load(calls: usize, reply: Reply) -> Result<usize, Box<dyn std::error::Error>> {
    let lab = Lab::new();
    lab.rule(move |_| Some(reply.clone()));
    let patient = Retry::default().on_timeout(true);
    let pipeline = client_with(&lab, |o| o.retry(patient).timeout(Duration::from_secs(1)))?;
    for _ in 0..calls {
        // Each call by a clone of its own, with options of its own.
        failure(call(&pipeline.with(|o| o.header("x-call", "1")), &READ).await)?;
    }
    Ok(lab.seen().len())
}

#[tokio::test(start_paused = true)]
async fn a_hundred_repetitions_in_a_row_then_one_attempt_a_call() -> Checked {
    // 500 tokens, 5 for each repetition: 100 repetitions for all clones.
    assert_eq!(load(200, Reply::status(503)).await?, 200 + 100);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn repetitions_after_timeouts_cost_twice_as_much() -> Checked {
    assert_eq!(load(200, Reply::hang()).await?, 200 + 50);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_error_says_that_the_budget_is_spent() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::status(503)));
    let pipeline = client_with(&lab, |o| o.retry(Retry::default().max_attempts(101)).deadline(Duration::MAX))?;
    failure(call(&pipeline, &READ).await)?;
    assert_eq!(lab.seen().len(), 101);
    let error = failure(call(&pipeline, &READ).await)?;
    assert!(error.to_string().contains("budget for repetitions is spent"), "{error}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn successes_fill_it_again() -> Checked {
    let lab = Lab::new();
    lab.times(101, Reply::status(503));
    let pipeline = client_with(&lab, |o| o.retry(Retry::default().max_attempts(101)).deadline(Duration::MAX))?;
    failure(call(&pipeline, &READ).await)?;
    // Five first-time successes give one repetition back; it succeeds and pays
    // for the next, and so on.
    lab.times(5, Reply::json(&1));
    for _ in 0..5 {
        call(&pipeline, &READ).await?;
    }
    for _ in 0..3 {
        lab.then(Reply::status(503)).then(Reply::json(&1));
        call(&pipeline, &READ).await?;
    }
    // Without any success in between, the tokens are gone.
    lab.times(3, Reply::status(503));
    failure(call(&pipeline, &READ).await)?;
    assert_eq!(lab.seen().len(), 101 + 5 + 6 + 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_policy_without_a_budget_is_bound_by_attempts_alone() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::status(503)));
    let free = Retry::default().max_attempts(300).budget(false);
    let pipeline = client_with(&lab, |o| o.retry(free).deadline(Duration::MAX))?;
    for calls in 1..=2 {
        failure(call(&pipeline, &READ).await)?;
        assert_eq!(lab.seen().len(), calls * 300);
    }
    // It draws nothing from those that keep to it.
    let bound = pipeline.with(|o| o.retry(Retry::default().max_attempts(300)));
    failure(call(&bound, &READ).await)?;
    assert_eq!(lab.seen().len(), 600 + 101);
    assert!(free.to_string().ends_with(", no budget"), "{free}");
    let read: Retry = serde_json::from_str(&serde_json::to_string(&free)?)?;
    assert_eq!(read, free);
    Ok(())
}

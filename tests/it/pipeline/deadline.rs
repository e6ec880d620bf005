//! One deadline bounds all of a call.

use std::time::Duration;

use mlhub::clock::Clock;
use mlhub::pipeline::{Bearer, Token};
use mlhub::testing::{Lab, Reply};
use mlhub::{ErrorKind, Retry};
use proptest::prelude::*;

use crate::support::{Checked, READ, builder, call, client, client_with, failure, seconds, times};

#[tokio::test(start_paused = true)]
async fn an_attempt_gets_what_is_left_and_no_more() -> Checked {
    let lab = Lab::new();
    lab.times(9, Reply::hang());
    let patient = Retry::default().on_timeout(true).max_attempts(9).base(Duration::ZERO);
    let pipeline = client_with(&lab, |o| o.retry(patient).deadline(seconds(70)))?;
    let error = failure(call(&pipeline, &READ).await)?;
    assert_eq!(times(&lab), [0, 30_000, 60_000]);
    assert_eq!(lab.clock().now(), seconds(70));
    assert!(error.is_timeout());
    let line = error.to_string();
    assert!(line.contains("within the 10 s that were left of the call's deadline of 70 s"), "{line}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn no_pause_is_begun_that_the_deadline_would_cut() -> Checked {
    let lab = Lab::new();
    lab.times(9, Reply::status(503));
    let slow = Retry::default().base(seconds(20));
    let error = failure(call(&client_with(&lab, |o| o.retry(slow).deadline(seconds(15)))?, &READ).await)?;
    assert_eq!(times(&lab), [0, 10_000]);
    assert_eq!(lab.clock().now(), seconds(10));
    assert_eq!(error.kind(), ErrorKind::Server);
    assert!(error.to_string().contains("no time is left"), "{error}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn fetching_a_token_counts_and_nothing_is_sent_after_it() -> Checked {
    let lab = Lab::new();
    let never = |_: Option<Token>| std::future::pending::<Result<Token, mlhub::Error>>();
    let pipeline = builder(&lab).deadline(seconds(9)).authenticate(Bearer::from_source(never)).build()?;
    let error = failure(call(&pipeline, &READ).await)?;
    assert_eq!(lab.clock().now(), seconds(9));
    assert!(error.is_timeout());
    assert!(error.to_string().contains("while a token was fetched"), "{error}");
    assert!(lab.seen().is_empty());
    assert!(!error.may_have_been_applied());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn defaults_are_thirty_seconds_an_attempt_and_two_minutes_a_call() -> Checked {
    let lab = Lab::new();
    lab.times(9, Reply::hang());
    failure(call(&client(&lab)?, &READ).await)?;
    assert_eq!(lab.clock().now(), mlhub::pipeline::ATTEMPT_TIMEOUT);
    assert_eq!(mlhub::pipeline::ATTEMPT_TIMEOUT, seconds(30));
    assert_eq!(mlhub::pipeline::CALL_DEADLINE, seconds(120));
    Ok(())
}

/// What the service of the property does with one request.
fn any_reply() -> impl Strategy<Value = Reply> {
    let faults = prop_oneof![
        Just(Reply::status(503)),
        Just(Reply::reset()),
        Just(Reply::hang()),
        Just(Reply::no_connection()),
        Just(Reply::status(200).with_pieces(["["]).stall()),
        (0u64..200).prop_map(|wait| Reply::status(429).header("retry-after", &wait.to_string())),
    ];
    (faults, 0u64..40_000).prop_map(|(reply, delay)| reply.after(Duration::from_millis(delay)))
}

proptest! {
    #![proptest_config(crate::dice::cases(64))]

    /// Whatever the service does, no call takes longer than its deadline.
    #[test]
    fn the_deadline_is_never_overrun(
        replies in proptest::collection::vec(any_reply(), 0..8),
        deadline in 1u64..100_000,
        chance in 0.0..1.0f64,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
        let taken = runtime.block_on(async {
            let lab = Lab::new();
            lab.clock().set_chance(chance);
            replies.into_iter().for_each(|reply| { lab.then(reply); });
            let patient = Retry::default().on_timeout(true).max_attempts(8);
            let deadline = Duration::from_millis(deadline);
            let pipeline = client_with(&lab, |o| o.retry(patient).deadline(deadline))?;
            let _ = call(&pipeline, &READ).await;
            Ok::<_, mlhub::Error>(lab.clock().now())
        });
        let taken = taken.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert!(taken <= Duration::from_millis(deadline), "{taken:?}");
    }
}

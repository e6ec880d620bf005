//! The server's wish to be left alone.

use mlhub::ErrorKind;
use mlhub::testing::{Lab, Reply};

use crate::support::{Checked, NEVER, READ, call, client, client_with, failure, seconds, times};

/// When the second request was sent, after a 503 with that header.
async fn second(text: &str) -> Result<u128, Box<dyn std::error::Error>> {
    let lab = Lab::new();
    lab.then(Reply::status(503).header("retry-after", text)).then(Reply::json(&1));
    call(&client(&lab)?, &READ).await?;
    times(&lab).get(1).copied().ok_or_else(|| "no second request".into())
}

#[tokio::test(start_paused = true)]
async fn it_is_never_undercut_and_a_pause_of_our_own_comes_on_top() -> Checked {
    // The lab's date begins at 2026-01-01 00:00:00; a pause of our own is 125 ms.
    for (text, expected) in [
        ("7", 7125),
        ("0", 125),
        ("Thu, 01 Jan 2026 00:00:09 GMT", 9125),
        ("Thursday, 01-Jan-26 00:00:09 GMT", 9125),
        ("Thu Jan  1 00:00:09 2026", 9125),
        ("Wed, 31 Dec 2025 23:59:59 GMT", 125),
        ("soon", 125),
        ("-5", 125),
    ] {
        assert_eq!(second(text).await?, expected, "{text}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn longer_than_the_cap_is_waited_for() -> Checked {
    assert_eq!(second("100").await?, 100_125);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn longer_than_the_deadline_fails_at_once_and_says_so() -> Checked {
    for text in ["120", "3600", "99999999999999999999"] {
        let lab = Lab::new();
        lab.then(Reply::status(429).header("retry-after", text));
        let error = failure(call(&client(&lab)?, &READ).await)?;
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert_eq!(error.attempts().len(), 1, "{text}");
        assert!(error.to_string().contains("asks to be left alone for"), "{error}");
        assert!(error.to_string().contains("the 120 s left of the call's deadline"), "{error}");
        assert!(error.is_retryable());
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_is_left_of_the_deadline_counts_not_the_whole() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(503).after(seconds(6))).then(Reply::status(503).header("retry-after", "5"));
    let error = failure(call(&client_with(&lab, |o| o.deadline(seconds(10)))?, &READ).await)?;
    assert_eq!(lab.seen().len(), 2);
    assert_eq!(error.retry_after(), Some(seconds(5)));
    assert_eq!(lab.clock().now_in_seconds(), 6);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_call_that_may_not_be_repeated_hands_it_to_the_caller() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(503).header("retry-after", "3"));
    let error = failure(call(&client(&lab)?, &NEVER).await)?;
    assert_eq!(error.retry_after(), Some(seconds(3)));
    assert_eq!(lab.seen().len(), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_change_that_was_turned_away_comes_back_when_it_is_told_to() -> Checked {
    let lab = Lab::new();
    lab.times(2, Reply::status(429).header("retry-after", "3")).then(Reply::json(&7));
    assert_eq!(call(&client(&lab)?, &NEVER).await?, 7);
    assert!(lab.seen()[1].at >= seconds(3) && lab.seen()[2].at >= seconds(6));
    // Without a word of when, nobody knows what was done.
    let lab = Lab::new();
    lab.then(Reply::status(429));
    failure(call(&client(&lab)?, &NEVER).await)?;
    assert_eq!(lab.seen().len(), 1);
    Ok(())
}

/// The lab's clock in whole seconds.
trait Seconds {
    fn now_in_seconds(&self) -> u64;
}

impl Seconds for mlhub::testing::VirtualClock {
    fn now_in_seconds(&self) -> u64 {
        mlhub::clock::Clock::now(self).as_secs()
    }
}

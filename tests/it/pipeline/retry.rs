//! When a call is tried again, and after how long.

use mlhub::testing::{Lab, Reply};
use mlhub::{ErrorKind, Op, Outcome, Retry};

use crate::support::{Checked, KEYED, NEVER, READ, SAFE, call, client, client_with, failure, times};

/// How many requests a call sends when each of them ends like that.
async fn sent(op: &'static Op, retry: Retry, reply: Reply) -> Result<usize, Box<dyn std::error::Error>> {
    let lab = Lab::new();
    lab.times(10, reply);
    let error = failure(call(&client_with(&lab, |o| o.retry(retry))?, op).await)?;
    Ok(error.attempts().len())
}

#[tokio::test(start_paused = true)]
async fn the_table_of_classes_and_outcomes() -> Checked {
    let (default, patient) = (Retry::default(), Retry::default().on_timeout(true));
    // outcome, policy, then attempts of safe, keyed and never
    for (name, reply, retry, expected) in [
        ("connect", Reply::no_connection(), default, [4, 4, 4]),
        ("reset", Reply::reset(), default, [4, 4, 1]),
        ("cut body", Reply::json(&[1, 2]).cut(), default, [4, 4, 1]),
        ("timeout", Reply::hang(), default, [1, 1, 1]),
        ("timeout, asked for", Reply::hang(), patient, [4, 4, 1]),
        ("408", Reply::status(408), default, [4, 4, 1]),
        ("429", Reply::status(429), default, [4, 4, 1]),
        ("500", Reply::status(500), default, [1, 1, 1]),
        ("501", Reply::status(501), default, [1, 1, 1]),
        ("502", Reply::status(502), default, [4, 4, 1]),
        ("503", Reply::status(503), default, [4, 4, 1]),
        ("504", Reply::status(504), default, [4, 4, 1]),
        ("400", Reply::status(400), default, [1, 1, 1]),
        ("404", Reply::status(404), default, [1, 1, 1]),
        ("409", Reply::status(409), default, [1, 1, 1]),
    ] {
        for (op, expected) in [&SAFE, &KEYED, &NEVER].into_iter().zip(expected) {
            assert_eq!(sent(op, retry, reply.clone()).await?, expected, "{name}, {}", op.id);
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn pauses_are_a_random_part_of_a_bound_that_doubles() -> Checked {
    for (chance, expected) in [
        (0.0, [0, 0, 0, 0]),
        (0.5, [0, 125, 375, 875]),
        // A quarter of a second, half a second, a second: the bounds themselves.
        (0.9999999, [0, 250, 750, 1750]),
    ] {
        let lab = Lab::new();
        lab.clock().set_chance(chance);
        lab.times(4, Reply::status(503));
        failure(call(&client(&lab)?, &READ).await)?;
        assert_eq!(times(&lab), expected, "chance {chance}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn pauses_stop_growing_at_the_cap() -> Checked {
    let lab = Lab::new();
    lab.times(10, Reply::status(503));
    let retry = Retry::default().max_attempts(10);
    failure(call(&client_with(&lab, |o| o.retry(retry))?, &READ).await)?;
    let times = times(&lab);
    let pauses: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // Half of 0.25 s doubled, at most half of 20 s.
    assert_eq!(pauses, [125, 250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_success_ends_the_attempts() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(503)).then(Reply::reset()).then(Reply::json("done"));
    assert_eq!(call(&client(&lab)?, &READ).await?, "done");
    assert_eq!(lab.seen().len(), 3);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_body_cut_once_is_read_again_and_comes_whole() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(200).with_pieces(["[1,", "2"]).cut()).then(Reply::json(&[1, 2, 3]));
    assert_eq!(call(&client(&lab)?, &READ).await?, serde_json::json!([1, 2, 3]));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stalls_counts_as_a_timeout() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(200).with_pieces(["[1,"]).stall());
    let error = failure(call(&client(&lab)?, &READ).await)?;
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.attempts()[0].outcome, Outcome::TimedOut);
    assert_eq!(error.attempts()[0].took.as_secs(), 30);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_history_says_when_where_and_how() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(503)).then(Reply::no_connection()).then(Reply::status(404));
    let error = failure(call(&client(&lab)?, &SAFE).await)?;
    let history: Vec<_> = error
        .attempts()
        .iter()
        .map(|attempt| (attempt.started.as_millis(), attempt.outcome.to_string(), attempt.was_sent()))
        .collect();
    let expected = [(0, "503", true), (125, "no connection", false), (375, "404", true)];
    assert_eq!(history, expected.map(|(at, outcome, sent)| (at, outcome.to_owned(), sent)));
    assert!(error.attempts().iter().all(|attempt| attempt.node == "http://hub.test"));
    Ok(())
}

#[test]
fn the_policy_is_data_that_prints_and_compares() {
    let policy = Retry::default();
    assert_eq!(policy.to_string(), "4 attempts, pauses up to 0.25 s doubling to 20 s, timeouts not repeated");
    assert_eq!(policy.max_attempts(4).on_timeout(false), policy);
    assert_ne!(policy.on_timeout(true), policy);
    assert_eq!(Retry::never().to_string(), "1 attempt");
    assert_eq!(Retry::default().max_attempts(0).attempts(), 1);
}

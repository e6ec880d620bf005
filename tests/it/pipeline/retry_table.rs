//! What is tried again: written down by hand, said by the policy, and done.

use std::time::Duration;

use mlhub::op::{Op, RetryClass};
use mlhub::pipeline::FailureClass;
use mlhub::testing::{Lab, Reply};
use mlhub::{Outcome, Retry};

use crate::support::{Checked, KEYED, NEVER, SAFE, call, client, failure};

/// How an attempt fails, and whether calls of the classes safe, keyed and never
/// are tried again: by default, and where timeouts are to be repeated.
type Line = (Fails, [bool; 3], [bool; 3]);

#[derive(Clone, Copy, Debug)]
enum Fails {
    NoConnection,
    Silence,
    Reset,
    Cut,
    With(u16),
    /// The same, and says when to come back.
    Told(u16),
}

use Fails::{Cut, NoConnection, Reset, Silence, Told, With};

const NOBODY: [bool; 3] = [false, false, false];
const HARMLESS: [bool; 3] = [true, true, false];
const EVERYBODY: [bool; 3] = [true, true, true];

/// Nothing was sent, or nothing done: everybody. Something was, and no answer says that it had
/// no effect: only what does no harm. A timeout: only if asked for.
const LINES: &[Line] = &[
    (NoConnection, EVERYBODY, EVERYBODY),
    (Silence, NOBODY, HARMLESS),
    (Reset, HARMLESS, HARMLESS),
    (Cut, HARMLESS, HARMLESS),
    (With(301), NOBODY, NOBODY),
    (With(400), NOBODY, NOBODY),
    (With(401), NOBODY, NOBODY),
    (With(403), NOBODY, NOBODY),
    (With(404), NOBODY, NOBODY),
    (With(408), HARMLESS, HARMLESS),
    (With(409), NOBODY, NOBODY),
    (With(422), NOBODY, NOBODY),
    (With(425), NOBODY, NOBODY),
    (With(429), HARMLESS, HARMLESS),
    // Who is told when to come back was turned away.
    (Told(429), EVERYBODY, EVERYBODY),
    (Told(503), HARMLESS, HARMLESS),
    (Told(500), NOBODY, NOBODY),
    (With(500), NOBODY, NOBODY),
    (With(501), NOBODY, NOBODY),
    (With(502), HARMLESS, HARMLESS),
    (With(503), HARMLESS, HARMLESS),
    (With(504), HARMLESS, HARMLESS),
    (With(505), NOBODY, NOBODY),
];

impl Fails {
    fn reply(self) -> Reply {
        match self {
            NoConnection => Reply::no_connection(),
            Silence => Reply::hang(),
            Reset => Reply::reset(),
            Cut => Reply::json(&1).cut(),
            With(status) => Reply::status(status),
            Told(status) => Reply::status(status).header("retry-after", "1"),
        }
    }

    fn class(self) -> Result<FailureClass, http::status::InvalidStatusCode> {
        let outcome = match self {
            NoConnection => Outcome::NotSent,
            Silence => Outcome::TimedOut,
            Reset | Cut => Outcome::Broken,
            With(status) | Told(status) => Outcome::Status(http::StatusCode::from_u16(status)?),
        };
        Ok(FailureClass::of(outcome, matches!(self, Told(_))))
    }
}

/// How often a call was tried where every attempt fails so.
async fn tried(op: &'static Op, fails: Fails, retry: Retry) -> Result<usize, Box<dyn std::error::Error>> {
    let lab = Lab::new();
    lab.rule(move |_| Some(fails.reply()));
    let pipeline = client(&lab)?.with(|o| o.retry(retry).deadline(Duration::MAX));
    Ok(failure(call(&pipeline, op).await)?.attempts().len())
}

#[tokio::test(start_paused = true)]
async fn the_policy_says_and_the_pipeline_does_what_is_written_here() -> Checked {
    let classes: [(&'static Op, RetryClass); 3] = [
        (&SAFE, RetryClass::Safe),
        (&KEYED, RetryClass::Keyed { header: "idempotency-key" }),
        (&NEVER, RetryClass::Never),
    ];
    for (fails, usual, with_timeouts) in LINES {
        for (retry, written, attempts) in [
            (Retry::default(), usual, 4),
            (Retry::default().max_attempts(2), usual, 2),
            (Retry::default().on_timeout(true), with_timeouts, 4),
            (Retry::never(), &NOBODY, 1),
            (Retry::never().on_timeout(true), &NOBODY, 1),
        ] {
            for ((op, class), again) in classes.iter().zip(written) {
                assert_eq!(retry.repeats(*class, fails.class()?), *again, "{fails:?} {class:?} under: {retry}");
                let expected = if *again { attempts } else { 1 };
                assert_eq!(tried(op, *fails, retry).await?, expected, "{fails:?} {class:?} under: {retry}");
            }
        }
    }
    Ok(())
}

#[test]
fn it_prints_as_a_table() {
    let expected = "\
an attempt fails      safe   keyed  never
no connection         again  again  again
no answer in time     again  again  stop
connection broken     again  again  stop
408 429 502 503 504   again  again  stop
429 with Retry-After  again  again  again
any other status      stop   stop   stop
4 attempts, pauses up to 0.25 s doubling to 20 s, timeouts repeated";
    assert_eq!(Retry::default().on_timeout(true).table().to_string(), expected);
}

#[test]
fn tables_compare_and_say_what_differs() {
    let (usual, patient) = (Retry::default().table(), Retry::default().on_timeout(true).table());
    assert_eq!(usual, Retry::default().table());
    let different: Vec<_> =
        usual.rows.iter().zip(&patient.rows).filter(|(one, other)| one != other).map(|(one, _)| one.failure).collect();
    assert_eq!(different, [FailureClass::TimedOut]);
    // Pauses are part of the policy, though of no row.
    assert_ne!(usual, Retry::default().cap(Duration::from_secs(1)).table());
}

#[test]
fn a_policy_comes_out_of_a_configuration_as_it_went_in() -> Checked {
    for policy in [Retry::default(), Retry::never(), Retry::default().on_timeout(true).cap(Duration::from_millis(1500))]
    {
        assert_eq!(serde_json::from_str::<Retry>(&serde_json::to_string(&policy)?)?, policy);
    }
    let written = serde_json::to_value(Retry::default())?;
    assert_eq!(
        written,
        serde_json::json!({"max_attempts": 4, "base": 0.25, "cap": 20.0, "on_timeout": false, "budget": true})
    );
    for mistake in [r#"{"base": -1}"#, r#"{"attempts": 3}"#, r#"{"cap": 1e300}"#, r#"{"max_attempts": -1}"#] {
        assert!(serde_json::from_str::<Retry>(mistake).is_err(), "{mistake}");
    }
    Ok(())
}

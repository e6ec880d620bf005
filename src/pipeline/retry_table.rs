//! What is tried again, as data: the road of a call reads it from here, and
//! people may.

use std::fmt;

use serde::Serialize;

use super::retry::Retry;
use crate::error::Outcome;
use crate::op::RetryClass;

/// The ways in which an attempt fails, as far as trying again goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FailureClass {
    /// No connection came about: nothing was sent.
    NotSent,
    /// No answer in time: the server may be at work on it.
    TimedOut,
    /// The connection broke before the reply was whole.
    Broken,
    /// A status of a passing nature: the server, or a proxy before it, says
    /// "not now". 408, 429, 502, 503 and 504.
    Passing,
    /// Any other status: the answer would be the same.
    Final,
}

impl FailureClass {
    /// All of them.
    pub const ALL: [FailureClass; 5] = [
        FailureClass::NotSent,
        FailureClass::TimedOut,
        FailureClass::Broken,
        FailureClass::Passing,
        FailureClass::Final,
    ];

    /// What an outcome is, where it is not a success.
    pub fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::NotSent | Outcome::Queued => FailureClass::NotSent,
            Outcome::TimedOut => FailureClass::TimedOut,
            Outcome::Broken => FailureClass::Broken,
            Outcome::Status(status) => match status.as_u16() {
                408 | 429 | 502..=504 => FailureClass::Passing,
                _ => FailureClass::Final,
            },
        }
    }
}

impl fmt::Display for FailureClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            FailureClass::NotSent => "no connection",
            FailureClass::TimedOut => "no answer in time",
            FailureClass::Broken => "connection broken",
            FailureClass::Passing => "408 429 502 503 504",
            FailureClass::Final => "any other status",
        })
    }
}

/// Whether a failed attempt is followed by another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RetryDecision {
    /// It is, as far as attempts, budget and deadline go.
    Again,
    /// It is, if [`Retry::on_timeout`] says so.
    IfTimeoutsAre,
    /// It is not.
    Stop,
}

/// One way to fail, and what follows for each class of operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RetryRow {
    /// How the attempt failed.
    pub failing: FailureClass,
    /// For a call that does no harm when it is repeated.
    pub safe: RetryDecision,
    /// For a call with a key that the server honours.
    pub keyed: RetryDecision,
    /// For a call that may not be repeated.
    pub never: RetryDecision,
}

const fn row(failing: FailureClass, safe: RetryDecision, keyed: RetryDecision, never: RetryDecision) -> RetryRow {
    RetryRow { failing, safe, keyed, never }
}

/// The whole of it. Every decision is made from these rows.
const ROWS: [RetryRow; 5] = {
    use RetryDecision::{Again, IfTimeoutsAre, Stop};
    [
        row(FailureClass::NotSent, Again, Again, Again),
        row(FailureClass::TimedOut, IfTimeoutsAre, IfTimeoutsAre, Stop),
        row(FailureClass::Broken, Again, Again, Stop),
        row(FailureClass::Passing, Again, Again, Stop),
        row(FailureClass::Final, Stop, Stop, Stop),
    ]
};

/// A policy and everything that follows from it; [`Retry::table`] makes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RetryTable {
    /// The policy.
    pub retry: Retry,
    /// What follows, with the policy's own settings put in: no row says
    /// [`RetryDecision::IfTimeoutsAre`].
    pub rows: Vec<RetryRow>,
}

impl Retry {
    /// What this policy does, as data that prints as a table.
    ///
    /// ```
    /// println!("{}", mlhub::Retry::default().table());
    /// ```
    pub fn table(&self) -> RetryTable {
        let settle = |verdict| match verdict {
            _ if self.attempts() == 1 => RetryDecision::Stop,
            RetryDecision::IfTimeoutsAre if self.repeats_timeouts() => RetryDecision::Again,
            RetryDecision::IfTimeoutsAre => RetryDecision::Stop,
            settled => settled,
        };
        let settled = |of: &RetryRow| row(of.failing, settle(of.safe), settle(of.keyed), settle(of.never));
        RetryTable { retry: *self, rows: ROWS.iter().map(settled).collect() }
    }

    /// Whether a call of that class is tried again after its first attempt
    /// ended so, as far as budget and deadline go.
    pub fn repeats(&self, class: RetryClass, outcome: Outcome) -> bool {
        let failing = FailureClass::of(outcome);
        let verdict = ROWS.iter().find(|row| row.failing == failing).map_or(RetryDecision::Stop, |row| match class {
            RetryClass::Safe => row.safe,
            RetryClass::Keyed { .. } => row.keyed,
            RetryClass::Never => row.never,
        });
        self.attempts() > 1
            && match verdict {
                RetryDecision::Again => true,
                RetryDecision::IfTimeoutsAre => self.repeats_timeouts(),
                RetryDecision::Stop => false,
            }
    }
}

impl fmt::Display for RetryTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |verdict| if verdict == RetryDecision::Again { "again" } else { "stop" };
        writeln!(f, "{:<20}  safe   keyed  never", "an attempt fails")?;
        for RetryRow { failing, safe, keyed, never } in &self.rows {
            writeln!(f, "{failing:<20}  {:<5}  {:<5}  {}", word(*safe), word(*keyed), word(*never))?;
        }
        write!(f, "{}", self.retry)
    }
}

//! Retry table: which failures of which operations are repeated, as data that calls read and people may.

use std::fmt;

use serde::Serialize;

use super::classify::FailureClass;
use super::policy::Retry;
use crate::op::RetryClass;

/// The retry decision: whether a failed attempt is followed by another one.
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
    #[serde(rename = "failing")]
    pub failure: FailureClass,
    /// For a call that does no harm when it is repeated.
    pub safe: RetryDecision,
    /// For a call with a key that the server honours.
    pub keyed: RetryDecision,
    /// For a call that may not be repeated.
    pub never: RetryDecision,
}

const fn row(failure: FailureClass, safe: RetryDecision, keyed: RetryDecision, never: RetryDecision) -> RetryRow {
    RetryRow { failure, safe, keyed, never }
}

/// The whole of it. Every decision is made from these rows.
const ROWS: [RetryRow; 6] = {
    use RetryDecision::{Again, IfTimeoutsAre, Stop};
    [
        row(FailureClass::NotSent, Again, Again, Again),
        row(FailureClass::TimedOut, IfTimeoutsAre, IfTimeoutsAre, Stop),
        row(FailureClass::Broken, Again, Again, Stop),
        row(FailureClass::Passing, Again, Again, Stop),
        row(FailureClass::RateLimited, Again, Again, Again),
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
        let settle = |decision| match decision {
            _ if self.attempts() == 1 => RetryDecision::Stop,
            RetryDecision::IfTimeoutsAre if self.repeats_timeouts() => RetryDecision::Again,
            RetryDecision::IfTimeoutsAre => RetryDecision::Stop,
            settled => settled,
        };
        let settled = |of: &RetryRow| row(of.failure, settle(of.safe), settle(of.keyed), settle(of.never));
        RetryTable { retry: *self, rows: ROWS.iter().map(settled).collect() }
    }

    /// Whether a call of that class is tried again after its first attempt
    /// ended so (an [`Outcome`](crate::Outcome) is one without `Retry-After`), as far as budget and deadline go.
    pub fn repeats(&self, class: RetryClass, failure: impl Into<FailureClass>) -> bool {
        let failure = failure.into();
        let decision = ROWS.iter().find(|row| row.failure == failure).map_or(RetryDecision::Stop, |row| match class {
            RetryClass::Safe => row.safe,
            RetryClass::Keyed { .. } => row.keyed,
            RetryClass::Never => row.never,
        });
        self.attempts() > 1
            && match decision {
                RetryDecision::Again => true,
                RetryDecision::IfTimeoutsAre => self.repeats_timeouts(),
                RetryDecision::Stop => false,
            }
    }
}

impl fmt::Display for RetryTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |decision| if decision == RetryDecision::Again { "again" } else { "stop" };
        writeln!(f, "{:<20}  safe   keyed  never", "an attempt fails")?;
        for RetryRow { failure, safe, keyed, never } in &self.rows {
            writeln!(f, "{failure:<20}  {:<5}  {:<5}  {}", word(*safe), word(*keyed), word(*never))?;
        }
        write!(f, "{}", self.retry)
    }
}

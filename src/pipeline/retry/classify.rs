//! Retry classification: what an attempt's outcome says of the next attempt, and whether the node is to blame for it.

use std::fmt;

use serde::Serialize;

use crate::error::Outcome;

/// The failure class of an attempt, as far as trying again goes.
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
    /// 429 with `Retry-After`: the server has refused the request and done nothing of it.
    RateLimited,
    /// Any other status: the answer would be the same.
    Final,
}

impl FailureClass {
    /// All of them.
    pub const ALL: [FailureClass; 6] = [
        FailureClass::NotSent,
        FailureClass::TimedOut,
        FailureClass::Broken,
        FailureClass::Passing,
        FailureClass::RateLimited,
        FailureClass::Final,
    ];

    /// The class of an outcome that is not a success, and whether its reply said when to come back.
    pub fn of(outcome: Outcome, told_when: bool) -> Self {
        match outcome {
            Outcome::NotSent | Outcome::Queued => FailureClass::NotSent,
            Outcome::TimedOut => FailureClass::TimedOut,
            Outcome::Broken => FailureClass::Broken,
            Outcome::Status(status) => match status.as_u16() {
                429 if told_when => FailureClass::RateLimited,
                408 | 429 | 502..=504 => FailureClass::Passing,
                _ => FailureClass::Final,
            },
        }
    }
}

impl From<Outcome> for FailureClass {
    fn from(outcome: Outcome) -> Self {
        FailureClass::of(outcome, false)
    }
}

impl fmt::Display for FailureClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            FailureClass::NotSent => "no connection",
            FailureClass::TimedOut => "no answer in time",
            FailureClass::Broken => "connection broken",
            FailureClass::Passing => "408 429 502 503 504",
            FailureClass::RateLimited => "429 with Retry-After",
            FailureClass::Final => "any other status",
        })
    }
}

/// Whether the same call may succeed later.
pub(crate) fn may_succeed_later(outcome: Outcome) -> bool {
    FailureClass::of(outcome, false) != FailureClass::Final
}

/// Whether the node is to blame for that outcome, so that others serve for a
/// while. A node that answers lives, also where it refuses (4xx, 429 included)
/// or stumbles over what it was asked (500); 502, 503 and 504 say that nobody
/// is at work behind it.
pub(crate) fn blames_node(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Status(status) => matches!(status.as_u16(), 502..=504),
        Outcome::NotSent | Outcome::TimedOut | Outcome::Broken => true,
        // The limit is the client's own.
        Outcome::Queued => false,
    }
}

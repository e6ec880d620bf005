//! Attempt record: what happened to one attempt of a call.

use std::fmt;
use std::time::Duration;

use http::StatusCode;

/// One attempt of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// When it began, counted from the start of the call.
    pub started: Duration,
    /// How long it took.
    pub took: Duration,
    /// The node it went to, as `scheme://host:port`.
    pub node: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, in the words of what carried it; none where the outcome says all.
    pub cause: Option<String>,
}

impl Attempt {
    /// Whether the server may have read the request.
    pub fn was_sent(&self) -> bool {
        !matches!(self.outcome, Outcome::NotSent | Outcome::Queued)
    }
}

/// The outcome of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The server answered with that status, and the reply was read whole.
    Status(StatusCode),
    /// No connection came about: nothing was sent.
    NotSent,
    /// No connection was free in time, as many as the client's limit allows being in use: nothing was sent.
    Queued,
    /// No answer in time.
    TimedOut,
    /// The connection broke before the reply was read whole.
    Broken,
}

impl Outcome {
    /// The word for this outcome in `error.type`, as OpenTelemetry's HTTP
    /// conventions want it: the status, or a short name.
    pub(crate) fn word(self) -> String {
        match self {
            Outcome::Status(status) => status.as_str().to_owned(),
            Outcome::NotSent => "connect".to_owned(),
            Outcome::Queued => "queue".to_owned(),
            Outcome::TimedOut => "timeout".to_owned(),
            Outcome::Broken => "broken".to_owned(),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Status(status) => write!(f, "{}", status.as_u16()),
            Outcome::NotSent => f.write_str("no connection"),
            Outcome::Queued => f.write_str("no connection free in time"),
            Outcome::TimedOut => f.write_str("no answer in time"),
            Outcome::Broken => f.write_str("connection broken"),
        }
    }
}

//! Whether an attempt that failed is tried again: the table of the crate's
//! retry classes.

use http::StatusCode;

use super::budget;
use super::retry::Retry;
use crate::error::Outcome;
use crate::op::RetryClass;

/// Statuses of a passing nature: the server, or a proxy before it, says
/// "not now".
pub(crate) fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 502 | 503 | 504)
}

/// Whether the same call may succeed later.
pub(crate) fn may_succeed_later(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Status(status) => is_passing(status),
        Outcome::NotSent | Outcome::TimedOut | Outcome::Broken => true,
    }
}

/// What the class of the operation and the caller's policy say to an outcome.
pub(crate) fn repeats(class: RetryClass, policy: &Retry, outcome: Outcome) -> bool {
    if outcome == Outcome::NotSent {
        return true;
    }
    match class {
        RetryClass::Never => false,
        RetryClass::Safe | RetryClass::Keyed { .. } => match outcome {
            Outcome::Status(status) => is_passing(status),
            Outcome::TimedOut => policy.repeats_timeouts(),
            Outcome::Broken | Outcome::NotSent => true,
        },
    }
}

/// Whether the node is to blame for that outcome, so that others serve for a
/// while. A node that answers lives, also where it refuses (4xx, 429 included)
/// or stumbles over what it was asked (500); 502, 503 and 504 say that nobody
/// is at work behind it.
pub(crate) fn blames_node(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Status(status) => matches!(status.as_u16(), 502..=504),
        Outcome::NotSent | Outcome::TimedOut | Outcome::Broken => true,
    }
}

/// What a repetition after that outcome costs.
pub(crate) fn cost(outcome: Outcome) -> u32 {
    match outcome {
        Outcome::TimedOut => budget::TIMEOUT_COST,
        _ => budget::RETRY_COST,
    }
}

//! What an outcome means beside whether it is tried again, which
//! [`retry_table`](super::retry_table) says.

use super::budget;
use super::retry_table::FailureClass;
use crate::error::Outcome;

/// Whether the same call may succeed later.
pub(crate) fn may_succeed_later(outcome: Outcome) -> bool {
    FailureClass::of(outcome) != FailureClass::Final
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

/// What a repetition after that outcome costs.
pub(crate) fn cost(outcome: Outcome) -> u32 {
    match outcome {
        Outcome::TimedOut => budget::TIMEOUT_COST,
        _ => budget::RETRY_COST,
    }
}

//! Retries: which failures are repeated, how long to back off, and how much extra load that may make.

mod budget;
mod classify;
mod policy;
pub(crate) mod retry_after;
mod table;

pub use classify::FailureClass;
pub use policy::{BASE_DELAY, MAX_ATTEMPTS, MAX_DELAY, Retry};
pub use table::{RetryDecision, RetryRow, RetryTable};

pub(crate) use budget::RetryBudget;
pub(crate) use classify::{blames_node, may_succeed_later};

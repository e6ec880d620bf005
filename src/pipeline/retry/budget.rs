//! Retry budget: a bound on the extra load that repetitions make, shared by a client's clones.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::Outcome;

/// Tokens at the start, and never more. This and the costs are the figures of
/// the AWS SDKs' standard retry mode: about a hundred repetitions in a row
/// before a client stops repeating.
const CAPACITY: u32 = 500;
/// Cost of a repetition.
const RETRY_COST: u32 = 5;
/// Cost of a repetition after a timeout: the server works on both.
const TIMEOUT_COST: u32 = 10;
/// What a call that succeeds at its first attempt gives back.
const FIRST_TRY_REFUND: u32 = 1;

/// Tokens that repetitions take and successes give back.
#[derive(Debug)]
pub(crate) struct RetryBudget(AtomicU32);

impl Default for RetryBudget {
    fn default() -> Self {
        RetryBudget(AtomicU32::new(CAPACITY))
    }
}

impl RetryBudget {
    /// The cost of a repetition after that outcome.
    pub(crate) fn cost(outcome: Outcome) -> u32 {
        match outcome {
            Outcome::TimedOut => TIMEOUT_COST,
            _ => RETRY_COST,
        }
    }

    /// Takes the tokens, if there are that many.
    pub(crate) fn take(&self, cost: u32) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(cost)).is_ok()
    }

    /// Gives tokens back after a success: what its last repetition cost, or
    /// one when it needed none.
    pub(crate) fn refund(&self, last_cost: Option<u32>) {
        let tokens = last_cost.unwrap_or(FIRST_TRY_REFUND);
        // The closure never refuses, so there is no failure to report.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left.saturating_add(tokens).min(CAPACITY)));
    }
}

//! A bound on the extra load that repetitions make, shared by a client's clones.

use std::sync::atomic::{AtomicU32, Ordering};

/// Tokens at the start, and never more. This and the costs are the figures of
/// the AWS SDKs' standard retry mode: about a hundred repetitions in a row
/// before a client stops repeating.
pub(crate) const CAPACITY: u32 = 500;
/// Cost of a repetition.
pub(crate) const RETRY_COST: u32 = 5;
/// Cost of a repetition after a timeout: the server works on both.
pub(crate) const TIMEOUT_COST: u32 = 10;
/// What a call that succeeds at its first attempt gives back.
pub(crate) const FIRST_TRY_REFUND: u32 = 1;

/// Tokens that repetitions take and successes give back.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU32);

impl Default for Budget {
    fn default() -> Self {
        Budget(AtomicU32::new(CAPACITY))
    }
}

impl Budget {
    /// Takes the tokens, if there are that many.
    pub(crate) fn take(&self, cost: u32) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(cost)).is_ok()
    }

    /// Gives tokens back after a success: what its last repetition cost, or
    /// one when it needed none.
    pub(crate) fn refund(&self, tokens: u32) {
        // The closure never refuses, so there is no failure to report.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left.saturating_add(tokens).min(CAPACITY)));
    }
}

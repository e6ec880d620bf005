//! How far a request had got when its time ran out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// Written by the transport that a request goes over, and read by the road when the request was given up.
///
/// It travels with the request's body, so that a transport which stands before another hands it on. Where nothing was
/// written, the request may have been sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stage(Arc<AtomicU8>);

/// What is known of a request that was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    /// It waited for its turn.
    Queue,
    /// It waited for a connection of its own.
    Connecting,
    /// The server may have read it.
    MaybeSent,
}

const QUEUE: u8 = 1;
const CONNECTING: u8 = 2;
const SENT: u8 = 3;

impl Stage {
    /// It waits for its turn.
    pub(crate) fn queues(&self) {
        self.reach(QUEUE);
    }

    /// It has its turn, and may need a connection.
    pub(crate) fn connects(&self) {
        self.reach(CONNECTING);
    }

    /// A connection has taken it.
    pub(crate) fn is_taken(&self) {
        self.reach(SENT);
    }

    /// A request that was repeated below is as far as its furthest attempt.
    fn reach(&self, stage: u8) {
        self.0.fetch_max(stage, Ordering::AcqRel);
    }

    /// Asked when the request was dropped. Where it is still held, a connection is about to take it.
    pub(crate) fn of_dropped(self) -> Reached {
        let alone = Arc::strong_count(&self.0) == 1;
        match self.0.load(Ordering::Acquire) {
            QUEUE if alone => Reached::Queue,
            CONNECTING if alone => Reached::Connecting,
            _ => Reached::MaybeSent,
        }
    }
}

//! What the routes share: the store, the clock, keys and passwords, and how asks and tells are carried out.

mod ask;
mod fits;
mod queue;
mod tell;

use std::sync::Arc;

use crate::auth::{Passwords, Tokens};
use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::model::Model;
use crate::store::Store;
use fits::Fits;
use queue::Queue;

/// The state of a running hub. Nothing in it is needed after a restart: what counts is in the store.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) tokens: Tokens,
    pub(crate) passwords: Passwords,
    pub(crate) metrics: Arc<Metrics>,
    fits: Fits,
    queue: Queue,
}

impl Hub {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        tokens: Tokens,
        passwords: Passwords,
        model: Arc<dyn Model>,
        fits: usize,
    ) -> Self {
        let metrics = Arc::new(Metrics::new());
        let fits = Fits::new(model, fits, metrics.clone(), clock.clone());
        Self { store, clock, tokens, passwords, metrics, fits, queue: Queue::default() }
    }
}

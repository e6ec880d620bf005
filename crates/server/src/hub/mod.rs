//! What the routes share: the store, the clock, keys and passwords, and how logins, asks and tells are carried out.

mod ask;
mod choose;
mod fits;
mod give;
mod import;
mod lease;
mod login;
mod open;
mod queue;
mod sessions;
mod tell;

use std::sync::Arc;

use uuid::Uuid;

use crate::auth::{Address, Passwords, Tokens};
use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::model::Model;
use crate::settings::Front;
use crate::store::Store;
use fits::Fits;
use queue::Queue;

pub(crate) use login::Proof;
pub(crate) use sessions::{Access, Grant, Shown};

/// The state of a running hub. Nothing in it is needed after a restart: what counts is in the store.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) tokens: Tokens,
    pub(crate) passwords: Passwords,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) front: Front,
    fits: Fits,
    queue: Queue<Uuid>,
    logins: Queue<Address>,
}

impl Hub {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        tokens: Tokens,
        passwords: Passwords,
        model: Arc<dyn Model>,
        fits: usize,
        front: Front,
    ) -> Self {
        let metrics = Arc::new(Metrics::new(passwords.checked.clone()));
        let fits = Fits::new(model, fits, metrics.clone(), clock.clone());
        Self {
            store,
            clock,
            tokens,
            passwords,
            metrics,
            front,
            fits,
            queue: Queue::default(),
            logins: Queue::default(),
        }
    }
}

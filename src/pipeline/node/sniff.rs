//! Sniffing: when a client asks its nodes for other nodes, and which of those it takes.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{MutexGuard as FlightGuard, TryLockError};

use super::Node;

/// Time to ask for the servers. The tenth of a second that Elastic's clients
/// began with proved too short for a first connection.
pub const SNIFF_TIMEOUT: Duration = Duration::from_secs(3);

type Filter = Arc<dyn Fn(&Node) -> bool + Send + Sync>;

/// Settings of sniffing: when to ask for the servers, and which of them to take.
///
/// What is found is added; the servers that the client was given stay, whatever
/// a list says. A server that was found and is listed no more serves until it
/// fails, and is then forgotten.
///
/// Nobody asks in the background: it is a call that does, before an attempt of
/// its own, one call at a time while the others go on. It spends at most a
/// tenth of the time that is left to it, and goes on with the servers that are
/// known when none tells. To be told of that failure, call
/// [`Pipeline::sniff`](crate::pipeline::Pipeline::sniff).
///
/// ```
/// use mlhub::pipeline::Sniff;
/// use std::time::Duration;
///
/// let sniff = Sniff::on_start().on_failure().every(Duration::from_secs(60)).filter(|node| node.port() == Some(8077));
/// # let _ = sniff;
/// ```
#[derive(Clone)]
#[must_use]
pub struct Sniff {
    at_start: bool,
    after_failure: bool,
    every: Option<Duration>,
    pub(crate) timeout: Duration,
    filter: Option<Filter>,
}

impl Default for Sniff {
    fn default() -> Self {
        Sniff { at_start: false, after_failure: false, every: None, timeout: SNIFF_TIMEOUT, filter: None }
    }
}

impl Sniff {
    /// Never by itself: only when [`Pipeline::sniff`](crate::pipeline::Pipeline::sniff) is called.
    pub fn new() -> Self {
        Sniff::default()
    }

    /// Before the first call.
    pub fn on_start() -> Self {
        Sniff { at_start: true, ..Sniff::default() }
    }

    /// After a server has failed, but not within ten seconds after the last time.
    pub fn on_failure(mut self) -> Self {
        self.after_failure = true;
        self
    }

    /// At the first call after that time has passed since the last time.
    pub fn every(mut self, time: Duration) -> Self {
        self.every = Some(time);
        self
    }

    /// How long asking may take, all servers together. Each has an even share
    /// of what is left, so that one that hangs does not take it all. Default: 3 s.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout = time;
        self
    }

    /// Takes only those of the servers found for which this is true.
    pub fn filter(mut self, wanted: impl Fn(&Node) -> bool + Send + Sync + 'static) -> Self {
        self.filter = Some(Arc::new(wanted));
        self
    }

    pub(crate) fn wants(&self, node: &Node) -> bool {
        self.filter.as_ref().is_none_or(|wants| wants(node))
    }
}

impl fmt::Debug for Sniff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sniff")
            .field("at_start", &self.at_start)
            .field("after_failure", &self.after_failure)
            .field("every", &self.every)
            .field("timeout", &self.timeout)
            .field("filter", &self.filter.is_some())
            .finish()
    }
}

/// Time between two times of asking because a server has failed: when many
/// fail, one list tells of all. The figure is that of Elastic's transport library.
const GAP: Duration = Duration::from_secs(10);

/// The schedule of sniffing of one client and all its clones.
#[derive(Debug)]
pub(crate) struct Sniffer {
    pub(crate) sniff: Sniff,
    /// Held by whoever asks.
    flight: tokio::sync::Mutex<()>,
    state: Mutex<SnifferState>,
}

#[derive(Debug)]
struct SnifferState {
    /// When the servers were asked for; when the client was made, before that.
    last: Duration,
    asked: bool,
    failure: bool,
}

impl Sniffer {
    pub(crate) fn new(sniff: Sniff, now: Duration) -> Self {
        let state = Mutex::new(SnifferState { last: now, asked: false, failure: false });
        Sniffer { sniff, flight: tokio::sync::Mutex::default(), state }
    }

    /// A server has failed.
    pub(crate) fn node_failed(&self) {
        self.state().failure = true;
    }

    /// Whether it is time to ask.
    pub(crate) fn is_due(&self, now: Duration) -> bool {
        let state = self.state();
        let since = now.saturating_sub(state.last);
        self.sniff.at_start && !state.asked
            || self.sniff.after_failure && state.failure && (since >= GAP || !state.asked)
            || self.sniff.every.is_some_and(|every| since >= every)
    }

    /// The right to ask, as long as it is held; an error while somebody else has it.
    pub(crate) fn try_flight(&self) -> Result<FlightGuard<'_, ()>, TryLockError> {
        self.flight.try_lock()
    }

    /// The same, after whoever has it.
    pub(crate) async fn flight(&self) -> FlightGuard<'_, ()> {
        self.flight.lock().await
    }

    /// The servers were asked for, with or without an answer.
    pub(crate) fn asked(&self, now: Duration) {
        *self.state() = SnifferState { last: now, asked: true, failure: false };
    }

    fn state(&self) -> MutexGuard<'_, SnifferState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! How a client learns of servers that it was not told of: a seam.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;

use super::Node;
use crate::error::Error;
use crate::pipeline::Pipeline;

/// Time to ask for the servers. The tenth of a second that Elastic's clients
/// began with proved too short for a first connection.
pub const SNIFF_TIMEOUT: Duration = Duration::from_secs(3);

/// Asks a server which servers there are.
///
/// A platform that can tell has one; a hub of your own gets one by
/// [`Builder::discover`](crate::Builder::discover).
///
/// ```
/// use futures::future::BoxFuture;
/// use mlhub::pipeline::{Discover, Pipeline};
/// use mlhub::{Error, Op, RawCall, op::AuthKind};
///
/// static PEERS: Op = Op::raw("workshop", AuthKind::Bearer, "detail");
///
/// /// A hub that answers `GET /peers` with `["10.0.0.1:8008", "10.0.0.2:8008"]`.
/// #[derive(Debug)]
/// struct Peers;
///
/// impl Discover for Peers {
///     fn nodes(&self, road: Pipeline) -> BoxFuture<'static, Result<Vec<String>, Error>> {
///         Box::pin(RawCall::raw(road, &PEERS, http::Method::GET, "/peers").send())
///     }
/// }
/// ```
pub trait Discover: fmt::Debug + Send + Sync {
    /// Host and port of each server, as in `10.0.0.1:8008` or `[::1]:8008`.
    /// Scheme, prefix and credential are taken from the server that was asked,
    /// and so is a port that is missing; what else an address says is ignored,
    /// and one that says nothing of use is left out. The list is trusted: what
    /// it names gets the client's credential.
    ///
    /// The road leads to that one server, without repetitions; it may be dropped
    /// at any moment. An error means that another server is asked.
    fn nodes(&self, road: Pipeline) -> BoxFuture<'static, Result<Vec<String>, Error>>;
}

type Filter = Arc<dyn Fn(&Node) -> bool + Send + Sync>;

/// When to ask for the servers, and which of them to take.
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
    pub(super) at_start: bool,
    pub(super) after_failure: bool,
    pub(super) every: Option<Duration>,
    pub(super) timeout: Duration,
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

    pub(super) fn wants(&self, node: &Node) -> bool {
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

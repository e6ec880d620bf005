//! Asks for the servers when it is time to.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Discover, Node, Sniff};
use crate::clock::{Elapsed, timeout};
use crate::error::{Error, ErrorKind};
use crate::pipeline::Pipeline;

/// Time between two times of asking because a server has failed: when many
/// fail, one list tells of all. The figure is that of Elastic's transport library.
const GAP: Duration = Duration::from_secs(10);
/// The part of a call's time that asking may take.
const SHARE: u32 = 10;

/// Asks for the servers of one client and all its clones.
#[derive(Debug)]
pub(crate) struct Sniffer {
    sniff: Sniff,
    discover: Arc<dyn Discover>,
    /// Held by whoever asks.
    flight: tokio::sync::Mutex<()>,
    diary: Mutex<Diary>,
}

#[derive(Debug)]
struct Diary {
    /// When the servers were asked for; when the client was made, before that.
    last: Duration,
    asked: bool,
    failure: bool,
}

impl Sniffer {
    pub(crate) fn new(sniff: Sniff, discover: Arc<dyn Discover>, now: Duration) -> Self {
        let diary = Mutex::new(Diary { last: now, asked: false, failure: false });
        Sniffer { sniff, discover, flight: tokio::sync::Mutex::default(), diary }
    }

    /// A server has failed.
    pub(crate) fn node_failed(&self) {
        self.diary().failure = true;
    }

    /// Whether it is time to ask.
    pub(crate) fn is_due(&self, now: Duration) -> bool {
        let diary = self.diary();
        let since = now.saturating_sub(diary.last);
        self.sniff.at_start && !diary.asked
            || self.sniff.after_failure && diary.failure && (since >= GAP || !diary.asked)
            || self.sniff.every.is_some_and(|every| since >= every)
    }

    /// Asks unless somebody does already; a failure is logged, no more. `left`
    /// is the time of the call that takes this upon it.
    pub(crate) async fn in_passing(&self, road: &Pipeline, left: Duration) {
        let Ok(_flight) = self.flight.try_lock() else { return };
        // Somebody may have asked between the look at the diary and the lock.
        if !self.is_due(road.clock().now()) {
            return;
        }
        if let Err(error) = self.ask(road, self.sniff.timeout.min(left / SHARE)).await {
            tracing::warn!(target: "mlhub", %error, "the servers could not be listed");
        }
    }

    /// Asks now, after whoever does already.
    pub(crate) async fn on_demand(&self, road: &Pipeline) -> Result<(), Error> {
        let _flight = self.flight.lock().await;
        self.ask(road, self.sniff.timeout).await
    }

    /// Asks one server after the other until one tells. Dropped before its end
    /// it was not done.
    async fn ask(&self, road: &Pipeline, limit: Duration) -> Result<(), Error> {
        let (clock, pool) = (road.clock(), &road.core().nodes);
        let until = clock.now().saturating_add(limit);
        let nodes = pool.likely_first(clock.now());
        let mut told = Err(Error::new(ErrorKind::Config, "there is no server to ask"));
        for (index, node) in nodes.iter().enumerate() {
            // Never more than there are servers, which are few.
            let share = until.saturating_sub(clock.now()) / (nodes.len() - index) as u32;
            told = match timeout(&**clock, share, self.discover.nodes(road.probe(node, share))).await {
                Ok(listing) => listing.and_then(|listing| siblings(node, &listing)),
                Err(Elapsed) => Err(Error::new(
                    ErrorKind::Timeout,
                    format!("{} did not list the servers within {} s", node.origin(), share.as_secs_f64()),
                )),
            };
            if told.is_ok() {
                break;
            }
        }
        *self.diary() = Diary { last: clock.now(), asked: true, failure: false };
        let found = told?.into_iter().filter(|node| self.sniff.wants(node)).collect();
        pool.absorb(found, clock.now());
        Ok(())
    }

    fn diary(&self) -> MutexGuard<'_, Diary> {
        self.diary.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The servers of a list, reached as the one that gave it is.
fn siblings(node: &Node, listing: &[String]) -> Result<Vec<Node>, Error> {
    let found: Vec<Node> = listing.iter().filter_map(|address| node.sibling(address)).collect();
    match found.is_empty() {
        true => Err(Error::new(ErrorKind::Decode, format!("{} lists no server that has an address", node.origin()))),
        false => Ok(found),
    }
}

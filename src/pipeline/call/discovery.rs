//! Discovery within a call: asks the nodes for other nodes, in passing or on demand.

use std::time::Duration;

use crate::clock::{Elapsed, timeout};
use crate::error::{Error, ErrorKind};
use crate::pipeline::Pipeline;
use crate::pipeline::client::Discover;
use crate::pipeline::node::{Node, Sniffer};

/// The part of a call's time that asking may take.
const SHARE: u32 = 10;

/// Asks for the nodes where it is this call's turn; a failure is logged, no more. `left` is the call's time. Says
/// whether it took some of that.
pub(super) async fn in_passing(pipeline: &Pipeline, left: Duration) -> bool {
    let (core, clock) = (&pipeline.core, &*pipeline.core.clock);
    let Some((sniffer, discover)) = &core.sniffer else { return false };
    let wants = match pipeline.pin.as_deref() {
        _ if pipeline.options.probe => false,
        None => true,
        // A call that is pinned to a node has no use for others, but that one may have to be found.
        Some(pin) => {
            !core.nodes.own.knows(pin) && {
                sniffer.node_failed();
                true
            }
        }
    };
    if !wants || !sniffer.is_due(clock.now()) {
        return false;
    }
    let Ok(_flight) = sniffer.try_flight() else { return true };
    // Somebody may have asked between the question whether it is due and the lock.
    if sniffer.is_due(clock.now()) {
        let limit = sniffer.sniff.timeout.min(left / SHARE);
        // Rare and large, and a call like this one below.
        let asked: Result<(), Error> = Box::pin(ask(pipeline, sniffer, &**discover, limit)).await;
        if let Err(error) = asked {
            tracing::warn!(target: "mlhub", %error, "the servers could not be listed");
        }
    }
    true
}

/// Asks now, after whoever does already.
pub(super) async fn on_demand(pipeline: &Pipeline) -> Result<(), Error> {
    let Some((sniffer, discover)) = &pipeline.core.sniffer else {
        let detail = "there is no way to ask for the servers; give the builder one by `discover`";
        return Err(Error::new(ErrorKind::Config, detail));
    };
    let _flight = sniffer.flight().await;
    ask(pipeline, sniffer, &**discover, sniffer.sniff.timeout).await
}

/// Asks one node after the other until one tells. Dropped before its end it was not done.
async fn ask(pipeline: &Pipeline, sniffer: &Sniffer, discover: &dyn Discover, limit: Duration) -> Result<(), Error> {
    let (clock, pool) = (&*pipeline.core.clock, &pipeline.core.nodes.own);
    let until = clock.now().saturating_add(limit);
    let nodes = pool.likely_first(clock.now());
    let mut told = Err(Error::new(ErrorKind::Config, "there is no server to ask"));
    for (index, node) in nodes.iter().enumerate() {
        // Never more than there are servers, which are few.
        let share = until.saturating_sub(clock.now()) / (nodes.len() - index) as u32;
        told = match timeout(clock, share, discover.nodes(pipeline.probe(node, share))).await {
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
    sniffer.asked(clock.now());
    let found = told?.into_iter().filter(|node| sniffer.sniff.wants(node)).collect();
    pool.absorb(found, clock.now());
    Ok(())
}

/// The servers of a list, reached as the one that gave it is.
fn siblings(node: &Node, listing: &[String]) -> Result<Vec<Node>, Error> {
    let found: Vec<Node> = listing.iter().filter_map(|address| node.sibling(address)).collect();
    match found.is_empty() {
        true => Err(Error::new(ErrorKind::Decode, format!("{} lists no server that has an address", node.origin()))),
        false => Ok(found),
    }
}

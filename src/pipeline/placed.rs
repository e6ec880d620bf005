//! Where an attempt goes, and what its end says about the node.

use std::time::Duration;

use super::core::Pipeline;
use super::node::{Lease, Node, Sign};
use super::run::Run;
use super::verdict;
use crate::error::{Error, Outcome};

/// Asks for the servers, where it is this call's turn; `left` is its time. Says
/// whether it took some of that.
pub(super) async fn sniff(road: &Pipeline, left: Duration) -> bool {
    let (core, options) = (road.core(), road.options());
    let Some(sniffer) = &core.sniffer else { return false };
    let wants = match road.pin() {
        _ if options.probe => false,
        None => true,
        // A call that is pinned to a node has no use for others, but that one may have to be found.
        Some(pin) => {
            !core.nodes.knows(pin) && {
                sniffer.node_failed();
                true
            }
        }
    };
    let due = wants && sniffer.is_due(core.clock.now());
    if due {
        // Rare and large, and a call like this one below.
        Box::pin(sniffer.in_passing(road, left)).await;
    }
    due
}

impl<'a> Run<'a> {
    /// The node of the next attempt.
    pub(super) fn place(&self) -> Result<Lease<'a>, Error> {
        let (core, pin) = (self.pipeline.core(), self.pipeline.pin());
        let clock = &*core.clock;
        core.pool(self.context.op)
            .and_then(|pool| pool.choose(clock, pin, &self.history, &self.context.attempts))
            .map_err(|error| self.ended(error))
    }

    /// Says how the attempt at a node has ended; `limit` is the time it had.
    pub(super) fn placed(&mut self, lease: Lease<'_>, outcome: Outcome, success: bool, limit: Duration) -> Node {
        let (core, node) = (self.pipeline.core(), lease.node().clone());
        let sign = if success { Sign::Lives } else { self.sign(outcome, limit) };
        if !success {
            self.history.push(node.clone(), sign == Sign::Fails);
        }
        let rests = lease.end(sign, &*core.clock);
        if let (Some(sniffer), true) = (&core.sniffer, rests) {
            sniffer.node_failed();
        }
        node
    }

    fn sign(&self, outcome: Outcome, limit: Duration) -> Sign {
        let options = self.pipeline.options();
        // The rest of a deadline may be too short for any node.
        let cut_short = limit < options.timeout.min(options.deadline) / 2;
        match verdict::blames_node(outcome) {
            // Nobody has asked it anything.
            false if outcome == Outcome::Queued => Sign::Unclear,
            false => Sign::Lives,
            true if options.probe || cut_short && outcome == Outcome::TimedOut => Sign::Unclear,
            true => Sign::Fails,
        }
    }

    /// Whether another node may well do what the last one did not: a pause
    /// would spare nobody.
    pub(super) fn may_fail_over(&self) -> bool {
        let core = self.pipeline.core();
        self.pipeline.pin().is_none()
            && self.history.blames_last()
            && core.pool(self.context.op).is_ok_and(|pool| pool.has_fresh(core.clock.now(), &self.history))
    }
}

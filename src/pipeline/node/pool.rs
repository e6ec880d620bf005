//! Node pool: all nodes of a client, and the choice of one for the next attempt.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::health::{Health, HealthState, Ticket};
use super::{Cooldown, Node, NodeHistory, Selector};
use crate::clock::{Clock, unit};
use crate::error::{Attempt, Error, ErrorKind};
use crate::op::Op;

/// The pool of all nodes of a client; its clones share it.
pub(crate) struct NodePool {
    /// Where there is one node and never another. It serves whatever it does,
    /// so nobody keeps a record of it.
    only: Option<Node>,
    members: Mutex<Vec<Member>>,
    selector: Box<dyn Selector>,
    cooldown: Cooldown,
}

/// The nodes of a client, and those of services with an address of their own.
pub(crate) struct ClientNodes {
    /// Those that serve calls which name no service.
    pub(crate) own: NodePool,
    services: BTreeMap<String, NodePool>,
}

impl ClientNodes {
    pub(crate) fn new(own: NodePool, services: BTreeMap<String, NodePool>) -> Self {
        ClientNodes { own, services }
    }

    /// The pool that serves an operation.
    pub(crate) fn serving(&self, op: &Op) -> Result<&NodePool, Error> {
        let Some(service) = op.wire.and_then(|wire| wire.service) else {
            return Ok(&self.own);
        };
        self.services.get(service).ok_or_else(|| {
            let detail = format!(
                "it is served by the {service:?} service, whose address the client was not given; give it to the builder"
            );
            Error::new(ErrorKind::Config, detail)
        })
    }
}

struct Member {
    node: Node,
    health: Health,
    /// Whether it was given and not found; such a one stays.
    seed: bool,
    /// Whether the last list has it.
    listed: bool,
}

impl Member {
    fn new(node: Node, seed: bool) -> Self {
        Member { node, health: Health::default(), seed, listed: true }
    }

    /// Whether nothing is lost when it is forgotten.
    fn is_gone(&self, now: Duration) -> bool {
        !self.seed && !self.listed && self.health.state(now) != HealthState::Alive
    }

    /// The lower, the sooner. A call does not come back to a node that failed
    /// it while another may serve, even one in cooldown: it then reaches a living
    /// node in as many attempts as there are nodes. The first attempt of a call
    /// takes the probe of a node whose cooldown is over; a repetition goes where
    /// life is more likely.
    fn rank(&self, now: Duration, history: &NodeHistory) -> (usize, u8, usize) {
        let state = match self.health.state(now) {
            HealthState::HalfOpen if history.is_empty() => 0,
            HealthState::Alive => 1,
            HealthState::HalfOpen => 2,
            HealthState::CoolingDown => 3,
            HealthState::Probing => 4,
        };
        (history.failures(&self.node), state, history.visits(&self.node))
    }
}

impl NodePool {
    /// Fails without a node. One that is named twice counts once. `grows` says
    /// whether others may be found.
    pub(crate) fn new(
        nodes: Vec<Node>,
        selector: Box<dyn Selector>,
        cooldown: Cooldown,
        grows: bool,
    ) -> Result<Self, Error> {
        let mut members: Vec<Member> = Vec::with_capacity(nodes.len());
        for node in nodes {
            if members.iter().all(|member| member.node.base() != node.base()) {
                members.push(Member::new(node, true));
            }
        }
        let only = match members.as_slice() {
            [] => return Err(no_server()),
            [only] if !grows => Some(only.node.clone()),
            _ => None,
        };
        Ok(NodePool { only, members: Mutex::new(members), selector, cooldown })
    }

    /// The node of the next attempt of a call that has been at those in
    /// `history`; a pinned call goes to its own, also when that one is in cooldown.
    pub(crate) fn choose(
        &self,
        clock: &dyn Clock,
        pin: Option<&str>,
        history: &NodeHistory,
        attempts: &[Attempt],
    ) -> Result<NodeGuard<'_>, Error> {
        if let (Some(only), None) = (&self.only, pin) {
            return Ok(NodeGuard::unwatched(only.clone()));
        }
        let now = clock.now();
        if let Some(pin) = pin {
            return self.pinned(now, pin);
        }
        let mut members = self.members();
        let best = members.iter().map(|member| member.rank(now, history)).min();
        let first: Vec<&mut Member> =
            members.iter_mut().filter(|member| Some(member.rank(now, history)) == best).collect();
        if let [a, _, ..] = first.as_slice()
            && a.health.state(now) == HealthState::Alive
        {
            let living: Vec<Node> = first.iter().map(|member| member.node.clone()).collect();
            // The selector is the user's: it may take its time, or read the client.
            drop(members);
            let chosen = self.selector.select(&living, attempts) % living.len();
            let node = living.get(chosen).ok_or_else(no_server)?;
            return Ok(self.guard(now, node).unwrap_or_else(|| NodeGuard::unwatched(node.clone())));
        }
        let member = first.into_iter().min_by_key(|member| member.health.cooldown_ends()).ok_or_else(no_server)?;
        let ticket = member.health.begin(now);
        Ok(NodeGuard::watched(member.node.clone(), self, ticket))
    }

    fn pinned(&self, now: Duration, pin: &str) -> Result<NodeGuard<'_>, Error> {
        // Read as an address is: with or without a port, and without its credential.
        let pin = Node::parse(pin).map_err(|error| {
            let detail = format!("the call is pinned to no server: {}", error.detail());
            Error::new(ErrorKind::Request, detail).with_source(error)
        })?;
        let found = self.named(&pin);
        found.and_then(|node| self.guard(now, &node)).ok_or_else(|| {
            let detail = format!("the call is pinned to {pin:?}, which is none of the client's servers");
            Error::new(ErrorKind::Request, detail)
        })
    }

    fn named(&self, pin: &Node) -> Option<Node> {
        self.nodes().into_iter().find(|node| [node.base(), node.origin()].contains(&pin.base()))
    }

    /// Whether a call can be pinned to that. What names no node is for the call to refuse.
    pub(crate) fn knows(&self, pin: &str) -> bool {
        Node::parse(pin).map_or(true, |pin| self.named(&pin).is_some())
    }

    /// An attempt at that node, if it is still one of ours.
    fn guard(&self, now: Duration, node: &Node) -> Option<NodeGuard<'_>> {
        let mut members = self.members();
        let member = find(&mut members, node)?;
        let ticket = member.health.begin(now);
        Some(NodeGuard::watched(node.clone(), self, ticket))
    }

    /// Whether a node lives at which the call has not been.
    pub(crate) fn has_fresh(&self, now: Duration, history: &NodeHistory) -> bool {
        self.only.is_none()
            && self
                .members()
                .iter()
                .any(|member| member.health.state(now) == HealthState::Alive && history.visits(&member.node) == 0)
    }

    /// All nodes, in the order in which the client was told of them.
    pub(crate) fn nodes(&self) -> Vec<Node> {
        self.members().iter().map(|member| member.node.clone()).collect()
    }

    /// The same, those first that are most likely to answer.
    pub(crate) fn likely_first(&self, now: Duration) -> Vec<Node> {
        let members = self.members();
        let mut order: Vec<&Member> = members.iter().collect();
        order.sort_by_key(|member| member.health.state(now));
        order.into_iter().map(|member| member.node.clone()).collect()
    }

    /// Takes what a list has: adds what is new, and forgets what was found
    /// earlier, is missing now, and does not live.
    pub(crate) fn absorb(&self, found: Vec<Node>, now: Duration) {
        let mut members = self.members();
        for member in members.iter_mut() {
            member.listed = found.iter().any(|node| node.base() == member.node.base());
        }
        members.retain(|member| !member.is_gone(now));
        for node in found {
            if members.iter().all(|member| member.node.base() != node.base()) {
                members.push(Member::new(node, false));
            }
        }
    }

    pub(super) fn lives(&self, node: &Node) {
        if let Some(member) = find(&mut self.members(), node) {
            member.health.lives();
        }
    }

    pub(super) fn fails(&self, node: &Node, ticket: Ticket, clock: &dyn Clock) -> bool {
        let cooldown = |failures| self.cooldown.after(failures, unit(clock));
        let (mut members, now) = (self.members(), clock.now());
        let cooling = find(&mut members, node).is_some_and(|member| member.health.fails(ticket, now, cooldown));
        if cooling {
            members.retain(|member| !member.is_gone(now));
        }
        cooling
    }

    pub(super) fn release(&self, node: &Node, ticket: Ticket) {
        if let Some(member) = find(&mut self.members(), node) {
            member.health.release(ticket);
        }
    }

    /// Nothing below the lock can leave the list half changed.
    fn members(&self) -> MutexGuard<'_, Vec<Member>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for NodePool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.nodes()).finish()
    }
}

fn find<'m>(members: &'m mut [Member], node: &Node) -> Option<&'m mut Member> {
    members.iter_mut().find(|member| member.node.is(node))
}

fn no_server() -> Error {
    Error::new(ErrorKind::Config, "the client has no server")
}

/// The report of an attempt about the node that it went to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NodeReport {
    /// It answered.
    Lives,
    /// It did not, or said that it cannot.
    Fails,
    /// Nothing.
    Unclear,
}

/// The guard of a node for one attempt. Dropped without a report, as with a call
/// that is cancelled, it leaves the probing of a node to another attempt.
#[derive(Debug)]
#[must_use]
pub(crate) struct NodeGuard<'p> {
    node: Node,
    watched: Option<(&'p NodePool, Ticket)>,
}

impl<'p> NodeGuard<'p> {
    pub(super) fn watched(node: Node, pool: &'p NodePool, ticket: Ticket) -> Self {
        NodeGuard { node, watched: Some((pool, ticket)) }
    }

    /// Of a node that serves whatever it does: there is no other.
    pub(super) fn unwatched(node: Node) -> Self {
        NodeGuard { node, watched: None }
    }

    pub(crate) fn node(&self) -> &Node {
        &self.node
    }

    /// Ends the attempt. Says whether the node goes into cooldown by it.
    pub(crate) fn end(mut self, report: NodeReport, clock: &dyn Clock) -> bool {
        match (report, self.watched.take()) {
            (NodeReport::Lives, Some((pool, _))) => {
                pool.lives(&self.node);
                false
            }
            (NodeReport::Fails, Some((pool, ticket))) => pool.fails(&self.node, ticket, clock),
            (NodeReport::Unclear, watched) => {
                // Dropped with the guard, which gives the probe back.
                self.watched = watched;
                false
            }
            (_, None) => false,
        }
    }
}

impl Drop for NodeGuard<'_> {
    fn drop(&mut self) {
        if let Some((pool, ticket)) = self.watched {
            pool.release(&self.node, ticket);
        }
    }
}

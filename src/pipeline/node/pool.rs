//! All nodes of a client, and which of them serves the next attempt.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::health::{Health, Standing, Ticket};
use super::lease::Lease;
use super::{Cooldown, History, Node, Selector};
use crate::clock::{Clock, unit};
use crate::error::{Attempt, Error, ErrorKind};

/// All nodes of a client; its clones share them.
pub(crate) struct Pool {
    /// Where there is one node and never another. It serves whatever it does,
    /// so nobody keeps a record of it.
    only: Option<Node>,
    members: Mutex<Vec<Member>>,
    selector: Box<dyn Selector>,
    rest: Cooldown,
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
        !self.seed && !self.listed && self.health.standing(now) != Standing::Alive
    }

    /// The lower, the sooner. A call does not come back to a node that failed
    /// it while another may serve, even one that rests: it then reaches a living
    /// node in as many attempts as there are nodes. The first attempt of a call
    /// takes the trial of a node whose rest is over; a repetition goes where
    /// life is more likely.
    fn rank(&self, now: Duration, history: &History) -> (usize, u8, usize) {
        let standing = match self.health.standing(now) {
            Standing::Due if history.is_empty() => 0,
            Standing::Alive => 1,
            Standing::Due => 2,
            Standing::Resting => 3,
            Standing::OnTrial => 4,
        };
        (history.failures(&self.node), standing, history.visits(&self.node))
    }
}

impl Pool {
    /// Fails without a node. One that is named twice counts once. `grows` says
    /// whether others may be found.
    pub(crate) fn new(
        nodes: Vec<Node>,
        selector: Box<dyn Selector>,
        rest: Cooldown,
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
        Ok(Pool { only, members: Mutex::new(members), selector, rest })
    }

    /// The node of the next attempt of a call that has been at those in
    /// `history`; a pinned call goes to its own, also when that one rests.
    pub(crate) fn choose(
        &self,
        clock: &dyn Clock,
        pin: Option<&str>,
        history: &History,
        attempts: &[Attempt],
    ) -> Result<Lease<'_>, Error> {
        if let (Some(only), None) = (&self.only, pin) {
            return Ok(Lease::unwatched(only.clone()));
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
            && a.health.standing(now) == Standing::Alive
        {
            let living: Vec<Node> = first.iter().map(|member| member.node.clone()).collect();
            // The selector is the user's: it may take its time, or look at the client.
            drop(members);
            let chosen = self.selector.select(&living, attempts) % living.len();
            let node = living.get(chosen).ok_or_else(no_server)?;
            return Ok(self.lease(now, node).unwrap_or_else(|| Lease::unwatched(node.clone())));
        }
        let member = first.into_iter().min_by_key(|member| member.health.wakes()).ok_or_else(no_server)?;
        let ticket = member.health.begin(now);
        Ok(Lease::watched(member.node.clone(), self, ticket))
    }

    fn pinned(&self, now: Duration, pin: &str) -> Result<Lease<'_>, Error> {
        // Read as an address is: with or without a port, and without its credential.
        let pin = Node::parse(pin).map_err(|error| {
            let detail = format!("the call is pinned to no server: {}", error.detail());
            Error::new(ErrorKind::Request, detail).with_source(error)
        })?;
        let found = self.named(&pin);
        found.and_then(|node| self.lease(now, &node)).ok_or_else(|| {
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
    fn lease(&self, now: Duration, node: &Node) -> Option<Lease<'_>> {
        let mut members = self.members();
        let member = find(&mut members, node)?;
        let ticket = member.health.begin(now);
        Some(Lease::watched(node.clone(), self, ticket))
    }

    /// Whether a node lives at which the call has not been.
    pub(crate) fn has_fresh(&self, now: Duration, history: &History) -> bool {
        self.only.is_none()
            && self
                .members()
                .iter()
                .any(|member| member.health.standing(now) == Standing::Alive && history.visits(&member.node) == 0)
    }

    /// All nodes, in the order in which the client was told of them.
    pub(crate) fn nodes(&self) -> Vec<Node> {
        self.members().iter().map(|member| member.node.clone()).collect()
    }

    /// The same, those first that are most likely to answer.
    pub(crate) fn likely_first(&self, now: Duration) -> Vec<Node> {
        let members = self.members();
        let mut order: Vec<&Member> = members.iter().collect();
        order.sort_by_key(|member| member.health.standing(now));
        order.into_iter().map(|member| member.node.clone()).collect()
    }

    /// Takes what a list has: adds what is new, and forgets what was found
    /// earlier, is missing now, and does not live.
    pub(super) fn absorb(&self, found: Vec<Node>, now: Duration) {
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
        let rest = |failures| self.rest.after(failures, unit(clock));
        let (mut members, now) = (self.members(), clock.now());
        let rests = find(&mut members, node).is_some_and(|member| member.health.fails(ticket, now, rest));
        if rests {
            members.retain(|member| !member.is_gone(now));
        }
        rests
    }

    pub(super) fn gives_back(&self, node: &Node, ticket: Ticket) {
        if let Some(member) = find(&mut self.members(), node) {
            member.health.gives_back(ticket);
        }
    }

    /// Nothing below the lock can leave the list half changed.
    fn members(&self) -> MutexGuard<'_, Vec<Member>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Pool {
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

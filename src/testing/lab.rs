//! Lab: a service made of a script, rules and faults, with a journal.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::request::Parts;
use tokio::sync::Notify;

use super::clock::VirtualClock;
use super::rule::FaultRule;
use super::state::LabState;
use super::{Reply, SeenRequest};
use crate::builder::Builder;
use crate::clock::{Clock, SystemClock};
use crate::op::Op;

/// A service in memory; [`Port`](super::Port) puts it on a real port.
///
/// Each request is written into the journal and answered by the first that has
/// an answer: the rules, in the order they were given; the script, one reply
/// for each request. When neither has one, the connection breaks. Before that,
/// the first fault that befalls the request takes the answer's place or spoils
/// it. Clones share everything.
#[derive(Clone)]
pub struct Lab {
    pub(super) clock: VirtualClock,
    state: Arc<Mutex<LabState>>,
    pub(super) open: Arc<AtomicUsize>,
    /// Told of every fault that is added: a port may have to close.
    pub(super) changed: Arc<Notify>,
    /// Whether connections of a port carry more than one request.
    pub(super) keeps: Arc<AtomicBool>,
}

impl Default for Lab {
    fn default() -> Self {
        Self::new()
    }
}

impl Lab {
    /// A service without rules and script, whose date begins at 2026-01-01.
    /// Must be made on a tokio runtime; one whose time is paused makes every
    /// pause free.
    pub fn new() -> Self {
        Self::over(VirtualClock::new())
    }

    /// The same with today's date, for clients that have a clock of their own:
    /// another program that calls a [`Port`](super::Port).
    pub fn today() -> Self {
        Self::over(VirtualClock::starting_at(SystemClock::new().wall()))
    }

    fn over(clock: VirtualClock) -> Self {
        Lab { clock, state: Arc::default(), open: Arc::default(), changed: Arc::default(), keeps: Arc::default() }
    }

    /// The clock that the client under test should use.
    pub fn clock(&self) -> VirtualClock {
        self.clock.clone()
    }

    /// Adds a reply to the script.
    pub fn then(&self, reply: Reply) -> &Self {
        self.state().script.push_back(reply);
        self
    }

    /// Adds the same reply to the script that many times.
    pub fn times(&self, count: usize, reply: Reply) -> &Self {
        self.state().script.extend(std::iter::repeat_n(reply, count));
        self
    }

    /// Adds a rule: it answers what it wants to.
    pub fn rule(&self, rule: impl Fn(&SeenRequest) -> Option<Reply> + Send + Sync + 'static) -> &Self {
        self.state().rules.push(Arc::new(rule));
        self
    }

    /// Answers every request of that operation, out of the table of its
    /// platform.
    pub fn on(&self, ops: &'static [Op], id: &str, reply: Reply) -> &Self {
        let id = id.to_owned();
        self.rule(move |seen| seen.operation(ops).is_some_and(|op| op.id == id).then(|| reply.clone()))
    }

    /// Adds a fault, or a rule that says which requests one befalls.
    pub fn fault(&self, rule: impl Into<FaultRule>) -> &Self {
        self.state().faults.push(rule.into());
        self.changed.notify_one();
        self
    }

    /// Takes all faults away.
    pub fn heal(&self) -> &Self {
        self.state().faults.clear();
        self.changed.notify_one();
        self
    }

    /// Lets the connections of a [`Port`](super::Port) carry request after
    /// request, as those of most servers do. A connection ends with the first
    /// fault that breaks it, or when the client closes it.
    pub fn keep_connections(&self) -> &Self {
        self.keeps.store(true, Ordering::Relaxed);
        self
    }

    /// Everything the service was sent, in order.
    pub fn seen(&self) -> Vec<SeenRequest> {
        self.state().journal.clone()
    }

    /// How many bodies are being sent at this moment.
    pub fn open_bodies(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// A rule may panic in a test that fails already; its state still serves.
    pub(super) fn state(&self) -> MutexGuard<'_, LabState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The reply to a request; none where nobody has an answer.
    pub(super) fn answer(&self, url: String, parts: Parts, body: bytes::Bytes) -> Option<Reply> {
        let Parts { method, headers, .. } = parts;
        let mut seen = SeenRequest { at: self.clock.now(), method, url, headers, body, attempt: 0 };
        let fault = {
            let mut state = self.state();
            seen.attempt = state.attempt(&seen);
            state.fault(&seen)
        };
        let reply = match fault {
            None => self.own(&seen),
            Some(fault) => {
                let own = if fault.spoils() { self.own(&seen) } else { None };
                let own = own.unwrap_or_else(|| Reply::json("nothing is scripted"));
                Some(fault.apply(own, &seen.url, self.clock.wall()))
            }
        };
        self.state().note(seen, reply.as_ref());
        reply
    }

    /// What the service says when nothing goes wrong.
    fn own(&self, seen: &SeenRequest) -> Option<Reply> {
        // Not under the lock: a rule may look into the journal.
        let rules = self.state().rules.clone();
        rules.iter().find_map(|rule| rule(seen)).or_else(|| self.state().script.pop_front())
    }
}

impl<C> Builder<C> {
    /// Sends everything to that lab, by its clock.
    pub fn lab(self, lab: &Lab) -> Self {
        self.transport(lab.clone()).clock(lab.clock())
    }
}

/// The journal may hold secrets; only its length prints.
impl fmt::Debug for Lab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lab({} requests)", self.state().journal.len())
    }
}

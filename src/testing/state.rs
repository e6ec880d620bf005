//! Lab state: faults, rules, script and journal, in the order in which they answer.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Method;

use super::reply::ReplyAction;
use super::rule::FaultRule;
use super::{Reply, SeenRequest};

pub(super) type ResponseRule = Arc<dyn Fn(&SeenRequest) -> Option<Reply> + Send + Sync>;

/// What a call looks like from its server.
type RequestKey = (Method, String, Bytes);

#[derive(Default)]
pub(super) struct LabState {
    pub(super) faults: Vec<FaultRule>,
    pub(super) rules: Vec<ResponseRule>,
    pub(super) script: VecDeque<Reply>,
    pub(super) journal: Vec<SeenRequest>,
    /// Requests for the same that have not succeeded yet.
    attempts: HashMap<RequestKey, u32>,
}

impl LabState {
    /// Which attempt a request is.
    pub(super) fn attempt(&mut self, seen: &SeenRequest) -> u32 {
        let attempts = self.attempts.entry(request_key(seen)).or_default();
        *attempts += 1;
        *attempts
    }

    /// The first fault that befalls the request.
    pub(super) fn fault(&mut self, seen: &SeenRequest) -> Option<super::Fault> {
        self.faults.iter_mut().find_map(|rule| rule.hits(seen).then(|| rule.fault.clone()))
    }

    /// Writes the request down, unless no connection came about, and ends the
    /// count of its attempts with a success.
    pub(super) fn note(&mut self, seen: SeenRequest, reply: Option<&Reply>) {
        if reply.is_some_and(Reply::is_success) {
            self.attempts.remove(&request_key(&seen));
        }
        if !reply.is_some_and(|reply| matches!(reply.action, ReplyAction::NoConnection)) {
            self.journal.push(seen);
        }
    }

    /// Whether a port is closed at that moment, and until when that stays so.
    pub(super) fn closed(&self, now: Duration) -> (bool, Duration) {
        let windows: Vec<Range<Duration>> = self.faults.iter().filter_map(FaultRule::closes).collect();
        let edges = windows.iter().flat_map(|window| [window.start, window.end]).filter(|edge| *edge > now);
        (windows.iter().any(|window| window.contains(&now)), edges.min().unwrap_or(Duration::MAX))
    }
}

fn request_key(seen: &SeenRequest) -> RequestKey {
    let target = match seen.query() {
        "" => seen.path().to_owned(),
        query => format!("{}?{query}", seen.path()),
    };
    (seen.method.clone(), target, seen.body.clone())
}

//! Nodes of Loud ML in a lab, which live, hang or are dead as a test says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mlhub::Builder;
use mlhub::loudml::Client;
use mlhub::pipeline::RoundRobin;
use mlhub::testing::{Lab, Reply};

/// What a node says when a test says nothing else: it has no models.
const NOTHING: [u8; 0] = [];

/// Nodes `a.test`, `b.test`, .., at the port where Loud ML listens.
pub(super) struct Cluster {
    pub(super) lab: Lab,
    replies: Arc<Mutex<BTreeMap<String, Reply>>>,
}

impl Cluster {
    /// All live. Chance is nought, so that cooldowns are whole and pauses are none.
    pub(super) fn new() -> Self {
        let (lab, replies) = (Lab::new(), Arc::new(Mutex::new(BTreeMap::<String, Reply>::new())));
        lab.clock().set_chance(0.0);
        let rule = Arc::clone(&replies);
        lab.rule(move |seen| Some(locked(&rule).get(seen.host()).cloned().unwrap_or_else(|| Reply::json(&NOTHING))));
        Cluster { lab, replies }
    }

    /// That node does that from now on.
    pub(super) fn set(&self, name: &str, reply: Reply) {
        locked(&self.replies).insert(format!("{name}.test:8077"), reply);
    }

    /// That node lives again.
    pub(super) fn heal(&self, name: &str) {
        locked(&self.replies).remove(&format!("{name}.test:8077"));
    }

    /// A client of so many of them, which begins with the first.
    pub(super) fn client(&self, nodes: usize) -> Builder<Client> {
        let mut urls = ('a'..='z').map(|letter| format!("http://{letter}.test"));
        let builder = Client::builder(urls.next().unwrap_or_default());
        urls.take(nodes - 1)
            .fold(builder, |builder, url| builder.node(url))
            .selector(RoundRobin::starting_at(0))
            .lab(&self.lab)
    }

    /// The nodes that were sent something, in order.
    pub(super) fn served(&self) -> Vec<String> {
        self.lab.seen().iter().map(|seen| seen.host().trim_end_matches(".test:8077").to_owned()).collect()
    }
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

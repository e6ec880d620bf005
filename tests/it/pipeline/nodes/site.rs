//! Some servers `a.test`, `b.test`, .. that live, hang or are dead as a test says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use mlhub::clock::Clock;
use mlhub::op::AuthKind;
use mlhub::pipeline::{Discover, Pipeline, RoundRobin};
use mlhub::testing::{Lab, Reply};
use mlhub::{Builder, Error, Op, RawCall, Retry};

/// The operation that lists the servers.
static PEERS: Op = Op::raw("lab", AuthKind::Basic, "detail");
const PATH: &str = "/peers";

/// Asks by that operation.
#[derive(Debug)]
pub(super) struct Peers;

impl Discover for Peers {
    fn nodes(&self, pipeline: Pipeline) -> BoxFuture<'static, Result<Vec<String>, Error>> {
        Box::pin(RawCall::raw(pipeline, &PEERS, http::Method::GET, PATH).send())
    }
}

/// Servers in one lab. What is not said otherwise answers with its own name.
pub(super) struct Site {
    pub(super) lab: Lab,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    replies: BTreeMap<String, Reply>,
    arrivals: Vec<(u64, String)>,
}

impl Site {
    /// Chance is nought, so that cooldowns are whole and pauses are none.
    pub(super) fn new() -> Self {
        let (lab, state) = (Lab::new(), Arc::new(Mutex::new(State::default())));
        lab.clock().set_chance(0.0);
        let (clock, rule) = (lab.clock(), Arc::clone(&state));
        lab.rule(move |seen| {
            let mut state = rule.lock().unwrap_or_else(PoisonError::into_inner);
            let host = seen.host().trim_end_matches(".test").to_owned();
            let reply = state.replies.get(&host).cloned();
            let (name, reply) = match seen.path().ends_with(PATH) {
                true => {
                    let name = format!("{host}{}", PATH);
                    let listing = state.replies.get(&name).cloned();
                    (name, listing.or(reply).unwrap_or(Reply::status(404)))
                }
                false => (host.clone(), reply.unwrap_or_else(|| Reply::json(&host))),
            };
            state.arrivals.push((clock.now().as_millis() as u64, name));
            Some(reply)
        });
        Site { lab, state }
    }

    /// That server does that from now on.
    pub(super) fn set(&self, name: &str, reply: Reply) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).replies.insert(name.to_owned(), reply);
    }

    /// That server lists those from now on.
    pub(super) fn list(&self, name: &str, servers: &[&str]) {
        self.set(&format!("{name}{}", PATH), Reply::json(servers));
    }

    /// That server answers from now on.
    pub(super) fn heal(&self, name: &str) {
        self.set(name, Reply::json(name));
    }

    /// Where attempts went, those that found no connection included, since this
    /// was asked for the last time.
    pub(super) fn arrivals(&self) -> Vec<String> {
        self.timed_arrivals().into_iter().map(|(_, name)| name).collect()
    }

    /// The same, with the millisecond of each.
    pub(super) fn timed_arrivals(&self) -> Vec<(u64, String)> {
        std::mem::take(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner).arrivals)
    }

    /// A client of so many of the servers, which begins with the first.
    pub(super) fn pipeline(&self, nodes: usize) -> Builder<Pipeline> {
        let mut names = (b'a'..=b'z').map(|letter| format!("http://{}.test", letter as char));
        let builder = Builder::new(names.next().unwrap_or_default(), |pipeline: Pipeline| pipeline);
        names
            .take(nodes - 1)
            .fold(builder, |builder, name| builder.node(name))
            .transport(self.lab.clone())
            .clock(self.lab.clock())
            .selector(RoundRobin::starting_at(0))
            .retry(Retry::default().max_attempts(nodes as u32))
    }

    /// Lets that time pass.
    pub(super) async fn pass(&self, time: Duration) {
        self.lab.clock().sleep(time).await;
    }
}

//! A service in memory: a script, rules, and a journal.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;
use futures::stream::{self, StreamExt};

use super::clock::VirtualClock;
use super::reply::{Act, Answer, End};
use super::{Reply, Seen};
use crate::clock::Clock;
use crate::pipeline::{Body, Transport, TransportError};

type Rule = Arc<dyn Fn(&Seen) -> Option<Reply> + Send + Sync>;

/// A service in memory.
///
/// Each request is written into the journal and answered by the first that has
/// an answer: the rules, in the order they were given; the script, one reply
/// for each request. When neither has one, the connection breaks. Clones share
/// everything.
#[derive(Clone)]
pub struct Lab {
    clock: VirtualClock,
    state: Arc<Mutex<State>>,
    open: Arc<AtomicUsize>,
}

#[derive(Default)]
struct State {
    rules: Vec<Rule>,
    script: VecDeque<Reply>,
    journal: Vec<Seen>,
}

impl Default for Lab {
    fn default() -> Self {
        Self::new()
    }
}

impl Lab {
    /// A service without rules and script. Must be made on a tokio runtime whose
    /// time is paused.
    pub fn new() -> Self {
        Lab { clock: VirtualClock::new(), state: Arc::default(), open: Arc::default() }
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
    pub fn rule(&self, rule: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static) -> &Self {
        self.state().rules.push(Arc::new(rule));
        self
    }

    /// Everything the service was sent, in order.
    pub fn seen(&self) -> Vec<Seen> {
        self.state().journal.clone()
    }

    /// How many bodies are being sent at this moment.
    pub fn open_bodies(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// A rule may panic in a test that fails already; its state still serves.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The reply to a request, which is written into the journal unless no
    /// connection comes about.
    fn answer(&self, seen: Seen) -> Option<Reply> {
        let rules = self.state().rules.clone();
        let reply = rules.iter().find_map(|rule| rule(&seen));
        let mut state = self.state();
        let reply = reply.or_else(|| state.script.pop_front());
        if !matches!(&reply, Some(reply) if matches!(reply.act, Act::NoConnection)) {
            state.journal.push(seen);
        }
        reply
    }

    fn body(&self, answer: Answer) -> Body {
        if answer.end == End::Whole && answer.gap.is_zero() {
            return Body::from(answer.pieces.concat());
        }
        let (lab, gap, end) = (self.clone(), answer.gap, answer.end);
        let open = Open::count(&self.open);
        let pieces = stream::iter(answer.pieces).then(move |piece| {
            let pause = lab.clock.sleep(gap);
            async move {
                if !gap.is_zero() {
                    pause.await;
                }
                Ok(piece)
            }
        });
        let tail = stream::once(async move {
            match end {
                End::Whole => None,
                End::Cut => Some(Err(TransportError::other("the connection was cut"))),
                End::Stall => std::future::pending().await,
            }
        });
        Body::stream(pieces.chain(tail.filter_map(std::future::ready)).inspect(move |_| {
            let _held = &open;
        }))
    }
}

/// Counts a body for as long as somebody holds it.
struct Open(Arc<AtomicUsize>);

impl Open {
    fn count(counter: &Arc<AtomicUsize>) -> Self {
        counter.fetch_add(1, Ordering::Relaxed);
        Open(Arc::clone(counter))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Transport for Lab {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'static, Result<http::Response<Body>, TransportError>> {
        let lab = self.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let seen = Seen {
                at: lab.clock.now(),
                method: parts.method,
                url: parts.uri.to_string(),
                headers: parts.headers,
                body: body.collect().await?,
            };
            let Some(reply) = lab.answer(seen) else {
                return Err(TransportError::other("the script has no more replies"));
            };
            if !reply.delay.is_zero() {
                lab.clock.sleep(reply.delay).await;
            }
            match reply.act {
                Act::NoConnection => Err(TransportError::connect("nothing listens there")),
                Act::Reset => Err(TransportError::other("the connection was reset")),
                Act::Hang => std::future::pending().await,
                Act::Answer(answer) => {
                    let (status, headers) = (answer.status, answer.headers.clone());
                    let mut response = http::Response::new(lab.body(answer));
                    *response.status_mut() = status;
                    *response.headers_mut() = headers;
                    Ok(response)
                }
            }
        })
    }
}

/// The journal may hold secrets; only its length prints.
impl fmt::Debug for Lab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lab({} requests)", self.state().journal.len())
    }
}

//! A source of tokens that counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use mlhub::clock::Clock;
use mlhub::pipeline::Bearer;
use mlhub::testing::{Lab, VirtualClock};
use mlhub::{Error, ErrorKind, Token, TokenSource};

/// Gives `t1`, `t2`, .., each after a second, each good for `life`.
#[derive(Clone)]
pub(crate) struct Source {
    clock: VirtualClock,
    life: Option<Duration>,
    begun: Arc<AtomicUsize>,
    failing: Arc<AtomicUsize>,
}

impl Source {
    pub(crate) fn new(lab: &Lab, life: Option<Duration>) -> Self {
        Source { clock: lab.clock(), life, begun: Arc::default(), failing: Arc::default() }
    }

    /// How often a fetch has begun.
    pub(crate) fn begun(&self) -> usize {
        self.begun.load(Ordering::Relaxed)
    }

    /// Lets that many fetches fail from now on.
    pub(crate) fn fail(&self, times: usize) {
        self.failing.store(times, Ordering::Relaxed);
    }

    pub(crate) fn bearer(&self) -> Bearer {
        Bearer::from_source(self.clone())
    }
}

impl TokenSource for Source {
    fn fetch(&self, _: Option<Token>) -> BoxFuture<'static, Result<Token, Error>> {
        let source = self.clone();
        Box::pin(async move {
            let number = source.begun.fetch_add(1, Ordering::Relaxed) + 1;
            source.clock.sleep(Duration::from_secs(1)).await;
            let failing = source.failing.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
            if failing.is_ok() {
                return Err(Error::new(ErrorKind::Unauthenticated, "the login failed"));
            }
            let token = Token::new(format!("t{number}"));
            Ok(match source.life {
                Some(life) => token.with_expiry(source.clock.wall() + life),
                None => token,
            })
        })
    }
}

/// The credential of each request.
pub(crate) fn tokens(lab: &Lab) -> Vec<String> {
    let seen = lab.seen();
    seen.iter().map(|seen| seen.header("authorization").unwrap_or("none").replace("Bearer ", "")).collect()
}

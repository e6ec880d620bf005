//! Token refresh: a bearer token is replaced before it expires, by a single flight: one call fetches it for all.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use futures::future::BoxFuture;
use tokio::sync::Mutex;

use super::{Authenticate, Credential, Token, TokenSource};
use crate::clock::{Clock, Elapsed, timeout};
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;

/// A call that still has a token waits no longer for the next one, nor for more
/// than half of what is left of the old: its own deadline is for other things.
const REFRESH_TIMEOUT: Duration = Duration::from_secs(5);

/// So long after a fetch that failed, calls that still have a token do not try
/// again: several tries fit into [`REFRESH_AHEAD`](super::REFRESH_AHEAD), and a
/// login service in trouble is not asked by each call.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(10);

/// A bearer token: fixed, or fetched from a [`TokenSource`] and replaced ahead
/// of its end.
///
/// However many calls need a new token, one of them fetches it and the others
/// wait for that one; where it is cancelled, the next takes over; where it
/// fails, all that waited get its error. While the old token still holds, only
/// the call that fetches the next one waits, for a few seconds at most; a fetch
/// that fails or takes longer leaves the old one in use for a while.
pub struct Bearer {
    source: Option<Arc<dyn TokenSource>>,
    held: RwLock<Option<Arc<HeldToken>>>,
    /// How many fetches have ended; tells a waiter that one ended meanwhile.
    ended: AtomicU64,
    /// Held while a token is fetched.
    fetching: Mutex<LastFetch>,
}

/// How the last fetch ended.
#[derive(Default)]
struct LastFetch {
    /// For the calls that waited for it.
    failure: Option<Error>,
    /// When it ended without a token, by the clock's count.
    failed_at: Option<Duration>,
}

impl LastFetch {
    /// Whether it gave no token, a short while ago.
    fn failed_recently(&self, now: Duration) -> bool {
        self.failed_at.is_some_and(|at| now.saturating_sub(at) < PAUSE_AFTER_FAILURE)
    }
}

struct HeldToken {
    token: Token,
    credential: Credential,
    renew_at: Option<SystemTime>,
}

/// The freshness of the held token.
enum Freshness {
    /// Use it.
    Fresh(Credential),
    /// Use it if the next one does not come within that time.
    Expiring(Credential, Duration),
    /// It does not serve.
    Expired,
}

impl Bearer {
    /// A token that is never replaced.
    pub fn fixed(token: impl Into<Secret>) -> Result<Self, Error> {
        let bearer = Self::over(None);
        // Nothing renews it, so when it should be renewed does not matter.
        bearer.hold(Token::new(token), None)?;
        Ok(bearer)
    }

    /// Tokens from a source; the first is fetched by the first call.
    pub fn from_source(source: impl TokenSource + 'static) -> Self {
        Self::over(Some(Arc::new(source)))
    }

    /// Uses that token first, such as one that was saved, then the source.
    pub fn starting_with(self, token: Token) -> Result<Self, Error> {
        let renew_at = token.expires().and_then(|end| end.checked_sub(super::REFRESH_AHEAD));
        self.hold(token, renew_at)?;
        Ok(self)
    }

    /// The token in use, to save it.
    pub fn current(&self) -> Option<Token> {
        self.held().map(|held| held.token.clone())
    }

    fn over(source: Option<Arc<dyn TokenSource>>) -> Self {
        Bearer { source, held: RwLock::new(None), ended: AtomicU64::new(0), fetching: Mutex::default() }
    }

    fn held(&self) -> Option<Arc<HeldToken>> {
        // A poisoned lock holds a whole value: writing it is one assignment.
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn hold(&self, token: Token, renew_at: Option<SystemTime>) -> Result<Credential, Error> {
        let mut credential = Credential::bearer(token.value())?;
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        credential.generation = held.as_ref().map_or(1, |held| held.credential.generation + 1);
        *held = Some(Arc::new(HeldToken { token, credential: credential.clone(), renew_at }));
        Ok(credential)
    }

    fn freshness(&self, now: SystemTime, refused: Option<&Credential>) -> Freshness {
        let Some(held) = self.held() else {
            return Freshness::Expired;
        };
        let was_refused = |one: &Credential| one.generation == held.credential.generation;
        if refused.is_some_and(was_refused) {
            return Freshness::Expired;
        }
        if self.source.is_none() || held.renew_at.is_none_or(|at| now < at) {
            return Freshness::Fresh(held.credential.clone());
        }
        match held.token.expires() {
            Some(end) if end <= now => Freshness::Expired,
            end => {
                let left = end.and_then(|end| end.duration_since(now).ok());
                Freshness::Expiring(
                    held.credential.clone(),
                    left.map_or(REFRESH_TIMEOUT, |left| REFRESH_TIMEOUT.min(left / 2)),
                )
            }
        }
    }

    async fn get(&self, clock: &dyn Clock, refused: Option<&Credential>) -> Result<Credential, Error> {
        // Read before the token is: a fetch that ends in between is then noticed.
        let ended = self.ended.load(Ordering::Acquire);
        let (mut last, fallback) = match self.freshness(clock.wall(), refused) {
            Freshness::Fresh(credential) => return Ok(credential),
            Freshness::Expiring(credential, patience) => match self.fetching.try_lock() {
                Ok(last) if last.failed_recently(clock.now()) => return Ok(credential),
                Ok(last) => (last, Some((credential, patience))),
                Err(_) => return Ok(credential),
            },
            Freshness::Expired => (self.fetching.lock().await, None),
        };
        if self.ended.load(Ordering::Acquire) != ended {
            if let Some(error) = &last.failure {
                return fallback.map(|(credential, _)| credential).ok_or_else(|| error.clone());
            }
            if let Freshness::Fresh(credential) = self.freshness(clock.wall(), refused) {
                return Ok(credential);
            }
        }
        let (late, fetched) = match &fallback {
            None => (false, self.fetch(clock).await),
            Some((old, patience)) => match timeout(clock, *patience, self.fetch(clock)).await {
                Ok(fetched) => (false, fetched),
                Err(Elapsed) => (true, Ok(old.clone())),
            },
        };
        last.failed_at = (late || fetched.is_err()).then(|| clock.now());
        last.failure = fetched.as_ref().err().cloned();
        self.ended.fetch_add(1, Ordering::Release);
        match (fetched, fallback) {
            (Err(_), Some((old, _))) => Ok(old),
            (fetched, _) => fetched,
        }
    }

    async fn fetch(&self, clock: &dyn Clock) -> Result<Credential, Error> {
        let Some(source) = &self.source else {
            let detail = "the token was refused and nothing can replace it";
            return Err(Error::new(ErrorKind::Unauthenticated, detail));
        };
        let last = self.held().map(|held| held.token.clone());
        let token = source.fetch(last).await?;
        let renew_at = token.renew_at(clock.wall());
        self.hold(token, renew_at)
    }
}

impl Authenticate for Bearer {
    fn credential<'a>(
        &'a self,
        clock: &'a dyn Clock,
        refused: Option<&'a Credential>,
    ) -> BoxFuture<'a, Result<Credential, Error>> {
        Box::pin(self.get(clock, refused))
    }

    fn renews(&self) -> bool {
        self.source.is_some()
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer").field("token", &self.current()).field("renews", &self.source.is_some()).finish()
    }
}

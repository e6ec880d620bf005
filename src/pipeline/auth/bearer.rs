//! A bearer token that is replaced before it ends, by one call for all.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use futures::future::BoxFuture;
use tokio::sync::Mutex;

use super::{Authenticate, Credential, Token, TokenSource};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;

/// A bearer token: fixed, or fetched from a [`TokenSource`] and replaced ahead
/// of its end.
///
/// However many calls need a new token, one of them fetches it and the others
/// wait for that one; where it is cancelled, the next takes over; where it
/// fails, all that waited get its error. While the old token still holds,
/// nobody waits.
pub struct Bearer {
    source: Option<Arc<dyn TokenSource>>,
    held: RwLock<Option<Held>>,
    /// How many fetches have ended; tells a waiter that one ended meanwhile.
    ended: AtomicU64,
    /// Held while a token is fetched; keeps how the last fetch failed.
    fetching: Mutex<Option<Error>>,
}

#[derive(Clone)]
struct Held {
    token: Token,
    credential: Credential,
    renew_at: Option<SystemTime>,
}

/// What a look at the held token says.
enum Look {
    /// Use it.
    Good(Credential),
    /// Use it if somebody is fetching the next one already.
    Ageing(Credential),
    /// It does not serve.
    Useless,
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
        self.held().map(|held| held.token)
    }

    fn over(source: Option<Arc<dyn TokenSource>>) -> Self {
        Bearer { source, held: RwLock::new(None), ended: AtomicU64::new(0), fetching: Mutex::new(None) }
    }

    fn held(&self) -> Option<Held> {
        // A poisoned lock holds a whole value: writing it is one assignment.
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn hold(&self, token: Token, renew_at: Option<SystemTime>) -> Result<Credential, Error> {
        let mut credential = Credential::bearer(token.value())?;
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        credential.generation = held.as_ref().map_or(1, |held| held.credential.generation + 1);
        *held = Some(Held { token, credential: credential.clone(), renew_at });
        Ok(credential)
    }

    fn look(&self, now: SystemTime, refused: Option<&Credential>) -> Look {
        let Some(held) = self.held() else {
            return Look::Useless;
        };
        let was_refused = |one: &Credential| one.generation == held.credential.generation;
        if refused.is_some_and(was_refused) {
            return Look::Useless;
        }
        if self.source.is_none() || held.renew_at.is_none_or(|at| now < at) {
            return Look::Good(held.credential);
        }
        match held.token.expires() {
            Some(end) if end <= now => Look::Useless,
            _ => Look::Ageing(held.credential),
        }
    }

    async fn get(&self, clock: &dyn Clock, refused: Option<&Credential>) -> Result<Credential, Error> {
        // Read before looking: a fetch that ends in between is then noticed.
        let ended = self.ended.load(Ordering::Acquire);
        let (mut last_failure, fallback) = match self.look(clock.wall(), refused) {
            Look::Good(credential) => return Ok(credential),
            Look::Ageing(credential) => match self.fetching.try_lock() {
                Ok(lock) => (lock, Some(credential)),
                Err(_) => return Ok(credential),
            },
            Look::Useless => (self.fetching.lock().await, None),
        };
        if self.ended.load(Ordering::Acquire) != ended {
            if let Some(error) = &*last_failure {
                return fallback.ok_or_else(|| error.clone());
            }
            if let Look::Good(credential) = self.look(clock.wall(), refused) {
                return Ok(credential);
            }
        }
        let fetched = self.fetch(clock).await;
        *last_failure = fetched.as_ref().err().cloned();
        self.ended.fetch_add(1, Ordering::Release);
        match (fetched, fallback) {
            (Ok(credential), _) | (Err(_), Some(credential)) => Ok(credential),
            (Err(error), None) => Err(error),
        }
    }

    async fn fetch(&self, clock: &dyn Clock) -> Result<Credential, Error> {
        let Some(source) = &self.source else {
            let detail = "the token was refused and nothing can replace it";
            return Err(Error::new(ErrorKind::Unauthenticated, detail));
        };
        let last = self.held().map(|held| held.token);
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

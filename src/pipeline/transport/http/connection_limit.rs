//! Connection limit: permits for requests and for sockets, counted where sockets are opened.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::Uri;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::config_error::config;
use crate::error::Error;

/// The connection limit of a transport.
///
/// Two counts for each server. A call takes its *request permit* before anything
/// else and keeps it until the response is read, so that no more calls look for a
/// connection than there may be. A *connection permit* is held from the opening of
/// a socket to its closing: the pool may open one although another comes back the
/// moment after.
#[derive(Clone, Debug)]
pub(super) struct ConnectionLimit(Arc<LimitState>);

#[derive(Debug)]
struct LimitState {
    most: usize,
    /// Grows with the servers of a client, which are few.
    servers: Mutex<HashMap<String, ServerPermits>>,
}

#[derive(Clone, Debug)]
struct ServerPermits {
    requests: Arc<Semaphore>,
    connections: Arc<Semaphore>,
}

impl ConnectionLimit {
    /// Fails for a limit that lets no call through.
    pub(super) fn new(most: Option<usize>) -> Result<Option<Self>, Error> {
        match most {
            None => Ok(None),
            Some(1..=Semaphore::MAX_PERMITS) => {
                Ok(most.map(|most| ConnectionLimit(Arc::new(LimitState { most, servers: Mutex::default() }))))
            }
            Some(_) => Err(config("a limit on connections has to be at least one; leave it out for no limit")),
        }
    }

    /// The permit to have a request under way to that server, as long as it is held.
    pub(super) async fn request_permit(&self, to: &Uri) -> Option<OwnedSemaphorePermit> {
        take(self.server(to).requests).await
    }

    /// The permit to have a connection to that server open, as long as it is held.
    pub(super) async fn connection_permit(&self, to: &Uri) -> Option<OwnedSemaphorePermit> {
        take(self.server(to).connections).await
    }

    fn server(&self, to: &Uri) -> ServerPermits {
        let inner = &self.0;
        let key = format!("{}://{}", to.scheme_str().unwrap_or_default(), to.authority().map_or("", |it| it.as_str()));
        let mut servers = inner.servers.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let count = || Arc::new(Semaphore::new(inner.most));
            ServerPermits { requests: count(), connections: count() }
        };
        servers.entry(key).or_insert_with(new).clone()
    }
}

/// Fails only for a semaphore that was closed, which none here is.
async fn take(semaphore: Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    semaphore.acquire_owned().await.ok()
}

//! A limit on connections that is one: counted where sockets are opened.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::Uri;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::config;
use crate::error::Error;

/// The limit of a transport, or none.
///
/// Two counts for each server. A call takes its *turn* before anything else
/// and keeps it until the reply is read, so that no more calls look for a
/// connection than there may be. A *socket* is counted from its opening to its
/// closing: the pool may open one although another comes back the moment after.
#[derive(Clone, Debug, Default)]
pub(super) struct Limits(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    most: usize,
    /// Grows with the servers of a client, which are few.
    servers: Mutex<HashMap<String, Server>>,
}

#[derive(Clone, Debug)]
struct Server {
    turns: Arc<Semaphore>,
    sockets: Arc<Semaphore>,
}

impl Limits {
    /// Fails for a limit that lets no call through.
    pub(super) fn new(most: Option<usize>) -> Result<Self, Error> {
        match most {
            None => Ok(Limits(None)),
            Some(1..=Semaphore::MAX_PERMITS) => {
                Ok(Limits(most.map(|most| Arc::new(Inner { most, servers: Mutex::default() }))))
            }
            Some(_) => Err(config("a limit on connections has to be at least one; leave it out for no limit")),
        }
    }

    /// The right to have a request under way to that server, as long as it is held.
    pub(super) async fn turn(&self, to: &Uri) -> Option<OwnedSemaphorePermit> {
        take(self.server(to)?.turns).await
    }

    /// The right to have a socket to that server open, as long as it is held.
    pub(super) async fn socket(&self, to: &Uri) -> Option<OwnedSemaphorePermit> {
        take(self.server(to)?.sockets).await
    }

    fn server(&self, to: &Uri) -> Option<Server> {
        let inner = self.0.as_ref()?;
        let key = format!("{}://{}", to.scheme_str().unwrap_or_default(), to.authority().map_or("", |it| it.as_str()));
        let mut servers = inner.servers.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let count = || Arc::new(Semaphore::new(inner.most));
            Server { turns: count(), sockets: count() }
        };
        Some(servers.entry(key).or_insert_with(new).clone())
    }
}

/// Fails only for a semaphore that was closed, which none here is.
async fn take(semaphore: Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    semaphore.acquire_owned().await.ok()
}

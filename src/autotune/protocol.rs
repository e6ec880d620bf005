//! Protocol detection: which of the two servers answers, found out once.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::Value;
use uuid::Uuid;

use super::Client;
use super::trial::Best;
use crate::error::{Error, ErrorKind};

/// Protocol that a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// mlhub's tuning hub: trials with ids, the best by a route, safe repeats.
    V1,
    /// The original AutoTune: one open point, no ids.
    Original,
}

/// Server state: what a client and its clones learn about their server.
#[derive(Default)]
pub(super) struct ServerState {
    pub(super) protocol: OnceLock<Protocol>,
    bests: Mutex<BTreeMap<Uuid, Best>>,
}

impl ServerState {
    pub(super) fn bests(&self) -> MutexGuard<'_, BTreeMap<Uuid, Best>> {
        self.bests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The original shows its list of users there; one that hides it says 404 in
/// the words of its framework.
fn is_original(error: &Error) -> bool {
    let body: Option<Value> = error.body().and_then(|body| serde_json::from_slice(body).ok());
    match (error.kind(), body) {
        // A long list is cut where errors keep bodies, and still begins as one.
        (ErrorKind::Decode, None) => error.body().is_some_and(|body| body.trim_ascii_start().starts_with(b"[")),
        (ErrorKind::Decode, Some(body)) => body.is_array(),
        (ErrorKind::NotFound, Some(body)) => body["detail"] == "Not Found",
        _ => false,
    }
}

/// Asks the server which protocol it speaks.
pub(super) async fn detect(client: &Client) -> Result<Protocol, Error> {
    match client.hub().info().send().await {
        Ok(info) if info.api.iter().any(|version| version == "v1") => Ok(Protocol::V1),
        Ok(_) => Ok(Protocol::Original),
        Err(e) if is_original(&e) => Ok(Protocol::Original),
        Err(e) => Err(e),
    }
}

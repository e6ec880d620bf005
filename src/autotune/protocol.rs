//! Which of the two servers answers, found out once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::Value;
use uuid::Uuid;

use super::{Best, Client};
use crate::error::{Error, ErrorKind};
use crate::platform::Platform;

/// What a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// mlhub's tuning hub: trials with ids, the best by a route, safe repeats.
    V1,
    /// The original AutoTune: one open point, no ids.
    Original,
}

/// What a client and its clones learn about their server.
#[derive(Default)]
pub(super) struct Memory {
    protocol: OnceLock<Protocol>,
    bests: Mutex<BTreeMap<Uuid, Best>>,
}

impl Memory {
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

impl Client {
    /// Which protocol the server speaks; asked of it once.
    ///
    /// # Errors
    ///
    /// A server that cannot be reached or that fails, or an answer that neither
    /// of the two gives (a proxy's page): nothing is concluded from it.
    pub async fn protocol(&self) -> Result<Protocol, Error> {
        let memory = self.memory();
        if let Some(known) = memory.protocol.get() {
            return Ok(*known);
        }
        let found = match self.hub().info().send().await {
            Ok(info) if info.api.iter().any(|version| version == "v1") => Protocol::V1,
            Ok(_) => Protocol::Original,
            Err(e) if is_original(&e) => Protocol::Original,
            Err(e) => return Err(e),
        };
        Ok(*memory.protocol.get_or_init(|| found))
    }

    /// Fails on the original, which lacks `what`.
    pub(super) async fn needs_v1(&self, what: &str) -> Result<(), Error> {
        match self.protocol().await? {
            Protocol::V1 => Ok(()),
            Protocol::Original => {
                let detail = format!("{what}: this server is the original AutoTune, which has no such thing");
                Err(Error::new(ErrorKind::Request, detail))
            }
        }
    }

    pub(super) fn memory(&self) -> Arc<Memory> {
        self.pipeline().memory::<Memory>()
    }
}

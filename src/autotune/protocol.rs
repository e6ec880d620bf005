//! Which of the two servers answers, found out once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

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

impl Client {
    /// Which protocol the server speaks; asked of it once.
    ///
    /// # Errors
    ///
    /// A server that cannot be reached or that fails. One that answers `GET /`
    /// without naming `v1` is taken for an original.
    pub async fn protocol(&self) -> Result<Protocol, Error> {
        let memory = self.memory();
        if let Some(known) = memory.protocol.get() {
            return Ok(*known);
        }
        let found = match self.hub().info().send().await {
            Ok(info) if info.api.iter().any(|version| version == "v1") => Protocol::V1,
            Ok(_) => Protocol::Original,
            // The original shows its list of users there, and a proxy may hide the root.
            Err(e) if matches!(e.kind(), ErrorKind::Decode | ErrorKind::NotFound) => Protocol::Original,
            Err(e) => return Err(e),
        };
        Ok(*memory.protocol.get_or_init(|| found))
    }

    pub(super) fn memory(&self) -> Arc<Memory> {
        self.road().memory::<Memory>()
    }
}

//! What a client works in where a call names nothing else: a collaboration, and
//! an algorithm store.

use super::{Client, groups, types};
use crate::error::Error;
use crate::platform::Platform;

/// The document's name for it, in the lists that are cut down to it.
const COLLABORATION: &str = "collaboration";
/// No list knows it.
const STORE: &str = "store";

impl Client {
    /// Works in that collaboration from now on, with all clones of this client:
    /// tasks and sessions are made in it, and lists of organizations, nodes,
    /// sessions, studies, tasks and stores hold what belongs to it. A call that
    /// names a collaboration goes there all the same, a task or a session of a
    /// study to that study's, and one
    /// [without](crate::Options::without_client_defaults) the client's defaults.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) for one that is not there; then nothing changes.
    pub async fn setup_collaboration(&self, id: i64) -> Result<types::Collaboration, Error> {
        let found = self.collaboration().get(id).send().await?;
        self.pipeline().set_client_default(COLLABORATION, Some(id.to_string()));
        Ok(found)
    }

    /// The collaboration that the client was set up for.
    pub fn default_collaboration(&self) -> Option<i64> {
        self.pipeline().client_default(COLLABORATION)?.parse().ok()
    }

    /// Works in no collaboration in particular any longer.
    pub fn leave_collaboration(&self) {
        self.pipeline().set_client_default(COLLABORATION, None);
    }

    /// The algorithm store that was [set](groups::Store::set).
    pub fn default_store(&self) -> Option<i64> {
        self.pipeline().client_default(STORE)?.parse().ok()
    }

    /// The same client without its defaults.
    pub(super) fn everywhere(&self) -> Client {
        self.with(crate::Options::without_client_defaults)
    }
}

impl groups::Store<'_> {
    /// Takes algorithms from that store from now on, with all clones of the
    /// client: for tasks and steps that name none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) for one that is not there; then nothing changes.
    pub async fn set(&self, id: i64) -> Result<types::Store, Error> {
        let found = self.get(id).send().await?;
        self.client.pipeline().set_client_default(STORE, Some(id.to_string()));
        Ok(found)
    }

    /// Takes algorithms from no store in particular any longer.
    pub fn unset(&self) {
        self.client.pipeline().set_client_default(STORE, None);
    }
}

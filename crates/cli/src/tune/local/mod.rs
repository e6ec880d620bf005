//! A study on this machine: a file of its own, and a hub in this process while it is worked on.

mod files;

use mlhub::autotune::Client;

use files::Files;

use crate::embedded::Embedded;
use crate::fault::Fault;

/// A study that this process works on, and nobody else.
pub(crate) struct Local {
    // In this order: a study that goes has no hub by then.
    hub: Embedded,
    files: Files,
}

impl Local {
    /// Starts a hub on the study of that name, or on one for this time only.
    pub(crate) async fn start(name: Option<&str>) -> Result<Local, Fault> {
        let folder = files::folder()?;
        let files = name.map_or_else(|| Files::fresh(&folder), |name| Files::hold(&folder, name))?;
        let hub = Embedded::start(files.database(), files.password()?).await?;
        Ok(Local { hub, files })
    }

    /// A client of the hub.
    pub(crate) fn client(&self) -> Client {
        self.hub.client.clone()
    }

    /// The study's name.
    pub(crate) fn name(&self) -> &str {
        self.files.name()
    }

    /// Stops the hub. A study without a name that has `served` is removed.
    pub(crate) async fn finish(mut self, served: bool) -> Result<(), Fault> {
        if !served {
            self.files.keep();
        }
        self.hub.stop().await
    }
}

//! Study location: this machine, or a hub that others reach as well.

use mlhub::Error;
use mlhub::Platform as _;
use mlhub::autotune::Client;

#[cfg(feature = "hub")]
use super::local_study::LocalStudy;
use crate::error::{CliError, CliResult};
use crate::global::Global;
use crate::platforms::autotune;
use crate::profile::access::{Access, Credential};

/// Study location.
pub(super) struct StudyLocation {
    /// Client of the hub.
    pub(super) client: Client,
    /// The study's name.
    pub(super) name: String,
    /// Access to the hub, where others reach it as well.
    shared: Option<Access>,
    /// The study, where it is on this machine, in the hands of this process alone.
    #[cfg(feature = "hub")]
    local: Option<LocalStudy>,
}

impl StudyLocation {
    /// The location that these options name.
    pub(super) async fn open(hub: Option<&String>, name: Option<&String>, global: &Global) -> CliResult<StudyLocation> {
        let Some(hub) = hub.or(global.url.as_ref()) else {
            return StudyLocation::local(name).await;
        };
        let Some(name) = name.cloned() else {
            let message = "workers share a study by its name, so --hub needs a --name";
            return Err(CliError::usage(message, format!("mlhub tune --name NAME --hub {} ..", shown(hub))));
        };
        let access = Access::at(&autotune::PLATFORM, global, Some(hub.clone()))?;
        if matches!(access.credential, Credential::None) {
            return Err(access.logged_out());
        }
        let client = autotune::connect(&access).await.map_err(|error| access.error(&error))?;
        let shared = Some(access);
        #[cfg(feature = "hub")]
        return Ok(StudyLocation { client, name, shared, local: None });
        #[cfg(not(feature = "hub"))]
        Ok(StudyLocation { client, name, shared })
    }

    #[cfg(feature = "hub")]
    async fn local(name: Option<&String>) -> CliResult<StudyLocation> {
        let local = LocalStudy::start(name.map(String::as_str)).await?;
        Ok(StudyLocation { client: local.client(), name: local.name().to_owned(), shared: None, local: Some(local) })
    }

    #[cfg(not(feature = "hub"))]
    async fn local(_name: Option<&String>) -> CliResult<StudyLocation> {
        let message = "this program was built without a hub of its own, so it needs --hub";
        Err(CliError::usage(message, "mlhub tune --name NAME --hub URL .."))
    }

    /// Whether nobody else can be at work on the study.
    pub(super) fn is_exclusive(&self) -> bool {
        self.shared.is_none()
    }

    /// Error of a call of the hub.
    pub(super) fn error(&self, error: &Error) -> CliError {
        match &self.shared {
            Some(access) => access.error(error),
            None => CliError::failed_call(error, Client::NAME, None, "mlhub autotune experiments"),
        }
    }

    /// Address of the hub, where others reach it as well. One with a password in it is not repeated.
    pub(super) fn shared_hub(&self) -> Option<&str> {
        self.shared.as_ref().map(|access| shown(&access.url))
    }

    /// Ends the work; `served` is whether a study without a name may go.
    #[cfg_attr(not(feature = "hub"), expect(unused_variables, reason = "a study on another machine stays"))]
    pub(super) async fn finish(self, served: bool) -> CliResult {
        #[cfg(feature = "hub")]
        if let Some(local) = self.local {
            return local.finish(served).await;
        }
        Ok(())
    }
}

/// Address that may be repeated: not one with a password in it.
fn shown(url: &str) -> &str {
    if url.contains('@') { "URL" } else { url }
}

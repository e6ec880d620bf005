//! Where a study lies: on this machine, or on a hub that others reach as well.

use mlhub::Error;
use mlhub::autotune::Client;

use super::LEASE;
use super::words::quoted;
use crate::args::{Global, Tune};
use crate::fault::Fault;
use crate::platforms::autotune;
use crate::profile::{Access, Credential};

#[cfg(feature = "hub")]
use super::local::Local;

/// Where a study lies.
pub(crate) enum Place {
    /// On this machine, in the hands of this process alone.
    #[cfg(feature = "hub")]
    Local(Box<Local>),
    /// On a hub.
    Hub(Box<Shared>),
}

/// A study on a hub.
pub(crate) struct Shared {
    client: Client,
    access: Access,
    name: String,
}

impl Place {
    /// What `--hub` and `--name` say.
    pub(crate) async fn open(options: &Tune, global: &Global) -> Result<Place, Fault> {
        let Some(hub) = options.hub.as_ref().or(global.url.as_ref()) else {
            return Place::local(options).await;
        };
        let Some(name) = options.name.clone() else {
            let message = "workers share a study by its name, so --hub needs a --name";
            return Err(Fault::usage(message, format!("mlhub tune --name NAME --hub {} ..", shown(hub))));
        };
        let access = Access::at(&autotune::PLATFORM, global, Some(hub.clone()))?;
        if matches!(access.credential, Credential::None) {
            return Err(access.logged_out());
        }
        let client = autotune::connect(&access).await.map_err(|error| access.fault(&error))?;
        Ok(Place::Hub(Box::new(Shared { client, access, name })))
    }

    #[cfg(feature = "hub")]
    async fn local(options: &Tune) -> Result<Place, Fault> {
        Ok(Place::Local(Box::new(Local::start(options.name.as_deref()).await?)))
    }

    #[cfg(not(feature = "hub"))]
    async fn local(_options: &Tune) -> Result<Place, Fault> {
        let message = "this program was built without a hub of its own, so it needs --hub";
        Err(Fault::usage(message, "mlhub tune --name NAME --hub URL .."))
    }

    /// A client of the hub.
    pub(crate) fn client(&self) -> Client {
        match self {
            #[cfg(feature = "hub")]
            Place::Local(local) => local.client(),
            Place::Hub(shared) => shared.client.clone(),
        }
    }

    /// The study's name.
    pub(crate) fn name(&self) -> &str {
        match self {
            #[cfg(feature = "hub")]
            Place::Local(local) => local.name(),
            Place::Hub(shared) => &shared.name,
        }
    }

    /// Whether nobody else can be at work on the study.
    pub(crate) fn is_exclusive(&self) -> bool {
        !matches!(self, Place::Hub(_))
    }

    /// A failed call of the hub.
    pub(crate) fn fault(&self, error: &Error) -> Fault {
        match self {
            #[cfg(feature = "hub")]
            Place::Local(_) => crate::embedded::failed(error),
            Place::Hub(shared) => shared.access.fault(error),
        }
    }

    /// The command that goes on with this study.
    pub(crate) fn again(&self, options: &Tune) -> String {
        let mut words: Vec<String> = vec!["mlhub".into(), "tune".into(), "--name".into(), self.name().into()];
        let mut option = |name: &str, value: String| words.extend([format!("--{name}"), value]);
        option("space", options.space.display().to_string());
        option("trials", options.trials.to_string());
        option("parallel", options.parallel.to_string());
        if let Place::Hub(shared) = self {
            option("hub", shown(&shared.access.url).to_owned());
        }
        if let Some(seed) = options.seed {
            option("seed", seed.to_string());
        }
        if let Some(limit) = options.trial_timeout {
            option("trial-timeout", super::words::duration(limit));
        }
        if options.lease != LEASE {
            option("lease", super::words::duration(options.lease));
        }
        if options.minimize {
            words.push("--minimize".to_owned());
        }
        words.push("--".to_owned());
        let command = options.command.iter().map(|word| word.to_string_lossy());
        quoted(words.iter().map(|word| word.as_str().into()).chain(command))
    }

    /// Ends the work; `served` is whether a study without a name may go.
    pub(crate) async fn finish(self, served: bool) -> Result<(), Fault> {
        match self {
            #[cfg(feature = "hub")]
            Place::Local(local) => local.finish(served).await,
            Place::Hub(_) => Ok(()),
        }
    }
}

/// An address with a password in it is not repeated.
fn shown(url: &str) -> &str {
    if url.contains('@') { "URL" } else { url }
}

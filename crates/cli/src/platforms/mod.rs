//! The platforms that can be called, one row each: the only place that lists
//! them.

pub(crate) mod autotune;
pub(crate) mod loudml;

use futures::future::BoxFuture;
use mlhub::{Error, Op, RawCall, Secret};
use serde_json::Value;

use crate::profile::{Access, Login};

/// A platform.
#[derive(Debug)]
pub(crate) struct Platform {
    /// Its name on the command line, in the environment and in profiles.
    pub(crate) name: &'static str,
    /// Where its server is looked for when nobody says.
    pub(crate) url: &'static str,
    /// Every operation of its document.
    pub(crate) ops: &'static [Op],
    /// A client with that address and credential.
    pub(crate) client: fn(&Access) -> Result<Box<dyn Client>, Error>,
}

/// What commands need of a platform's client.
pub(crate) trait Client: Send + Sync {
    /// A call of an operation.
    fn call(&self, op: &'static Op) -> RawCall;

    /// Uses name and password for all calls that follow.
    fn sign_in<'a>(&'a self, username: &'a str, password: &'a Secret) -> BoxFuture<'a, Result<(), Error>>;

    /// Fetches a token that outlives this process; it is proved to work.
    fn login<'a>(
        &'a self,
        url: &'a str,
        username: &'a str,
        password: &'a Secret,
    ) -> BoxFuture<'a, Result<Login, Error>>;

    /// Tells the server that the credential is not to be taken any longer.
    fn logout(&self) -> BoxFuture<'_, Result<(), Error>>;

    /// Who the credential speaks for: no secrets in it.
    fn whoami(&self) -> BoxFuture<'_, Result<Value, Error>>;
}

/// The platforms.
pub(crate) static PLATFORMS: &[Platform] = &[autotune::PLATFORM, loudml::PLATFORM];

/// Their names.
pub(crate) fn names() -> Vec<&'static str> {
    PLATFORMS.iter().map(|platform| platform.name).collect()
}

/// The platform of that name.
pub(crate) fn find(name: &str) -> Option<&'static Platform> {
    PLATFORMS.iter().find(|platform| platform.name == name)
}

impl Platform {
    /// The operation of that id.
    pub(crate) fn op(&self, id: &str) -> Option<&'static Op> {
        self.ops.iter().find(|op| op.id == id)
    }
}

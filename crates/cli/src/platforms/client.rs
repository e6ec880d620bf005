//! Client of a platform, as commands use it.

use futures::future::BoxFuture;
use mlhub::{Error, Op, RawCall, Secret, Token};
use serde_json::Value;

/// Reply of a server, when it is there.
pub(super) type Reply<'a, T> = BoxFuture<'a, Result<T, Error>>;

/// Client of a platform.
pub(crate) trait PlatformClient: Send + Sync {
    /// A call of an operation.
    fn call(&self, op: &'static Op) -> RawCall;

    /// Uses name and password for all calls that follow.
    fn sign_in<'a>(&'a self, username: &'a str, password: &'a Secret) -> Reply<'a, ()>;

    /// Fetches a token that outlives this process.
    fn fetch_token<'a>(&'a self, username: &'a str, password: &'a Secret) -> Reply<'a, Token>;

    /// Tells the server that the credential is not to be taken any longer.
    fn logout(&self) -> Reply<'_, ()>;

    /// Who the credential speaks for: no secrets in it.
    fn whoami(&self) -> Reply<'_, Value>;
}

//! Credentials: where they come from and how they are replaced.

mod api_key;
mod bearer;
mod credential;
mod slot;
mod token;

use futures::future::BoxFuture;

pub use api_key::ApiKey;
pub use bearer::Bearer;
pub(crate) use credential::Place;
pub use credential::{Basic, Credential};
pub use slot::AuthSlot;
pub use token::{REFRESH_AHEAD, Token, TokenSource};

use crate::clock::Clock;
use crate::error::Error;

/// Gives out the credential of each attempt.
///
/// [`Bearer`], [`Basic`] and [`ApiKey`] come with the crate. One that logs
/// in with a client of its own takes a clone that has no credential, else the
/// client and its credential keep each other alive.
///
/// ```
/// use std::path::PathBuf;
///
/// use futures::future::BoxFuture;
/// use mlhub::clock::Clock;
/// use mlhub::pipeline::{Authenticate, Credential};
/// use mlhub::{Error, ErrorKind};
///
/// /// A token that somebody else keeps fresh in a file.
/// #[derive(Debug)]
/// struct FromFile(PathBuf);
///
/// impl Authenticate for FromFile {
///     fn credential<'a>(
///         &'a self,
///         _: &'a dyn Clock,
///         _: Option<&'a Credential>,
///     ) -> BoxFuture<'a, Result<Credential, Error>> {
///         Box::pin(async {
///             let token = std::fs::read_to_string(&self.0).map_err(|cause| {
///                 Error::new(ErrorKind::Unauthenticated, "the token's file cannot be read").with_source(cause)
///             })?;
///             Credential::bearer(&token.trim().into())
///         })
///     }
///
///     fn renews(&self) -> bool {
///         true
///     }
/// }
/// ```
pub trait Authenticate: std::fmt::Debug + Send + Sync {
    /// The credential for the next attempt. `refused` is the one that the
    /// server has just answered with 401, if any.
    fn credential<'a>(
        &'a self,
        clock: &'a dyn Clock,
        refused: Option<&'a Credential>,
    ) -> BoxFuture<'a, Result<Credential, Error>>;

    /// Whether a refused credential can be replaced, so that the call is worth
    /// one repetition.
    fn renews(&self) -> bool {
        false
    }

    /// Whether the user and the password in a server's address go before this
    /// credential. Default: no; [`Basic`], which is of the same kind, yields.
    fn yields(&self) -> bool {
        false
    }
}

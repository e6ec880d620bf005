//! API key: a fixed key that is sent along with each request.

use std::sync::Arc;

use futures::future::BoxFuture;
use http::HeaderName;

use super::credential::CredentialPlace;
use super::{Authenticate, Credential};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;

/// An API key that is sent along with each request, in a header, query or body. It
/// prints nowhere, whatever its name.
///
/// ```
/// use mlhub::pipeline::{ApiKey, Pipeline};
/// # fn main() -> Result<(), mlhub::Error> {
/// let pipeline = mlhub::Builder::new("https://hub.example.org", |pipeline: Pipeline| pipeline)
///     .authenticate(ApiKey::header("x-api-key", "secret")?)
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ApiKey(Credential);

impl ApiKey {
    /// In the header of that name. Fails for what fits no header.
    pub fn header(name: &str, key: impl Into<Secret>) -> Result<Self, Error> {
        let name = HeaderName::try_from(name)
            .map_err(|_| Error::new(ErrorKind::Config, format!("{name:?} is not the name of a header")))?;
        Credential::at_place(key.into(), CredentialPlace::Header(name)).map(ApiKey)
    }

    /// In the query, under that name. Servers and proxies write queries into
    /// their logs: a header is the better place where there is a choice.
    pub fn query(name: &str, key: impl Into<Secret>) -> Result<Self, Error> {
        Credential::at_place(key.into(), CredentialPlace::Query(Arc::from(name))).map(ApiKey)
    }

    /// In the JSON body, under that name, for platforms that take their tokens
    /// there. Where parameters are sent as a query it is one of them.
    pub fn field(name: &str, key: impl Into<Secret>) -> Result<Self, Error> {
        Credential::at_place(key.into(), CredentialPlace::Field(Arc::from(name))).map(ApiKey)
    }

    /// In the header `authorization` after a word of its own, such as `ApiKey`.
    pub fn scheme(scheme: &str, key: impl Into<Secret>) -> Result<Self, Error> {
        Credential::scheme(scheme, key.into()).map(ApiKey)
    }
}

impl Authenticate for ApiKey {
    fn credential<'a>(
        &'a self,
        _: &'a dyn Clock,
        _: Option<&'a Credential>,
    ) -> BoxFuture<'a, Result<Credential, Error>> {
        Box::pin(async { Ok(self.0.clone()) })
    }
}

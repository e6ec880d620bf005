//! What a request proves itself with.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::future::BoxFuture;
use http::{HeaderName, HeaderValue};

use super::Authenticate;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;

/// Where a credential travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the header `authorization`.
    Authorization,
    /// In a header of its own.
    Header(HeaderName),
    /// In the query, under that name.
    Query(Arc<str>),
    /// In the JSON body, under that name; in the query where that carries what belongs there.
    Field(Arc<str>),
}

/// A credential, ready to be put into a header or a JSON body.
#[derive(Clone)]
pub struct Credential {
    /// Shared, because each attempt takes a clone.
    secret: Arc<Secret>,
    header: HeaderValue,
    place: Place,
    pub(super) generation: u64,
}

impl Credential {
    /// `authorization: Bearer TOKEN`, or `TOKEN` alone in a JSON body.
    pub fn bearer(token: &Secret) -> Result<Self, Error> {
        Self::new(token.clone(), format!("Bearer {}", token.expose()))
    }

    /// `authorization: Basic ..` of a user and a password.
    pub fn basic(user: &str, password: &Secret) -> Result<Self, Error> {
        if user.contains(':') {
            let detail = "a user name with a colon cannot travel in a basic credential";
            return Err(Error::new(ErrorKind::Config, detail));
        }
        let pair = Secret::new(format!("{user}:{}", password.expose()));
        let encoded = Secret::new(STANDARD.encode(pair.expose()));
        let header = format!("Basic {}", encoded.expose());
        Self::new(encoded, header)
    }

    /// A key in a header of its own, in the query or in the body.
    pub(super) fn placed(key: Secret, place: Place) -> Result<Self, Error> {
        let header = match place {
            // Its characters do not matter there.
            Place::Query(_) | Place::Field(_) => String::new(),
            _ => key.expose().to_owned(),
        };
        Ok(Credential { place, ..Self::new(key, header)? })
    }

    /// A credential under a scheme of its own in the `authorization` header.
    pub(super) fn scheme(scheme: &str, key: Secret) -> Result<Self, Error> {
        let header = format!("{scheme} {}", key.expose());
        Self::new(key, header)
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    fn new(secret: Secret, header: String) -> Result<Self, Error> {
        let mut header = HeaderValue::try_from(header).map_err(|_| {
            let detail = "the credential has characters that headers cannot carry: is it cut or on two lines?";
            Error::new(ErrorKind::Config, detail)
        })?;
        header.set_sensitive(true);
        Ok(Credential { secret: Arc::new(secret), header, place: Place::Authorization, generation: 0 })
    }

    /// The value of the header that carries it, marked as sensitive.
    pub fn header(&self) -> &HeaderValue {
        &self.header
    }

    /// The part of the header that is secret: the token, or the encoded pair.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(***)")
    }
}

/// User and password with each request.
#[derive(Clone, Debug)]
pub struct Basic(Credential);

impl Basic {
    /// Fails for a user name with a colon.
    pub fn new(user: &str, password: impl Into<Secret>) -> Result<Self, Error> {
        Credential::basic(user, &password.into()).map(Basic)
    }
}

impl Authenticate for Basic {
    fn credential<'a>(
        &'a self,
        _: &'a dyn Clock,
        _: Option<&'a Credential>,
    ) -> BoxFuture<'a, Result<Credential, Error>> {
        Box::pin(async { Ok(self.0.clone()) })
    }

    fn yields(&self) -> bool {
        true
    }
}

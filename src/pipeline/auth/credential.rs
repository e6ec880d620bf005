//! Credential of a request: what it is, where it travels, and the seam that gives one out for each attempt.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::future::BoxFuture;
use http::{HeaderName, HeaderValue};

use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;

/// The place of a credential in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CredentialPlace {
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
    place: CredentialPlace,
    pub(super) generation: u64,
}

impl Credential {
    /// `authorization: Bearer TOKEN`, or `TOKEN` alone in a JSON body.
    pub fn bearer(token: &Secret) -> Result<Self, Error> {
        let token = bare(token);
        let header = format!("Bearer {}", token.expose());
        Self::new(token, header)
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
    pub(super) fn at_place(key: Secret, place: CredentialPlace) -> Result<Self, Error> {
        let header = match place {
            // Its characters do not matter there.
            CredentialPlace::Query(_) | CredentialPlace::Field(_) => String::new(),
            _ => key.expose().to_owned(),
        };
        Ok(Credential { place, ..Self::new(key, header)? })
    }

    /// A credential under a scheme of its own in the `authorization` header.
    pub(super) fn scheme(scheme: &str, key: Secret) -> Result<Self, Error> {
        let header = format!("{scheme} {}", key.expose());
        Self::new(key, header)
    }

    pub(crate) fn place(&self) -> &CredentialPlace {
        &self.place
    }

    fn new(secret: Secret, header: String) -> Result<Self, Error> {
        let mut header = HeaderValue::try_from(header).map_err(|_| {
            let detail = "the credential has characters that headers cannot carry: is it cut or on two lines?";
            Error::new(ErrorKind::Config, detail)
        })?;
        header.set_sensitive(true);
        Ok(Credential { secret: Arc::new(secret), header, place: CredentialPlace::Authorization, generation: 0 })
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

/// A token as it is, where it was copied with the word before it or with what surrounds it.
pub(super) fn bare(token: &Secret) -> Secret {
    let text = token.expose().trim();
    match text.split_at_checked(7) {
        Some((word, rest)) if word.eq_ignore_ascii_case("bearer ") => Secret::new(rest.trim()),
        _ if text.len() == token.expose().len() => token.clone(),
        _ => Secret::new(text),
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(***)")
    }
}

/// Authentication: gives out the credential of each attempt.
///
/// [`Bearer`](super::Bearer), [`Basic`] and [`ApiKey`](super::ApiKey) come with the crate. One that logs
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
pub trait Authenticate: fmt::Debug + Send + Sync {
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

/// The slot for the credential of a client and all its clones: a login through one of them logs in all.
#[derive(Clone, Debug, Default)]
pub struct AuthSlot(Arc<RwLock<Option<Arc<dyn Authenticate>>>>);

impl AuthSlot {
    /// Uses that credential from the next attempt on.
    pub fn set(&self, auth: Arc<dyn Authenticate>) {
        // A poisoned lock holds a whole value: writing it is one assignment.
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(auth);
    }

    /// Sends no credential from the next attempt on.
    pub fn clear(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// What is in use now.
    pub fn get(&self) -> Option<Arc<dyn Authenticate>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// HTTP Basic authentication: user and password with each request.
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

//! Loud ML client: one server, or several that serve the same.

use std::sync::Arc;

use futures::FutureExt as _;
use mlhub::loudml::{Client as LoudMl, ops};
use mlhub::pipeline::Basic;
use mlhub::{Error, ErrorKind, Op, Platform as _, RawCall, Secret, Token};
use serde_json::Value;

use super::client::{PlatformClient, Reply};
use crate::platform::{CREDENTIALS, Platform};
use crate::profile::access::{Access, Credential};
use crate::profile::connection::connecting;

/// Platform. The port is the server's usual one.
pub(crate) static PLATFORM: Platform =
    Platform { name: "loudml", url: "http://127.0.0.1:8077", settings: CREDENTIALS, ops: ops::OPS };

/// Client with that address and credential.
pub(super) fn client(access: &Access) -> Result<Box<dyn PlatformClient>, Error> {
    Ok(Box::new(connect(access)?))
}

/// A client of the servers in that address, which may name several with commas between them.
pub(crate) fn connect(access: &Access) -> Result<LoudMl, Error> {
    let mut urls = access.url.split(',').map(str::trim).filter(|url| !url.is_empty());
    let first = connecting(access, LoudMl::builder(urls.next().unwrap_or(&access.url)))?;
    let builder = urls.fold(first, |builder, url| builder.node(url));
    match &access.credential {
        Credential::None | Credential::Stored(_) | Credential::Service { .. } => builder,
        Credential::Token { token, .. } => builder.token(token.clone()),
        Credential::Password { username, password } => builder.basic(username, password.clone()),
    }
    .build()
}

/// The server knows no accounts; what stands before it may ask for a name and a password with each call.
fn no_accounts() -> Error {
    let detail = "Loud ML knows no accounts: give a name and a password with each call, or in the address";
    Error::new(ErrorKind::Request, detail)
}

impl PlatformClient for LoudMl {
    fn call(&self, op: &'static Op) -> RawCall {
        LoudMl::call(self, op)
    }

    fn sign_in<'a>(&'a self, username: &'a str, password: &'a Secret) -> Reply<'a, ()> {
        async move {
            self.pipeline().auth().set(Arc::new(Basic::new(username, password.clone())?));
            Ok(())
        }
        .boxed()
    }

    fn fetch_token<'a>(&'a self, _: &'a str, _: &'a Secret) -> Reply<'a, Token> {
        async { Err(no_accounts()) }.boxed()
    }

    fn logout(&self) -> Reply<'_, ()> {
        async { Ok(()) }.boxed()
    }

    fn whoami(&self) -> Reply<'_, Value> {
        async { Err(no_accounts()) }.boxed()
    }
}

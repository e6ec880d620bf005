//! Loud ML: one server, or several that serve the same.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use mlhub::loudml::{Client as LoudMl, ops};
use mlhub::pipeline::Basic;
use mlhub::{Error, ErrorKind, Op, Platform as _, RawCall, Secret};
use serde_json::Value;

use super::{Client, Platform};
use crate::profile::{Access, Credential, Login, who};

/// The row of the table. The port is the server's usual one.
pub(crate) const PLATFORM: Platform =
    Platform { name: "loudml", url: "http://127.0.0.1:8077", settings: &who(), ops: ops::OPS, client };

fn client(access: &Access) -> Result<Box<dyn Client>, Error> {
    Ok(Box::new(connect(access)?))
}

/// A client of the servers in that address, which may name several with commas between them.
pub(crate) fn connect(access: &Access) -> Result<LoudMl, Error> {
    let mut urls = access.url.split(',').map(str::trim).filter(|url| !url.is_empty());
    let first = LoudMl::builder(urls.next().unwrap_or(&access.url));
    let builder = urls.fold(first, |builder, url| builder.node(url));
    match &access.credential {
        Credential::None | Credential::Kept(_) | Credential::Service { .. } => builder,
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

impl Client for LoudMl {
    fn call(&self, op: &'static Op) -> RawCall {
        LoudMl::call(self, op)
    }

    fn sign_in<'a>(&'a self, username: &'a str, password: &'a Secret) -> BoxFuture<'a, Result<(), Error>> {
        async move {
            self.pipeline().auth().set(Arc::new(Basic::new(username, password.clone())?));
            Ok(())
        }
        .boxed()
    }

    fn login<'a>(&'a self, _: &'a str, _: &'a str, _: &'a Secret) -> BoxFuture<'a, Result<Login, Error>> {
        async { Err(no_accounts()) }.boxed()
    }

    fn logout(&self) -> BoxFuture<'_, Result<(), Error>> {
        async { Ok(()) }.boxed()
    }

    fn whoami(&self) -> BoxFuture<'_, Result<Value, Error>> {
        async { Err(no_accounts()) }.boxed()
    }
}

//! AutoTune: mlhub's own hub, or the original.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use mlhub::autotune::{Client as AutoTune, ops};
use mlhub::pipeline::Bearer;
use mlhub::{Error, Op, RawCall, Secret};
use serde_json::{Value, json};

use super::{Client, Platform};
use crate::profile::{Access, Credential, Login, renewing, who};

/// The row of the table. The port is the one that the original documents.
pub(crate) const PLATFORM: Platform =
    Platform { name: "autotune", url: "http://127.0.0.1:8008", settings: &who(), ops: ops::OPS, client };

fn client(access: &Access) -> Result<Box<dyn Client>, Error> {
    Ok(Box::new(build(access)?))
}

/// A client that is signed in, as far as there is a credential.
pub(crate) async fn connect(access: &Access) -> Result<AutoTune, Error> {
    let client = build(access)?;
    if let Credential::Password { username, password } = &access.credential {
        client.login(username, password.clone()).await?;
    }
    Ok(client)
}

fn build(access: &Access) -> Result<AutoTune, Error> {
    let mut builder = AutoTune::builder(&access.url);
    match &access.credential {
        Credential::None | Credential::Password { .. } | Credential::Service { .. } => {}
        Credential::Token { token, .. } => builder = builder.token(token.clone()),
        Credential::Kept(login) => builder = builder.authenticate(kept(access, login)?),
    }
    builder.build()
}

/// The login in the profile, which is renewed there.
fn kept(access: &Access, login: &Login) -> Result<Bearer, Error> {
    let client = AutoTune::builder(&access.url).build()?;
    renewing(access, login, move |refresh| {
        let client = client.clone();
        async move { client.refresh(&refresh).await }
    })
}

impl Client for AutoTune {
    fn call(&self, op: &'static Op) -> RawCall {
        AutoTune::call(self, op)
    }

    fn sign_in<'a>(&'a self, username: &'a str, password: &'a Secret) -> BoxFuture<'a, Result<(), Error>> {
        AutoTune::login(self, username, password.clone()).boxed()
    }

    fn login<'a>(
        &'a self,
        url: &'a str,
        username: &'a str,
        password: &'a Secret,
    ) -> BoxFuture<'a, Result<Login, Error>> {
        async move {
            let token = AutoTune::sign_in(self, username, password).await?;
            AutoTune::builder(url).token(token.value().clone()).build()?.whoami().await?;
            Ok(Login::of(url.to_owned(), username.to_owned(), &token))
        }
        .boxed()
    }

    fn logout(&self) -> BoxFuture<'_, Result<(), Error>> {
        AutoTune::logout(self).boxed()
    }

    fn whoami(&self) -> BoxFuture<'_, Result<Value, Error>> {
        async move {
            let me = AutoTune::whoami(self).await?;
            // The reply carries a fresh token beside these two.
            Ok(json!({"username": me.username, "uuid": me.uuid}))
        }
        .boxed()
    }
}

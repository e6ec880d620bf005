//! vantage6, version 5: a hub and its identity provider.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use mlhub::pipeline::Bearer;
use mlhub::vantage6::{Client as Vantage6, Keycloak, ops};
use mlhub::{Error, Op, RawCall, Secret};
use serde_json::{Value, json};

use super::{Client, Platform};
use crate::profile::{Access, Credential, Login, renewed, token_of, variable};

/// The row of the table. The address is the one of a hub that runs on this machine for a trial.
pub(crate) const PLATFORM: Platform =
    Platform { name: "vantage6", url: "http://localhost:30761/hq", ops: ops::OPS, client };

fn client(access: &Access) -> Result<Box<dyn Client>, Error> {
    Ok(Box::new(build(access)?))
}

fn build(access: &Access) -> Result<Vantage6, Error> {
    let mut builder = Vantage6::builder(&access.url);
    if let Some(keycloak) = keycloak() {
        builder = builder.keycloak(keycloak);
    }
    match &access.credential {
        Credential::None | Credential::Password { .. } => {}
        Credential::Token { token, .. } => builder = builder.token(token.clone()),
        Credential::Kept(login) => builder = builder.authenticate(kept(access, login)?),
    }
    builder.build()
}

/// Where logins are made, as the environment says.
fn keycloak() -> Option<Keycloak> {
    let said = |what| variable(PLATFORM.name, what);
    let mut keycloak = Keycloak::new(said("AUTH_URL")?);
    if let Some(realm) = said("REALM") {
        keycloak = keycloak.realm(realm);
    }
    if let Some(client) = said("CLIENT") {
        keycloak = keycloak.client(client);
    }
    Some(keycloak)
}

/// The login in the profile, which is renewed there.
fn kept(access: &Access, login: &Login) -> Result<Bearer, Error> {
    let mut builder = Vantage6::builder(&access.url);
    if let Some(keycloak) = keycloak() {
        builder = builder.keycloak(keycloak);
    }
    let (client, profile) = (builder.build()?, access.profile.clone());
    let next = move |last| {
        let (client, profile) = (client.clone(), profile.clone());
        async move {
            let fetch = |refresh: Secret| async move { client.refresh(&refresh).await };
            renewed(&profile, PLATFORM.name, last, fetch).await
        }
    };
    Bearer::from_source(next).starting_with(token_of(login))
}

impl Client for Vantage6 {
    fn call(&self, op: &'static Op) -> RawCall {
        Vantage6::call(self, op)
    }

    fn sign_in<'a>(&'a self, username: &'a str, password: &'a Secret) -> BoxFuture<'a, Result<(), Error>> {
        Vantage6::login(self, mlhub::vantage6::Login::password(username, password.clone())).boxed()
    }

    fn login<'a>(
        &'a self,
        url: &'a str,
        username: &'a str,
        password: &'a Secret,
    ) -> BoxFuture<'a, Result<Login, Error>> {
        async move {
            let way = mlhub::vantage6::Login::password(username, password.clone());
            let token = Vantage6::sign_in(self, way).await?;
            Vantage6::builder(url).token(token.value().clone()).build()?.identity().await?;
            Ok(Login::of(url.to_owned(), username.to_owned(), &token))
        }
        .boxed()
    }

    fn logout(&self) -> BoxFuture<'_, Result<(), Error>> {
        // The token lives until it ends; HQ has no way to end it.
        Vantage6::logout(self);
        async { Ok(()) }.boxed()
    }

    fn whoami(&self) -> BoxFuture<'_, Result<Value, Error>> {
        async move {
            let me = self.identity().await?;
            let name = me.organization.as_ref().map(|organization| organization.name.as_str());
            let organization = json!({"id": me.organization_id, "name": name});
            Ok(json!({"username": me.user.username, "id": me.user.id, "organization": organization}))
        }
        .boxed()
    }
}

//! vantage6, version 5: a hub and its identity provider.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use mlhub::pipeline::Bearer;
use mlhub::vantage6::{Client as Vantage6, Keycloak, ops};
use mlhub::{Builder, Error, Op, RawCall, Secret};
use serde_json::{Value, json};

use super::{Client, Platform};
use crate::profile::{Access, Credential, Login, Setting, renewing};

/// The row of the table. The address is the one of a hub that runs on this machine for a trial.
pub(crate) const PLATFORM: Platform =
    Platform { name: "vantage6", url: "http://localhost:30761/hq", settings: SETTINGS, ops: ops::OPS, client };

const AUTH_URL: Setting = Setting::new("AUTH_URL").key("auth_url");
const REALM: Setting = Setting::new("REALM").key("keycloak_realm").usual("vantage6");
const CLIENT: Setting = Setting::new("CLIENT").key("keycloak_client").usual("public_client");
/// The organization's private key: a path, or the PEM text itself.
pub(crate) const PRIVATE_KEY: Setting = Setting::new("PRIVATE_KEY").key("organization_key");
const SETTINGS: &[Setting] = &[
    AUTH_URL,
    REALM,
    CLIENT,
    PRIVATE_KEY,
    Setting::secret("TOKEN"),
    Setting::new("USERNAME"),
    Setting::secret("PASSWORD"),
    Setting::secret("CLIENT_SECRET"),
];

fn client(access: &Access) -> Result<Box<dyn Client>, Error> {
    Ok(Box::new(build(access)?))
}

/// A client that is signed in, as far as there is a credential.
pub(crate) async fn connect(access: &Access) -> Result<Vantage6, Error> {
    let client = build(access)?;
    if let Credential::Password { username, password } = &access.credential {
        client.login(mlhub::vantage6::Login::password(username, password.clone())).await?;
    }
    Ok(client)
}

/// A client that has what the command line, the environment and the profile say.
pub(crate) fn build(access: &Access) -> Result<Vantage6, Error> {
    let builder = outset(access);
    match &access.credential {
        Credential::None | Credential::Password { .. } => builder,
        Credential::Token { token, .. } => builder.token(token.clone()),
        Credential::Kept(login) => builder.authenticate(kept(access, login)?),
        Credential::Service { account, secret } => builder.authenticate(service(access, account, secret)?),
    }
    .build()
}

/// The same without a credential: what fetches tokens has none.
fn stranger(access: &Access) -> Result<Vantage6, Error> {
    outset(access).build()
}

fn outset(access: &Access) -> Builder<Vantage6> {
    let builder = Vantage6::builder(&access.url);
    match keycloak(access) {
        Some(keycloak) => builder.keycloak(keycloak),
        None => builder,
    }
}

/// Where logins are made, as the environment says, or the profile.
fn keycloak(access: &Access) -> Option<Keycloak> {
    let mut keycloak = Keycloak::new(access.setting(&AUTH_URL)?);
    if let Some(realm) = access.setting(&REALM) {
        keycloak = keycloak.realm(realm);
    }
    if let Some(client) = access.setting(&CLIENT) {
        keycloak = keycloak.client(client);
    }
    Some(keycloak)
}

/// A service account, which logs in when a token is needed.
fn service(access: &Access, account: &str, secret: &Secret) -> Result<Bearer, Error> {
    let (client, account, secret) = (stranger(access)?, account.to_owned(), secret.clone());
    let next = move |_| {
        let (client, account, secret) = (client.clone(), account.clone(), secret.clone());
        async move { client.sign_in(mlhub::vantage6::Login::service_account(account, secret)).await }
    };
    Ok(Bearer::from_source(next))
}

/// The login in the profile, which is renewed there.
fn kept(access: &Access, login: &Login) -> Result<Bearer, Error> {
    let client = stranger(access)?;
    renewing(access, login, move |refresh| {
        let client = client.clone();
        async move { client.refresh(&refresh).await }
    })
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

/// What is kept of a token: it is proved to work, and tells whose it is.
pub(crate) async fn kept_login(access: &Access, token: &mlhub::Token) -> Result<Login, Error> {
    let client = Vantage6::builder(&access.url).token(token.value().clone()).build()?;
    let username = client.identity().await?.user.username.clone();
    Ok(Login::of(access.url.clone(), username, token))
}

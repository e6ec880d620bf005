//! vantage6 client, version 5: a hub and its identity provider.

use futures::FutureExt as _;
use mlhub::pipeline::Bearer;
use mlhub::vantage6::{Client as Vantage6, Keycloak, Login, ops};
use mlhub::{Builder, Error, Op, RawCall, Secret, Token};
use serde_json::{Value, json};

use super::client::{PlatformClient, Reply};
use crate::platform::{Platform, Setting};
use crate::profile::access::{Access, Credential};
use crate::profile::connection::connecting;
use crate::profile::credentials_file::StoredLogin;
use crate::profile::renewal::renewing;

/// Platform. The address is the one of a hub that runs on this machine for a trial.
pub(crate) static PLATFORM: Platform =
    Platform { name: "vantage6", url: "http://localhost:30761/hq", settings: SETTINGS, ops: ops::OPS };

/// Where logins are made.
pub(crate) const AUTH_URL: Setting = Setting::new("AUTH_URL").with_key("auth_url");
const REALM: Setting = Setting::new("REALM").with_key("keycloak_realm").with_default("vantage6");
const CLIENT: Setting = Setting::new("CLIENT").with_key("keycloak_client").with_default("public_client");
/// The organization's private key: a path, or the PEM text itself.
pub(crate) const PRIVATE_KEY: Setting = Setting::new("PRIVATE_KEY").with_key("organization_key");
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

/// Client with that address and credential.
pub(super) fn client(access: &Access) -> Result<Box<dyn PlatformClient>, Error> {
    Ok(Box::new(build(access)?))
}

/// A client that is signed in, as far as there is a credential.
pub(crate) async fn connect(access: &Access) -> Result<Vantage6, Error> {
    let client = build(access)?;
    if let Credential::Password { username, password } = &access.credential {
        client.login(Login::password(username, password.clone())).await?;
    }
    Ok(client)
}

/// A client that has what the command line, the environment and the profile say.
pub(crate) fn build(access: &Access) -> Result<Vantage6, Error> {
    let builder = builder(access, keycloak(|setting| access.setting(setting)))?;
    match &access.credential {
        Credential::None | Credential::Password { .. } => builder,
        Credential::Token { token, .. } => builder.token(token.clone()),
        Credential::Stored(login) => builder.authenticate(renewed(access, login)?),
        Credential::Service { account, secret } => builder.authenticate(service(access, account, secret)?),
    }
    .build()
}

fn builder(access: &Access, keycloak: Option<Keycloak>) -> Result<Builder<Vantage6>, Error> {
    let builder = connecting(access, Vantage6::builder(&access.url))?;
    Ok(match keycloak {
        Some(keycloak) => builder.keycloak(keycloak),
        None => builder,
    })
}

/// Where logins are made, as settings say it.
fn keycloak(said: impl Fn(&Setting) -> Option<String>) -> Option<Keycloak> {
    let mut keycloak = Keycloak::new(said(&AUTH_URL)?);
    if let Some(realm) = said(&REALM) {
        keycloak = keycloak.realm(realm);
    }
    if let Some(client) = said(&CLIENT) {
        keycloak = keycloak.client(client);
    }
    Some(keycloak)
}

/// A service account, which logs in when a token is needed.
fn service(access: &Access, account: &str, secret: &Secret) -> Result<Bearer, Error> {
    let (client, account, secret) = (build(&access.anonymous())?, account.to_owned(), secret.clone());
    let next = move |_| {
        let (client, account, secret) = (client.clone(), account.clone(), secret.clone());
        async move { client.sign_in(Login::service_account(account, secret)).await }
    };
    Ok(Bearer::from_source(next))
}

/// The login in the profile, which is renewed there, and where it was made: a refresh token is good for nothing elsewhere.
fn renewed(access: &Access, login: &StoredLogin) -> Result<Bearer, Error> {
    let own = |setting: &Setting| login.settings.get(setting.key?).cloned();
    let keycloak = keycloak(own).or_else(|| keycloak(|setting| access.setting(setting)));
    let client = builder(access, keycloak)?.build()?;
    renewing(access, login, move |refresh| {
        let client = client.clone();
        async move { client.refresh(&refresh).await }
    })
}

impl PlatformClient for Vantage6 {
    fn call(&self, op: &'static Op) -> RawCall {
        Vantage6::call(self, op)
    }

    fn sign_in<'a>(&'a self, username: &'a str, password: &'a Secret) -> Reply<'a, ()> {
        Vantage6::login(self, Login::password(username, password.clone())).boxed()
    }

    fn fetch_token<'a>(&'a self, username: &'a str, password: &'a Secret) -> Reply<'a, Token> {
        Vantage6::sign_in(self, Login::password(username, password.clone())).boxed()
    }

    fn logout(&self) -> Reply<'_, ()> {
        // The token lives until it ends; HQ has no way to end it.
        Vantage6::logout(self);
        async { Ok(()) }.boxed()
    }

    fn whoami(&self) -> Reply<'_, Value> {
        async move {
            let me = self.identity().await?;
            let name = me.organization.as_ref().map(|organization| organization.name.as_str());
            let organization = json!({"id": me.organization_id, "name": name});
            Ok(json!({"username": me.user.username, "id": me.user.id, "organization": organization}))
        }
        .boxed()
    }
}

/// Login to be stored, of a token that is proved to work, and tells whose it is; with all that its renewal needs.
pub(crate) async fn stored_login(access: &Access, token: &Token) -> Result<StoredLogin, Error> {
    let client = connecting(access, Vantage6::builder(&access.url))?.token(token.value().clone()).build()?;
    let username = client.identity().await?.user.username.clone();
    let settings = [&AUTH_URL, &REALM, &CLIENT].into_iter().filter_map(|setting| {
        let said = access.setting(setting).or_else(|| setting.default.map(str::to_owned));
        Some((setting.key?.to_owned(), said?))
    });
    Ok(StoredLogin::of(access.url.clone(), username, token).with_settings(settings.collect()))
}

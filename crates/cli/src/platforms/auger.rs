//! Auger client: the Hub, and its optimizers service.

use futures::FutureExt as _;
use mlhub::auger::{Client as Auger, ops};
use mlhub::{Error, Op, RawCall, Secret, Token};
use serde_json::{Value, json};

use super::client::{PlatformClient, Reply};
use crate::platform::{Platform, Setting, variable};
use crate::profile::access::{Access, Credential};
use crate::profile::connection::connecting;

/// Platform. The address is the public one.
pub(crate) static PLATFORM: Platform =
    Platform { name: "auger", url: "https://app.auger.ai", settings: SETTINGS, ops: ops::OPS };

/// Of several tokens one is sent; `login` fetches that of a person.
const SETTINGS: &[Setting] = &[
    Setting::secret("PROJECT_TOKEN"),
    Setting::secret("CLUSTER_TOKEN"),
    Setting::secret("TOKEN"),
    Setting::new("USERNAME"),
    Setting::secret("PASSWORD"),
    Setting::new("OPTIMIZERS_URL"),
];

/// Client with that address and credential.
pub(super) fn client(access: &Access) -> Result<Box<dyn PlatformClient>, Error> {
    let name = PLATFORM.name;
    let mut builder = connecting(access, Auger::builder(&access.url))?;
    if let Some(url) = variable(name, "OPTIMIZERS_URL") {
        builder = builder.optimizers_url(url);
    }
    let given = matches!(access.credential, Credential::Token { source: "--token", .. });
    match &access.credential {
        Credential::Token { token, .. } => builder = builder.token(token.clone()),
        Credential::Stored(login) => builder = builder.token(login.token.clone()),
        Credential::None | Credential::Password { .. } | Credential::Service { .. } => {}
    }
    // What is said with the command goes before what is in the environment.
    if !given {
        if let Some(token) = variable(name, "PROJECT_TOKEN") {
            builder = builder.project_token(token);
        }
        if let Some(token) = variable(name, "CLUSTER_TOKEN") {
            builder = builder.cluster_token(token);
        }
    }
    Ok(Box::new(builder.build()?))
}

impl PlatformClient for Auger {
    fn call(&self, op: &'static Op) -> RawCall {
        Auger::call(self, op)
    }

    fn sign_in<'a>(&'a self, username: &'a str, password: &'a Secret) -> Reply<'a, ()> {
        Auger::login(self, username, password.clone()).boxed()
    }

    fn fetch_token<'a>(&'a self, username: &'a str, password: &'a Secret) -> Reply<'a, Token> {
        async move {
            let reply = Auger::create_token(self, username, password.clone()).await?;
            Ok(Token::new(reply.token.unwrap_or_default()))
        }
        .boxed()
    }

    fn logout(&self) -> Reply<'_, ()> {
        async move {
            Auger::logout(self);
            Ok(())
        }
        .boxed()
    }

    fn whoami(&self) -> Reply<'_, Value> {
        // The Hub has no call that says who somebody is: what one may see says it.
        async move { Ok(json!({"organization": organizations(self).await?})) }.boxed()
    }
}

/// The names of the organizations that the credential belongs to.
async fn organizations(client: &Auger) -> Result<Vec<String>, Error> {
    let reply = client.organization().list().send().await?;
    Ok(reply.data.into_iter().filter_map(|organization| organization.name).collect())
}

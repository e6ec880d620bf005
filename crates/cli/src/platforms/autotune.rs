//! AutoTune client: mlhub's own hub, or the original.

use futures::FutureExt as _;
use mlhub::autotune::{Client as AutoTune, Params, ops, types};
use mlhub::pipeline::Bearer;
use mlhub::{Error, Op, RawCall, Secret, Token};
use serde_json::{Value, json};

use super::client::{PlatformClient, Reply};
use crate::platform::{CREDENTIALS, Platform};
use crate::profile::access::{Access, Credential};
use crate::profile::connection::connecting;
use crate::profile::credentials_file::StoredLogin;
use crate::profile::renewal::renewing;

/// Platform. The port is the one that the original documents.
pub(crate) static PLATFORM: Platform =
    Platform { name: "autotune", url: "http://127.0.0.1:8008", settings: CREDENTIALS, ops: ops::OPS };

/// The reason of a failure that nobody has told.
const LOST: &str = "its workers were lost, one after another";

/// Why a trial failed.
pub(crate) fn failure_reason(trial: types::Trial) -> String {
    trial.reason.unwrap_or_else(|| LOST.to_owned())
}

/// Generated values as plain JSON.
pub(crate) fn params_of(values: &impl serde::Serialize) -> Params {
    match serde_json::to_value(values) {
        Ok(Value::Object(params)) => params,
        _ => Params::new(),
    }
}

/// Client with that address and credential.
pub(super) fn client(access: &Access) -> Result<Box<dyn PlatformClient>, Error> {
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
    let mut builder = connecting(access, AutoTune::builder(&access.url))?;
    match &access.credential {
        Credential::None | Credential::Password { .. } | Credential::Service { .. } => {}
        Credential::Token { token, .. } => builder = builder.token(token.clone()),
        Credential::Stored(login) => builder = builder.authenticate(renewed(access, login)?),
    }
    builder.build()
}

/// The login in the profile, which is renewed there.
fn renewed(access: &Access, login: &StoredLogin) -> Result<Bearer, Error> {
    let client = connecting(access, AutoTune::builder(&access.url))?.build()?;
    renewing(access, login, move |refresh| {
        let client = client.clone();
        async move { client.refresh(&refresh).await }
    })
}

impl PlatformClient for AutoTune {
    fn call(&self, op: &'static Op) -> RawCall {
        AutoTune::call(self, op)
    }

    fn sign_in<'a>(&'a self, username: &'a str, password: &'a Secret) -> Reply<'a, ()> {
        AutoTune::login(self, username, password.clone()).boxed()
    }

    fn fetch_token<'a>(&'a self, username: &'a str, password: &'a Secret) -> Reply<'a, Token> {
        AutoTune::sign_in(self, username, password).boxed()
    }

    fn logout(&self) -> Reply<'_, ()> {
        AutoTune::logout(self).boxed()
    }

    fn whoami(&self) -> Reply<'_, Value> {
        async move {
            let me = AutoTune::whoami(self).await?;
            // The reply carries a fresh token beside these two.
            Ok(json!({"username": me.username, "uuid": me.uuid}))
        }
        .boxed()
    }
}

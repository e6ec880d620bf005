//! Identity provider client: tokens by each grant, at addresses that it tells itself.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::types::{self, Grant, GrantKnown, Refusal, RefusalKnown};
use super::{Client, Keycloak, ops};
use crate::Token;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::lenient::Lenient;
use crate::pipeline::Pipeline;
use crate::platform::Platform;
use crate::secret::Secret;

/// How the provider says that there is no token: as a failure with JSON in it.
const REFUSALS: [u16; 2] = [400, 401];

/// What is asked for beside the token itself.
const SCOPE: &str = "openid";

/// An identity provider.
#[derive(Clone)]
pub(in crate::vantage6) struct IdentityProvider {
    api: Client,
    settings: Keycloak,
    /// Where tokens are given, as the provider has said.
    tokens: String,
    /// Where logins at another device begin.
    devices: Option<String>,
}

/// Refusal of a token: why the provider gave none.
pub(in crate::vantage6) struct TokenRefusal {
    pub(in crate::vantage6) reason: Option<RefusalKnown>,
    pub(in crate::vantage6) error: Error,
}

impl IdentityProvider {
    /// Asks the provider for its addresses. Only their paths count: they are
    /// looked for on the server that was named, and a secret goes to no other.
    pub(in crate::vantage6) async fn discover(pipeline: &Pipeline, settings: Keycloak) -> Result<Self, Error> {
        let api = Client::over(pipeline.elsewhere(&settings.url)?);
        let found = api.login().discover(settings.realm.as_str()).send().await.map_err(|error| {
            let detail =
                format!("{}; is that where the hub's logins are, and the realm {:?}?", error.detail(), settings.realm);
            error.with_detail(detail)
        })?;
        Ok(IdentityProvider {
            api,
            settings,
            tokens: found.token_endpoint,
            devices: found.device_authorization_endpoint,
        })
    }

    /// A token for the next one's sake.
    pub(in crate::vantage6) fn by_refresh(&self, token: &Secret) -> types::builder::TokenForm {
        self.form(GrantKnown::RefreshToken).refresh_token(token.clone())
    }

    /// A token for a name and a password.
    pub(in crate::vantage6) fn by_password(&self, name: &str, password: &Secret) -> types::builder::TokenForm {
        self.form(GrantKnown::Password).username(name.to_owned()).password(password.clone()).scope(SCOPE.to_owned())
    }

    /// A token for a client of its own.
    pub(in crate::vantage6) fn by_client(&self, client: &str, secret: &Secret) -> types::builder::TokenForm {
        self.form(GrantKnown::ClientCredentials).client_id(client.to_owned()).client_secret(secret.clone())
    }

    /// A token for a login at another device.
    pub(in crate::vantage6) fn by_device(&self, code: &Secret) -> types::builder::TokenForm {
        self.form(GrantKnown::UrnIetfParamsOauthGrantTypeDeviceCode).device_code(code.clone())
    }

    fn form(&self, grant: GrantKnown) -> types::builder::TokenForm {
        types::TokenForm::builder().grant_type(Grant::Known(grant)).client_id(self.settings.client.clone())
    }

    pub(in crate::vantage6) fn clock(&self) -> &Arc<dyn Clock> {
        self.api.pipeline().clock()
    }

    /// Begins a login at another device.
    pub(in crate::vantage6) async fn begin(&self) -> Result<types::Device, Error> {
        let Some(devices) = &self.devices else {
            let detail = format!("the realm {:?} offers no login at another device", self.settings.realm);
            return Err(Error::new(ErrorKind::Config, detail));
        };
        let form = types::DeviceForm::builder().client_id(self.settings.client.clone()).scope(SCOPE.to_owned());
        let api = self.api.with(|options| options.follow(devices));
        api.login().device(self.settings.realm.as_str()).body(form).send().await
    }

    /// Asks for a token. `again` says that asking twice does no harm.
    pub(in crate::vantage6) async fn token(
        &self,
        form: types::builder::TokenForm,
        again: bool,
    ) -> Result<Token, Error> {
        self.ask(form, again).await?.map_err(|refused| refused.error)
    }

    /// The same, with the provider's refusal apart from what went wrong on the way.
    pub(in crate::vantage6) async fn ask(
        &self,
        form: types::builder::TokenForm,
        again: bool,
    ) -> Result<Result<Token, TokenRefusal>, Error> {
        let api = self.api.with(|options| {
            let options = options.accept_status(REFUSALS).follow(&self.tokens);
            if again { options.idempotent() } else { options }
        });
        let reply = api.login().token(self.settings.realm.as_str()).body(form).send().await?;
        let Some(token) = reply.access_token else { return Ok(Err(refused(reply.error, reply.error_description))) };
        let token = Token::new(token);
        // A number that leads nowhere is as good as none.
        let lives = reply.expires_in.as_ref().and_then(seconds);
        let end = lives.and_then(|lives| self.clock().wall().checked_add(lives));
        let token = match (token.expires(), end) {
            (None, Some(end)) => token.with_expiry(end),
            _ => token,
        };
        Ok(Ok(match reply.refresh_token {
            Some(refresh) => token.with_refresh(refresh),
            None => token,
        }))
    }
}

/// A time in seconds as providers write it: a number or a text, whole or not.
pub(in crate::vantage6) fn seconds(told: &Value) -> Option<Duration> {
    let Lenient(seconds): Lenient<f64> = Deserialize::deserialize(told).ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn refused(reason: Option<Refusal>, words: Option<String>) -> TokenRefusal {
    let op = ops::find("login_token");
    let named = reason.as_ref().and_then(crate::__private::word).unwrap_or_else(|| "no token and no reason".to_owned());
    let error = Error::new(ErrorKind::Unauthenticated, format!("the identity provider refused: {named}"))
        .with_message(words.filter(|words| !words.is_empty()))
        .with_call((op.platform, op.id), op.method.clone(), op.path);
    let reason = match reason {
        Some(Refusal::Known(known)) => Some(known),
        _ => None,
    };
    TokenRefusal { reason, error }
}

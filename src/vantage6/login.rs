//! Login methods: a person at another device, a service account, or a password where the realm allows it.

use std::fmt;
use std::time::Duration;

use super::keycloak::types::{self, RefusalKnown};
use super::keycloak::{IdentityProvider, seconds};
use crate::Token;
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;

/// A service account's client at the identity provider is its name and this.
const SERVICE_CLIENT: &str = "-user-client";
/// Poll interval of a login at another device,
/// where the provider does not say (RFC 8628, 3.2).
const INTERVAL: Duration = Duration::from_secs(5);
/// No code is confirmed after a day, whatever the provider says.
const LONGEST_PROMPT: Duration = Duration::from_secs(24 * 3600);
/// What an answer that asks to slow down adds to it (RFC 8628, 3.5).
const SLOW_DOWN: Duration = Duration::from_secs(5);

/// Login: how to prove who a client speaks for.
#[must_use]
pub struct Login(LoginMethod);

enum LoginMethod {
    Device(Box<dyn FnOnce(DevicePrompt) + Send>),
    Client { id: String, secret: Secret },
    Password { name: String, password: Secret },
    Saved(Token),
}

/// Prompt of a login at another device: go to that page and confirm the code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DevicePrompt {
    /// The page, with the code filled in where the provider offers that.
    pub url: String,
    /// The page without the code.
    pub plain_url: String,
    /// The code to type in or to compare.
    pub code: String,
    /// How long there is to do so.
    pub expires_in: Duration,
}

impl Login {
    /// By a person, in a browser on any device. `prompt` is called once and has
    /// to show what it is given: nothing is printed and no browser is opened.
    pub fn device(prompt: impl FnOnce(DevicePrompt) + Send + 'static) -> Self {
        Login(LoginMethod::Device(Box::new(prompt)))
    }

    /// As a service account, with the secret that its creation has given.
    pub fn service_account(username: impl AsRef<str>, secret: impl Into<Secret>) -> Self {
        Login::service_client(format!("{}{SERVICE_CLIENT}", username.as_ref()), secret)
    }

    /// As a service account whose client at the identity provider has a name of
    /// its own.
    pub fn service_client(client: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Login(LoginMethod::Client { id: client.into(), secret: secret.into() })
    }

    /// With a password, where the realm allows it for its client.
    pub fn password(username: impl Into<String>, password: impl Into<Secret>) -> Self {
        Login(LoginMethod::Password { name: username.into(), password: password.into() })
    }

    /// With a token that was kept from an earlier login; it is renewed by the
    /// refresh token that came with it.
    pub fn token(token: Token) -> Self {
        Login(LoginMethod::Saved(token))
    }
}

/// Reauthentication: what a token can be asked for with a second time, without anybody's help.
#[derive(Clone)]
pub(super) enum Reauthentication {
    Client { id: String, secret: Secret },
    Password { name: String, password: Secret },
    Nobody,
}

impl Reauthentication {
    fn form(&self, provider: &IdentityProvider) -> Option<types::builder::TokenForm> {
        match self {
            Reauthentication::Client { id, secret } => Some(provider.by_client(id, secret)),
            Reauthentication::Password { name, password } => Some(provider.by_password(name, password)),
            Reauthentication::Nobody => None,
        }
    }
}

/// The first token of a login, and how to get another without anybody.
pub(super) async fn first_token(provider: &IdentityProvider, login: Login) -> Result<(Token, Reauthentication), Error> {
    let again = match login.0 {
        LoginMethod::Device(prompt) => return Ok((at_device(provider, prompt).await?, Reauthentication::Nobody)),
        LoginMethod::Saved(token) => return Ok((token, Reauthentication::Nobody)),
        LoginMethod::Client { id, secret } => Reauthentication::Client { id, secret },
        LoginMethod::Password { name, password } => Reauthentication::Password { name, password },
    };
    let token = next_token(provider, again.clone(), None).await?;
    Ok((token, again))
}

/// The next token: by the refresh token of the last, else by what was kept of the login.
pub(super) async fn next_token(
    provider: &IdentityProvider,
    again: Reauthentication,
    last: Option<Token>,
) -> Result<Token, Error> {
    let form = again.form(provider);
    if let Some(refresh) = last.as_ref().and_then(Token::refresh) {
        match provider.token(provider.by_refresh(refresh), false).await {
            // A refresh token may serve once only. Where its answer was lost, or
            // the session has ended, secret and password still serve.
            Err(_) if form.is_some() => {}
            ended => return ended,
        }
    }
    match form {
        Some(form) => provider.token(form, true).await,
        None => Err(Error::new(ErrorKind::Unauthenticated, "the login has ended; log in again")),
    }
}

async fn at_device(provider: &IdentityProvider, prompt: Box<dyn FnOnce(DevicePrompt) + Send>) -> Result<Token, Error> {
    let begun = provider.begin().await?;
    let expires_in = seconds(&begun.expires_in).map_or(LONGEST_PROMPT, |time| time.min(LONGEST_PROMPT));
    let mut pause = begun.interval.as_ref().and_then(seconds).unwrap_or(INTERVAL);
    let clock = provider.clock();
    let end = clock.now().saturating_add(expires_in);
    prompt(DevicePrompt {
        url: begun.verification_uri_complete.unwrap_or_else(|| begun.verification_uri.clone()),
        plain_url: begun.verification_uri,
        code: begun.user_code,
        expires_in,
    });
    loop {
        clock.sleep(pause.min(end.saturating_sub(clock.now()))).await;
        match provider.ask(provider.by_device(&begun.device_code), false).await {
            Ok(Ok(token)) => return Ok(token),
            Ok(Err(refused)) => match refused.reason {
                Some(RefusalKnown::AuthorizationPending) => {}
                Some(RefusalKnown::SlowDown) => pause = pause.saturating_add(SLOW_DOWN),
                Some(RefusalKnown::ExpiredToken) => return Err(expired(expires_in)),
                _ => return Err(refused.error),
            },
            // A person may well have confirmed meanwhile.
            Err(error) if error.is_retryable() => {}
            Err(error) => return Err(error),
        }
        if clock.now() >= end {
            return Err(expired(expires_in));
        }
    }
}

fn expired(within: Duration) -> Error {
    Error::new(ErrorKind::Timeout, format!("nobody has confirmed the login within {} s", within.as_secs()))
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            LoginMethod::Device(_) => "Login(device)",
            LoginMethod::Client { .. } => "Login(service account)",
            LoginMethod::Password { .. } => "Login(password)",
            LoginMethod::Saved(_) => "Login(token)",
        })
    }
}

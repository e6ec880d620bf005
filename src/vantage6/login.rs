//! Signing in: with a person at another device, as a service account, or with a
//! password where the realm allows it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Client;
use super::keycloak::types::{self, RefusalKnown};
use super::keycloak::{Keycloak, Provider};
use crate::error::{Error, ErrorKind};
use crate::pipeline::Bearer;
use crate::platform::Platform;
use crate::secret::Secret;
use crate::{Builder, Token};

/// A service account's client at the identity provider is its name and this.
const SERVICE_CLIENT: &str = "-user-client";
/// How long to leave between two questions after a login at another device,
/// where the provider does not say (RFC 8628, 3.2).
const INTERVAL: u64 = 5;
/// What an answer that asks for more patience adds to it (RFC 8628, 3.5).
const MORE_PATIENCE: Duration = Duration::from_secs(5);

/// How to log in.
#[must_use]
pub struct Login(Way);

enum Way {
    Device(Box<dyn FnOnce(DevicePrompt) + Send>),
    Client { id: String, secret: Secret },
    Password { name: String, password: Secret },
    Saved(Token),
}

/// What a person is to be told: go to that page and confirm the code.
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
        Login(Way::Device(Box::new(prompt)))
    }

    /// As a service account, with the secret that its creation has given.
    pub fn service_account(username: impl AsRef<str>, secret: impl Into<Secret>) -> Self {
        Login::service_client(format!("{}{SERVICE_CLIENT}", username.as_ref()), secret)
    }

    /// As a service account whose client at the identity provider has a name of
    /// its own.
    pub fn service_client(client: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Login(Way::Client { id: client.into(), secret: secret.into() })
    }

    /// With a password, where the realm allows it for its client.
    pub fn password(username: impl Into<String>, password: impl Into<Secret>) -> Self {
        Login(Way::Password { name: username.into(), password: password.into() })
    }

    /// With a token that was kept from an earlier login; it is renewed by the
    /// refresh token that came with it.
    pub fn token(token: Token) -> Self {
        Login(Way::Saved(token))
    }
}

impl Builder<Client> {
    /// Where the hub's logins are made; needed to [`login`](Client::login).
    pub fn keycloak(self, keycloak: Keycloak) -> Self {
        self.memory(super::memory::Memory::with(keycloak))
    }
}

impl Client {
    /// Logs in and stays logged in: all clones use the token, and a new one is
    /// fetched before it ends, by one call for all. Then who that is is loaded;
    /// see [`identity`](Self::identity).
    ///
    /// Dropping the future ends a login that waits for a person.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unauthenticated`] where the provider or HQ refuses;
    /// [`ErrorKind::Timeout`] where nobody has confirmed the code in time;
    /// [`ErrorKind::Config`] without [`keycloak`](Builder::keycloak), and for a
    /// hub of another version.
    pub async fn login(&self, login: Login) -> Result<(), Error> {
        self.check_version().await?;
        let provider = self.provider().await?;
        let (first, again) = first(&provider, login).await?;
        let next = move |last: Option<Token>| {
            let (provider, again) = (provider.clone(), again.clone());
            async move { next(&provider, again, last).await }
        };
        self.pipeline().auth().set(Arc::new(Bearer::from_source(next).starting_with(first)?));
        self.forget_identity();
        let known = self.identity().await;
        if known.is_err() {
            // Whole or not at all: nobody goes on as somebody unknown.
            self.pipeline().auth().clear();
        }
        known.map(drop)
    }

    /// A token for you to keep, such as for another process; this client goes on
    /// with the credential that it has.
    ///
    /// # Errors
    ///
    /// As of [`login`](Self::login).
    pub async fn sign_in(&self, login: Login) -> Result<Token, Error> {
        self.check_version().await?;
        Ok(first(&self.provider().await?, login).await?.0)
    }

    /// The next token for the refresh token of the last. The provider gives a
    /// new refresh token with it, and may take the old one no longer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unauthenticated`] where it has ended: log in again.
    pub async fn refresh(&self, refresh: &Secret) -> Result<Token, Error> {
        let provider = self.provider().await?;
        provider.token(provider.by_refresh(refresh), false).await
    }

    /// Forgets the token and who it spoke for, for all clones. The token itself
    /// lives until it ends.
    pub fn logout(&self) {
        self.pipeline().auth().clear();
        self.forget_identity();
    }

    async fn provider(&self) -> Result<Provider, Error> {
        let Some(keycloak) = self.memory().keycloak.clone() else {
            let detail = "nothing says where the hub's logins are made; name it by `.keycloak(Keycloak::new(..))`";
            return Err(Error::new(ErrorKind::Config, detail));
        };
        Provider::discover(self.pipeline(), keycloak).await
    }
}

/// What a token can be asked for with a second time, without anybody's help.
#[derive(Clone)]
enum Again {
    Client { id: String, secret: Secret },
    Password { name: String, password: Secret },
    Nobody,
}

impl Again {
    fn form(&self, provider: &Provider) -> Option<types::builder::TokenForm> {
        match self {
            Again::Client { id, secret } => Some(provider.by_client(id, secret)),
            Again::Password { name, password } => Some(provider.by_password(name, password)),
            Again::Nobody => None,
        }
    }
}

async fn first(provider: &Provider, login: Login) -> Result<(Token, Again), Error> {
    let again = match login.0 {
        Way::Device(prompt) => return Ok((at_device(provider, prompt).await?, Again::Nobody)),
        Way::Saved(token) => return Ok((token, Again::Nobody)),
        Way::Client { id, secret } => Again::Client { id, secret },
        Way::Password { name, password } => Again::Password { name, password },
    };
    let token = next(provider, again.clone(), None).await?;
    Ok((token, again))
}

async fn next(provider: &Provider, again: Again, last: Option<Token>) -> Result<Token, Error> {
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

async fn at_device(provider: &Provider, prompt: Box<dyn FnOnce(DevicePrompt) + Send>) -> Result<Token, Error> {
    let begun = provider.begin().await?;
    let seconds = |count: i64| Duration::from_secs(u64::try_from(count).unwrap_or_default());
    let expires_in = seconds(begun.expires_in);
    let mut pause = begun.interval.map_or(Duration::from_secs(INTERVAL), seconds);
    let clock = provider.clock();
    let end = clock.now() + expires_in;
    prompt(DevicePrompt {
        url: begun.verification_uri_complete.unwrap_or_else(|| begun.verification_uri.clone()),
        plain_url: begun.verification_uri,
        code: begun.user_code,
        expires_in,
    });
    loop {
        clock.sleep(pause).await;
        match provider.ask(provider.by_device(&begun.device_code), false).await {
            Ok(Ok(token)) => return Ok(token),
            Ok(Err(refused)) => match refused.reason {
                Some(RefusalKnown::AuthorizationPending) => {}
                Some(RefusalKnown::SlowDown) => pause += MORE_PATIENCE,
                Some(RefusalKnown::ExpiredToken) => return Err(nobody_came(expires_in)),
                _ => return Err(refused.error),
            },
            // A person may well have confirmed meanwhile.
            Err(error) if error.is_retryable() => {}
            Err(error) => return Err(error),
        }
        if clock.now() >= end {
            return Err(nobody_came(expires_in));
        }
    }
}

fn nobody_came(within: Duration) -> Error {
    Error::new(ErrorKind::Timeout, format!("nobody has confirmed the login within {} s", within.as_secs()))
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Way::Device(_) => "Login(device)",
            Way::Client { .. } => "Login(service account)",
            Way::Password { .. } => "Login(password)",
            Way::Saved(_) => "Login(token)",
        })
    }
}

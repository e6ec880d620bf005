//! Login: a token now, another before it runs out, and an end to both; accounts.

use std::sync::Arc;

use super::protocol::Protocol;
use super::{Client, types};
use crate::Token;
use crate::error::{Error, ErrorKind};
use crate::pipeline::Bearer;
use crate::platform::Platform;
use crate::secret::Secret;

impl Client {
    /// Signs in and keeps signed in: all clones use the token, and a new one is
    /// fetched before it expires.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unauthenticated`] for a wrong name or password;
    /// [`ErrorKind::RateLimited`] after too many wrong ones.
    pub async fn login(&self, user: impl Into<String>, password: impl Into<Secret>) -> Result<(), Error> {
        // A client without credential: it neither waits for the token that it
        // fetches nor keeps this one alive.
        let client = Client::over(self.pipeline().without_auth());
        let (user, password) = (user.into(), password.into());
        let first = client.sign_in(&user, &password).await?;
        let next = move |last: Option<Token>| {
            let (client, user, password) = (client.clone(), user.clone(), password.clone());
            async move {
                // A refresh token serves once. Where its answer was lost, or it
                // was revoked, the password still serves.
                match last.as_ref().and_then(Token::refresh) {
                    Some(refresh) => match client.refresh(refresh).await {
                        Ok(token) => Ok(token),
                        Err(_) => client.sign_in(&user, &password).await,
                    },
                    None => client.sign_in(&user, &password).await,
                }
            }
        };
        self.pipeline().auth().set(Arc::new(Bearer::from_source(next).starting_with(first)?));
        Ok(())
    }

    /// A token for a password, for you to keep: this client goes on with the
    /// credential that it has.
    ///
    /// # Errors
    ///
    /// As of [`login`](Self::login).
    pub async fn sign_in(&self, user: &str, password: &Secret) -> Result<Token, Error> {
        let form = types::Credentials::builder().username(user).password(password.clone());
        Ok(token(self.auth().token().body(form).send().await?))
    }

    /// The next token for the refresh token of the last, which serves only once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unauthenticated`] where it was used before, has expired or
    /// was revoked: sign in again.
    pub async fn refresh(&self, refresh: &Secret) -> Result<Token, Error> {
        let body = types::Refresh::builder().refresh_token(refresh.clone());
        Ok(token(self.auth().refresh().body(body).send().await?))
    }

    /// Signs out, for all clones: the hub takes the token no longer, and the
    /// client forgets it and the password. The original cannot end a token; it
    /// is forgotten all the same.
    ///
    /// # Errors
    ///
    /// A hub that cannot be reached: the client is signed out, and the token
    /// lives until it expires.
    pub async fn logout(&self) -> Result<(), Error> {
        let ended = match self.pipeline().auth().get() {
            Some(_) if self.protocol().await.is_ok_and(|found| found == Protocol::V1) => {
                self.auth().logout().body(types::Logout::builder()).send().await.map(|_| ())
            }
            _ => Ok(()),
        };
        self.pipeline().auth().clear();
        match ended {
            // A token that has ended needs no end.
            Err(error) if matches!(error.kind(), ErrorKind::Unauthenticated | ErrorKind::Forbidden) => Ok(()),
            ended => ended,
        }
    }

    /// Makes an account on the hub.
    ///
    /// # Errors
    ///
    /// An address that is taken or malformed.
    pub async fn signup(&self, email: impl Into<String>, password: impl Into<Secret>) -> Result<types::User, Error> {
        let user = types::NewUser::builder().email(email.into()).password(password.into());
        self.user().signup().body(user).send().await
    }

    /// Who the token speaks for.
    ///
    /// The original's `/auth/me` fails on its own database, so this asks the
    /// other route, which works on both.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unauthenticated`] or [`ErrorKind::Forbidden`] without a
    /// valid token.
    pub async fn whoami(&self) -> Result<types::Renewed, Error> {
        self.auth().header_me().send().await
    }
}

fn token(reply: types::Token) -> Token {
    let token = Token::new(reply.access_token);
    match reply.refresh_token {
        Some(refresh) => token.with_refresh(refresh),
        None => token,
    }
}

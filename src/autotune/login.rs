//! Signing in: a token now, and another before it runs out.

use std::sync::Arc;

use super::{Client, types};
use crate::Token;
use crate::error::Error;
use crate::pipeline::Bearer;
use crate::platform::Platform;
use crate::secret::Secret;

impl Client {
    /// Signs in and keeps signed in: all clones use the token, and a new one is
    /// fetched with the same credentials before it expires.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unauthenticated`](crate::ErrorKind::Unauthenticated) for a wrong
    /// name or password.
    pub async fn login(&self, user: impl Into<String>, password: impl Into<Secret>) -> Result<(), Error> {
        // A client without credential: it neither waits for the token that it
        // fetches nor keeps this one alive.
        let client = Client::over(self.road().without_auth());
        let (user, password) = (user.into(), password.into());
        let fetch = move || token(client.clone(), user.clone(), password.clone());
        let first = fetch().await?;
        let bearer = Bearer::from_source(move |_last| fetch()).starting_with(first)?;
        self.road().auth().set(Arc::new(bearer));
        Ok(())
    }

    /// Forgets the token and the credentials, for all clones.
    pub fn logout(&self) {
        self.road().auth().clear();
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
    /// [`ErrorKind::Unauthenticated`](crate::ErrorKind::Unauthenticated) or
    /// [`Forbidden`](crate::ErrorKind::Forbidden) without a valid token.
    pub async fn whoami(&self) -> Result<types::Renewed, Error> {
        self.auth().header_me().send().await
    }
}

async fn token(client: Client, user: String, password: Secret) -> Result<Token, Error> {
    let form = types::Credentials::builder().username(user).password(password);
    let reply = client.auth().token().body(form).send().await?;
    Ok(Token::new(reply.access_token))
}

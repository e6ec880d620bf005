//! Login with an address and a password: a token that is sent from then on.

use std::sync::Arc;

use super::{Client, types};
use crate::error::{Error, ErrorKind};
use crate::pipeline::Bearer;
use crate::platform::Platform;
use crate::secret::Secret;

impl Client {
    /// A token for an address and its password, for you to keep: this client
    /// goes on with the credential that it has. No other token is sent along,
    /// and no error tells the password.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unauthenticated`] for a wrong address or password.
    pub async fn create_token(
        &self,
        email: impl Into<String>,
        password: impl Into<Secret>,
    ) -> Result<types::Token, Error> {
        let call = self.token().create().email(email.into()).password(password.into());
        Ok(call.send().await?.data)
    }

    /// Signs in, for all clones: the token is sent from the next call on, in
    /// place of whatever the client was built with.
    ///
    /// # Errors
    ///
    /// As of [`create_token`](Self::create_token), and for an address that has
    /// to be confirmed first.
    pub async fn login(&self, email: impl Into<String>, password: impl Into<Secret>) -> Result<(), Error> {
        let token = self.create_token(email, password).await?;
        let Some(value) = token.token.filter(|value| !value.is_empty()) else {
            let detail = match token.confirmation_required {
                Some(true) => "the address has to be confirmed first: open the letter that Auger has sent to it",
                _ => "the answer to the login has no token in it",
            };
            return Err(Error::new(ErrorKind::Unauthenticated, detail));
        };
        Platform::pipeline(self).auth().set(Arc::new(Bearer::fixed(value)?));
        Ok(())
    }

    /// Forgets the token, for all clones. The Hub has no way to end one: it
    /// lives until it expires.
    pub fn logout(&self) {
        Platform::pipeline(self).auth().clear();
    }
}

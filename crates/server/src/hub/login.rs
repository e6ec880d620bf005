//! A password is checked, and nothing tells whether it was the account or the password that was wrong.

use super::Hub;
use crate::http::fault::Fault;
use crate::secret::Secret;
use crate::store::User;

/// An account whose password was shown.
#[derive(Debug)]
pub(crate) struct Proof {
    pub(crate) user: User,
    /// The hash that the password was checked against.
    pub(crate) password_hash: Secret,
}

impl Hub {
    /// The account with this e-mail address, if this is its password.
    pub(crate) async fn check_password(&self, email: &str, password: Secret) -> Result<Proof, Fault> {
        let (user, stored) = self.store.user_by_email(email).await?.unzip();
        let fits = self.passwords.verify(password, stored.clone()).await.map_err(Fault::internal)?;
        match (user, stored) {
            (Some(user), Some(password_hash)) if fits && user.active => Ok(Proof { user, password_hash }),
            _ => Err(self.wrong_password()),
        }
    }

    /// The one answer to a wrong password and to an account that is unknown, inactive or changed meanwhile.
    pub(super) fn wrong_password(&self) -> Fault {
        self.metrics.logins_refused.inc();
        Fault::challenge("Incorrect username or password")
    }
}

//! A password is checked: not too often from one address, and so that nothing tells whether it was the account or the
//! password that was wrong.

use super::Hub;
use crate::auth::Address;
use crate::http::fault::Fault;
use crate::secret::Secret;
use crate::store::{Attempt, User};

/// An account whose password was shown.
#[derive(Debug)]
pub(crate) struct Proof {
    pub(crate) user: User,
    /// The hash that the password was checked against.
    pub(crate) password_hash: Secret,
}

impl Hub {
    /// The account with this e-mail address, if this is its password.
    ///
    /// The same is done for an account that there is not. One address has one password checked at a time: so the next is
    /// only counted once it is known whether this one was right, and nobody keeps all cores busy.
    pub(crate) async fn check_password(
        &self,
        address: &Address,
        email: &str,
        password: Secret,
    ) -> Result<Proof, Fault> {
        let _turn = self.logins.turn(address.clone()).await;
        let attempt = Attempt { account: self.account_key(email)?, address: address.to_string(), at: self.clock.now() };
        if let Some(until) = self.store.count_attempt(&attempt).await? {
            self.metrics.logins_refused.inc();
            return Err(Fault::throttled(attempt.at.duration_until(until)));
        }
        let (user, stored) = self.store.user_by_email(email).await?.unzip();
        let fits = self.passwords.verify(password, stored.clone()).await.map_err(Fault::internal)?;
        match (user, stored) {
            (Some(user), Some(password_hash)) if fits && user.active => {
                self.store.count_off(&attempt).await?;
                Ok(Proof { user, password_hash })
            }
            _ => Err(self.wrong_password()),
        }
    }

    /// Deletes an account with everything that belongs to it.
    pub(crate) async fn delete_account(&self, proof: &Proof) -> Result<(), Fault> {
        let key = self.account_key(&proof.user.email)?;
        let deleted = self.store.delete_user(proof.user.id, &proof.password_hash, &key).await?;
        if deleted { Ok(()) } else { Err(self.wrong_password()) }
    }

    /// What attempts at an account are counted under.
    fn account_key(&self, email: &str) -> Result<String, Fault> {
        self.tokens.keyed_hash(&format!("account {email}")).map_err(Fault::internal)
    }

    /// The one answer to a wrong password and to an account that is unknown, inactive or changed meanwhile.
    pub(super) fn wrong_password(&self) -> Fault {
        self.metrics.logins_refused.inc();
        Fault::challenge("Incorrect username or password")
    }
}

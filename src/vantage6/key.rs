//! The key of a client, and the one that its organization has on the server.

use super::crypto::{PrivateKey, PublicKey, Registered};
use super::{Client, types};
use crate::error::{Error, ErrorKind};

impl Client {
    /// Uses that key to open what is encrypted for this client's organization,
    /// for all clones. Other clients are not touched, and nothing is sent.
    pub fn set_private_key(&self, key: PrivateKey) {
        self.memory().key.set(Some(key));
    }

    /// The key that was set.
    pub fn private_key(&self) -> Option<PrivateKey> {
        self.memory().key.get()
    }

    /// How the public key that the organization has on the server stands to the
    /// private key that was set: where they differ, results cannot be opened.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] where no key was set.
    pub async fn check_key(&self) -> Result<Registered, Error> {
        let ours = self.own_public_key()?;
        let organization = self.organization().own().await?;
        Ok(ours.registered(organization.public_key.as_deref()))
    }

    /// Gives the organization the public key that belongs to the private key
    /// that was set. One that it has already is only replaced by
    /// [`replace_public_key`](Self::replace_public_key).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] where the organization has another key;
    /// [`ErrorKind::Forbidden`] for who may not change the organization.
    pub async fn register_public_key(&self) -> Result<types::Organization, Error> {
        match self.check_key().await? {
            Registered::Same => self.organization().own().await,
            Registered::Missing => self.replace_public_key().await,
            _ => {
                let detail = "the organization has another public key on the server; others hold results that only its \
                    holder can open, so it is not replaced by itself";
                Err(Error::new(ErrorKind::Conflict, detail))
            }
        }
    }

    /// Gives the organization the public key that belongs to the private key
    /// that was set, in place of the one that it has: what was encrypted for
    /// that one is lost to who holds only the new key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] for who may not change the organization.
    pub async fn replace_public_key(&self) -> Result<types::Organization, Error> {
        let ours = self.own_public_key()?;
        let organization = self.identity().await?.organization_id;
        let change = types::OrganizationChange::builder().public_key(ours.to_api());
        let changed = self.organization().update(organization).body(change).send().await?;
        self.forget_identity();
        Ok(changed)
    }

    fn own_public_key(&self) -> Result<PublicKey, Error> {
        let none = || Error::new(ErrorKind::Config, "this client has no private key; give it one by set_private_key");
        Ok(self.private_key().ok_or_else(none)?.public_key().clone())
    }
}

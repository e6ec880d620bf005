//! Accounts, as a database keeps them.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::{StoreError, User};
use crate::secret::Secret;

/// A new account.
#[derive(Debug)]
pub(crate) struct NewUser {
    pub(crate) uuid: Uuid,
    pub(crate) email: String,
    pub(crate) password_hash: Secret,
    pub(crate) at: Timestamp,
}

/// The part of a database that knows accounts.
#[async_trait]
pub(crate) trait Accounts: fmt::Debug + Send + Sync + 'static {
    /// Adds an account, unless its e-mail address is taken.
    async fn add_user(&self, user: NewUser) -> Result<Option<User>, StoreError>;
    /// The account with this e-mail address and its password hash.
    async fn user_by_email(&self, email: &str) -> Result<Option<(User, Secret)>, StoreError>;
    /// Deletes an account with its experiments, sessions and all else that belongs to it, and the failures counted under
    /// `throttled`, if it still has this password hash.
    async fn delete_user(&self, id: i64, password_hash: &Secret, throttled: &str) -> Result<bool, StoreError>;
}

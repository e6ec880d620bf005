//! Storage of accounts: users, their sessions, and their failed logins.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::error::StoreError;
use super::rows::User;
use crate::auth::TokenHash;
use crate::secret::Secret;

/// A new account.
#[derive(Debug)]
pub(crate) struct NewUser {
    pub(crate) uuid: Uuid,
    pub(crate) email: String,
    pub(crate) password_hash: Secret,
    pub(crate) at: Timestamp,
}

/// Storage of users.
#[async_trait]
pub(crate) trait AccountStore: fmt::Debug + Send + Sync + 'static {
    /// Adds an account, unless its e-mail address is taken.
    async fn add_user(&self, user: NewUser) -> Result<Option<User>, StoreError>;
    /// The account with this e-mail address and its password hash.
    async fn user_by_email(&self, email: &str) -> Result<Option<(User, Secret)>, StoreError>;
    /// Deletes an account with its experiments, sessions and all else that belongs to it, and the failures counted under
    /// `throttled`, if it still has this password hash.
    async fn delete_user(&self, id: i64, password_hash: &Secret, throttled: &str) -> Result<bool, StoreError>;
}

/// A session that has not ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Session {
    pub(crate) uuid: Uuid,
    /// When it ends, unless it is renewed before.
    pub(crate) expires_at: Timestamp,
}

/// A session that is to begin.
#[derive(Debug)]
pub(crate) struct NewSession<'a> {
    pub(crate) uuid: Uuid,
    /// The number of the account.
    pub(crate) user: i64,
    /// The hash that the password was checked against. If the account has another one by now, nothing begins.
    pub(crate) password_hash: &'a Secret,
    pub(crate) refresh: TokenHash,
    /// Of the cookie, where the session can be shown by one.
    pub(crate) cookie: Option<TokenHash>,
    pub(crate) at: Timestamp,
    /// The last moment of the refresh token and the cookie.
    pub(crate) secrets_until: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// A rotation: a refresh token that is to take the place of another.
#[derive(Debug)]
pub(crate) struct TokenRotation {
    pub(crate) shown: TokenHash,
    pub(crate) next: TokenHash,
    pub(crate) at: Timestamp,
    /// The last moment of the next one.
    pub(crate) secrets_until: Timestamp,
    /// How long the session goes on at least.
    pub(crate) expires_at: Timestamp,
}

/// The outcome of a rotation.
#[derive(Debug)]
pub(crate) enum RotationOutcome {
    /// The next token counts from now on.
    Rotated(User, Session),
    /// The token was used before, so somebody has it who should not: the session is ended.
    Reused,
    /// There is no such token, or it has expired.
    Unknown,
}

/// Storage of sessions.
#[async_trait]
pub(crate) trait SessionStore: fmt::Debug + Send + Sync + 'static {
    /// Begins a session, unless the account is gone, inactive, or has another password meanwhile. Clears away some of
    /// those that are over.
    async fn open_session(&self, session: NewSession<'_>) -> Result<Option<Session>, StoreError>;
    /// Puts the password hash of `session` in the place of `from`, ends all sessions of the account and begins this one;
    /// nothing of it where the account is gone, inactive, or has another password than `from`.
    async fn change_password(&self, from: &Secret, session: NewSession<'_>) -> Result<Option<Session>, StoreError>;
    /// The session of this account that goes on at `at`.
    async fn session(&self, uuid: Uuid, user: Uuid, at: Timestamp) -> Result<Option<(User, Session)>, StoreError>;
    /// The session that goes on at `at` and can be shown by this cookie.
    async fn session_by_cookie(&self, cookie: TokenHash, at: Timestamp) -> Result<Option<(User, Session)>, StoreError>;
    /// Puts one refresh token in the place of another.
    async fn rotate(&self, rotation: TokenRotation) -> Result<RotationOutcome, StoreError>;
    /// Ends a session, if there is one.
    async fn end_session(&self, uuid: Uuid, at: Timestamp) -> Result<(), StoreError>;
    /// Ends the session that can be, or could once be, shown by this token, if there is one.
    async fn end_session_shown_by(&self, token: TokenHash, at: Timestamp) -> Result<(), StoreError>;
}

/// An attempt to log in.
#[derive(Debug)]
pub(crate) struct LoginAttempt {
    /// A keyed hash of the name that was given, whether or not there is an account of that name.
    pub(crate) account: String,
    pub(crate) address: String,
    pub(crate) at: Timestamp,
}

/// The outcome of counting an account that is to be made.
#[derive(Debug)]
pub(crate) enum SignupCount {
    /// It is counted.
    Counted,
    /// Too many were made from there; until when.
    TooMany(Timestamp),
    /// Too many logins failed from there; until when.
    Guessing(Timestamp),
}

/// Storage of failed logins.
#[async_trait]
pub(crate) trait LoginThrottle: fmt::Debug + Send + Sync + 'static {
    /// Counts an attempt as a failure before anybody knows whether it is one, so that those made at the same moment are
    /// counted too. Where there were too many already, nothing is counted, and the answer says until when.
    async fn count_attempt(&self, attempt: &LoginAttempt) -> Result<Option<Timestamp>, StoreError>;
    /// Takes back the count of an attempt that was right, and forgets the failures of its account from there.
    async fn clear_attempt(&self, attempt: &LoginAttempt) -> Result<(), StoreError>;
    /// Counts an account that is to be made from an address, of which `allowed` may be within an hour. Where there were too
    /// many, or too many logins failed from there, nothing is counted.
    async fn count_signup(&self, address: &str, allowed: u32, at: Timestamp) -> Result<SignupCount, StoreError>;
}

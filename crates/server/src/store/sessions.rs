//! Sessions, as a database keeps them.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::{StoreError, User};
use crate::auth::Digest;
use crate::secret::Secret;

/// A session that goes on.
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
    pub(crate) refresh: Digest,
    /// Of the cookie, where the session can be shown by one.
    pub(crate) cookie: Option<Digest>,
    pub(crate) at: Timestamp,
    /// The last moment of the refresh token and the cookie.
    pub(crate) secrets_until: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// A refresh token that is to take the place of another.
#[derive(Debug)]
pub(crate) struct Rotation {
    pub(crate) shown: Digest,
    pub(crate) next: Digest,
    pub(crate) at: Timestamp,
    /// The last moment of the next one.
    pub(crate) secrets_until: Timestamp,
    /// How long the session goes on at least.
    pub(crate) expires_at: Timestamp,
}

/// What became of a rotation.
#[derive(Debug)]
pub(crate) enum Rotated {
    /// The next token counts from now on.
    Done(User, Session),
    /// The token was used before, so somebody has it who should not: the session is ended.
    Reused,
    /// There is no such token, or it has expired.
    Unknown,
}

/// The part of a database that knows sessions.
#[async_trait]
pub(crate) trait Sessions: fmt::Debug + Send + Sync + 'static {
    /// Begins a session, unless the account is gone, inactive, or has another password meanwhile. Clears away some of
    /// those that are over.
    async fn open_session(&self, session: NewSession<'_>) -> Result<Option<Session>, StoreError>;
    /// Puts the password hash of `session` in the place of `from`, ends all sessions of the account and begins this one;
    /// nothing of it where the account is gone, inactive, or has another password than `from`.
    async fn change_password(&self, from: &Secret, session: NewSession<'_>) -> Result<Option<Session>, StoreError>;
    /// The session of this account that goes on at `at`.
    async fn session(&self, uuid: Uuid, user: Uuid, at: Timestamp) -> Result<Option<(User, Session)>, StoreError>;
    /// The session that goes on at `at` and can be shown by this cookie.
    async fn session_by_cookie(&self, cookie: Digest, at: Timestamp) -> Result<Option<(User, Session)>, StoreError>;
    /// Puts one refresh token in the place of another.
    async fn rotate(&self, rotation: Rotation) -> Result<Rotated, StoreError>;
    /// Ends a session, if there is one.
    async fn end_session(&self, uuid: Uuid, at: Timestamp) -> Result<(), StoreError>;
    /// Ends the session that can be, or could once be, shown by this token, if there is one.
    async fn end_session_shown_by(&self, token: Digest, at: Timestamp) -> Result<(), StoreError>;
}

//! Hub errors: why an operation of the hub was refused or failed, whatever protocol it was asked over.

use std::fmt::Display;

use jiff::SignedDuration;

use crate::store::StoreError;

/// An error of the hub. Texts are for the caller; the cause of an error of ours is for the log.
#[derive(Debug)]
pub(crate) enum HubError {
    /// It belongs to somebody else.
    Forbidden(String),
    /// There is none, or none of the caller's.
    NotFound(String),
    /// It does not go with what there is.
    Conflict(String),
    /// Every point of the space was tried or is pending.
    SpaceExhausted,
    /// A password or a token does not show who is calling.
    NotAuthenticated(&'static str),
    /// Too many logins failed; the next is checked after this time.
    Throttled(SignedDuration),
    /// Too many accounts were made; the next may be after this time.
    SignupsThrottled(SignedDuration),
    /// A new password is guessed too easily: the field that it came in, and why.
    WeakPassword(&'static str, String),
    /// Others were faster so often that no point was left to give.
    Contention,
    /// The store could not do it.
    Store(StoreError),
    /// A failure of ours, with its cause.
    Internal(String),
}

impl HubError {
    pub(crate) fn internal(cause: impl Display) -> Self {
        Self::Internal(cause.to_string())
    }
}

impl From<StoreError> for HubError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

//! Client state: what a client and its clones share, such as the identity that they speak for.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use super::crypto::PrivateKey;
use super::keycloak::Keycloak;
use super::types;

/// State of a client, one for each: two clients in a program share nothing.
#[derive(Default)]
pub(super) struct ClientState {
    pub(super) keycloak: Option<Keycloak>,
    pub(super) version: OnceLock<String>,
    pub(super) identity: SharedValue<Arc<Identity>>,
    pub(super) key: SharedValue<PrivateKey>,
    pub(super) store: OnceLock<bool>,
}

/// Identity: who a client speaks for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Identity {
    /// The account.
    pub user: types::User,
    /// The id of its organization.
    pub organization_id: i64,
    /// Its organization, with the public key that others encrypt for; nothing
    /// where the account may not look at it.
    pub organization: Option<types::Organization>,
}

/// A value that may be replaced.
#[derive(Debug)]
pub(super) struct SharedValue<T>(RwLock<Option<T>>);

impl ClientState {
    pub(super) fn with(keycloak: Keycloak) -> Self {
        ClientState { keycloak: Some(keycloak), ..ClientState::default() }
    }
}

impl<T: Clone> SharedValue<T> {
    pub(super) fn get(&self) -> Option<T> {
        // A poisoned lock holds a whole value: writing it is one assignment.
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set(&self, value: Option<T>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = value;
    }
}

impl<T> Default for SharedValue<T> {
    fn default() -> Self {
        SharedValue(RwLock::new(None))
    }
}

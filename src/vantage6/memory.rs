//! What a client and its clones keep in mind.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use super::Client;
use super::crypto::PrivateKey;
use super::identity::Identity;
use super::keycloak::Keycloak;
use crate::platform::Platform;

/// One for each client: two clients in a program share nothing.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) keycloak: Option<Keycloak>,
    pub(super) version: OnceLock<String>,
    pub(super) identity: Slot<Arc<Identity>>,
    pub(super) key: Slot<PrivateKey>,
    pub(super) store: OnceLock<bool>,
}

/// A value that may be replaced.
#[derive(Debug)]
pub(super) struct Slot<T>(RwLock<Option<T>>);

impl Memory {
    pub(super) fn with(keycloak: Keycloak) -> Self {
        Memory { keycloak: Some(keycloak), ..Memory::default() }
    }
}

impl<T: Clone> Slot<T> {
    pub(super) fn get(&self) -> Option<T> {
        // A poisoned lock holds a whole value: writing it is one assignment.
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set(&self, value: Option<T>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = value;
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Slot(RwLock::new(None))
    }
}

impl Client {
    pub(super) fn memory(&self) -> Arc<Memory> {
        self.pipeline().memory::<Memory>()
    }
}

//! The place of the credential, which may be filled after the client is built.

use std::sync::{Arc, PoisonError, RwLock};

use super::Authenticate;

/// Holds the credential of a client and all its clones: a login through one of
/// them logs in all.
#[derive(Clone, Debug, Default)]
pub struct AuthSlot(Arc<RwLock<Option<Arc<dyn Authenticate>>>>);

impl AuthSlot {
    /// Uses that credential from the next attempt on.
    pub fn set(&self, auth: Arc<dyn Authenticate>) {
        // A poisoned lock holds a whole value: writing it is one assignment.
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(auth);
    }

    /// Sends no credential from the next attempt on.
    pub fn clear(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// What is in use now.
    pub fn get(&self) -> Option<Arc<dyn Authenticate>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

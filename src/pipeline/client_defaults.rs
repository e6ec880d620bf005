//! Client defaults: parameter values of a client, for calls that name none.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

/// Client defaults by the names that documents have for them.
#[derive(Default)]
pub(crate) struct ClientDefaults(RwLock<BTreeMap<&'static str, String>>);

impl ClientDefaults {
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        // A poisoned lock holds whole values: each is written by one insertion.
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    pub(crate) fn set(&self, name: &'static str, value: Option<String>) {
        let mut values = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match value {
            Some(value) => values.insert(name, value),
            None => values.remove(name),
        };
    }
}

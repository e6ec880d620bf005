//! Keyed mutex: one lock for each key, so that asks of one experiment each see the point of the one before, and logins
//! from one address are checked one by one.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;

type Lock = tokio::sync::Mutex<()>;

/// A mutex for each key that somebody holds or waits for. It saves work and is not needed to be right: the store takes
/// into account what other replicas do meanwhile.
#[derive(Debug)]
pub(crate) struct KeyedMutex<K> {
    locks: Mutex<HashMap<K, Weak<Lock>>>,
}

impl<K> Default for KeyedMutex<K> {
    fn default() -> Self {
        Self { locks: Mutex::default() }
    }
}

impl<K: Eq + Hash> KeyedMutex<K> {
    /// Waits until nobody else holds the lock of `key`. It ends when the guard is dropped.
    pub(crate) async fn lock(&self, key: K) -> OwnedMutexGuard<()> {
        self.of(key).lock_owned().await
    }

    /// The lock of `key`, where nobody else holds it at the moment.
    pub(crate) fn try_lock(&self, key: K) -> Option<OwnedMutexGuard<()>> {
        self.of(key).try_lock_owned().ok()
    }

    fn of(&self, key: K) -> Arc<Lock> {
        // Whoever panicked here left the map as it was before or after one insertion, and both will do.
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = locks.get(&key).and_then(Weak::upgrade) {
            return lock;
        }
        locks.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::new(Lock::new(()));
        locks.insert(key, Arc::downgrade(&lock));
        lock
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn one_key_has_one_lock_and_leaves_nothing_behind() {
        let (mutex, experiment, other) = (KeyedMutex::default(), Uuid::new_v4(), Uuid::new_v4());
        let guard = mutex.lock(experiment).await;
        assert!(mutex.try_lock(experiment).is_none());
        assert!(mutex.try_lock(other).is_some());
        drop(guard);
        assert!(mutex.try_lock(experiment).is_some());
        drop(mutex.lock(Uuid::new_v4()).await);
        assert_eq!(mutex.locks.lock().unwrap().len(), 1);
    }
}

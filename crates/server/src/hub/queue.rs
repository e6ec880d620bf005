//! Requests about the same thing take turns: asks of one experiment, so that each sees the point of the one before, and
//! logins from one address.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;

type Turn = tokio::sync::Mutex<()>;

/// The turns of everything that somebody is at. It saves work and is not needed to be right: the store takes into account
/// what other replicas do meanwhile.
#[derive(Debug)]
pub(crate) struct Queue<K> {
    turns: Mutex<HashMap<K, Weak<Turn>>>,
}

impl<K> Default for Queue<K> {
    fn default() -> Self {
        Self { turns: Mutex::default() }
    }
}

impl<K: Eq + Hash> Queue<K> {
    /// Waits until nobody else is at it. The turn ends when the guard is dropped.
    pub(crate) async fn turn(&self, key: K) -> OwnedMutexGuard<()> {
        self.of(key).lock_owned().await
    }

    /// The turn, where nobody else is at it at the moment.
    pub(crate) fn free_turn(&self, key: K) -> Option<OwnedMutexGuard<()>> {
        self.of(key).try_lock_owned().ok()
    }

    fn of(&self, key: K) -> Arc<Turn> {
        // Whoever panicked here left the map as it was before or after one insertion, and both will do.
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(&key).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(Turn::new(()));
        turns.insert(key, Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn one_experiment_has_one_turn_and_leaves_nothing_behind() {
        let (queue, experiment, other) = (Queue::default(), Uuid::new_v4(), Uuid::new_v4());
        let guard = queue.turn(experiment).await;
        assert!(queue.free_turn(experiment).is_none());
        assert!(queue.free_turn(other).is_some());
        drop(guard);
        assert!(queue.free_turn(experiment).is_some());
        drop(queue.turn(Uuid::new_v4()).await);
        assert_eq!(queue.turns.lock().unwrap().len(), 1);
    }
}

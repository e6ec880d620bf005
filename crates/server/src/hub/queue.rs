//! Asks of one experiment take turns, so that each sees the point of the one before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

type Turn = tokio::sync::Mutex<()>;

/// The turns of every experiment that is being asked. It saves work and is not needed to be right: the store refuses a
/// point that another replica proposed meanwhile.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    turns: Mutex<HashMap<Uuid, Weak<Turn>>>,
}

impl Queue {
    /// Waits until nobody else asks this experiment. The turn ends when the guard is dropped.
    pub(crate) async fn turn(&self, experiment: Uuid) -> OwnedMutexGuard<()> {
        self.of(experiment).lock_owned().await
    }

    /// The turn, where nobody else asks this experiment at the moment.
    pub(crate) fn free_turn(&self, experiment: Uuid) -> Option<OwnedMutexGuard<()>> {
        self.of(experiment).try_lock_owned().ok()
    }

    fn of(&self, experiment: Uuid) -> Arc<Turn> {
        // Whoever panicked here left the map as it was before or after one insertion, and both will do.
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(&experiment).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(Turn::new(()));
        turns.insert(experiment, Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
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

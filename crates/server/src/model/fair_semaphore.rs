//! Fair semaphore: a bounded number of permits, for which accounts take turns, however often one of them asks.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

/// A semaphore whose permits go to each account in turn, and for one account in the order of asking.
pub(super) struct FairSemaphore {
    state: Mutex<State>,
}

struct State {
    free: usize,
    /// The accounts that wait, the next one first.
    waiting: VecDeque<(i64, VecDeque<oneshot::Sender<Permit>>)>,
}

/// A permit, which goes to the next one when it is dropped.
pub(super) struct Permit(Option<Arc<FairSemaphore>>);

impl FairSemaphore {
    pub(super) fn new(permits: usize) -> Self {
        Self { state: Mutex::new(State { free: permits, waiting: VecDeque::new() }) }
    }

    /// Waits for a permit. Whoever stops waiting is passed over.
    pub(super) async fn acquire(self: &Arc<Self>, account: i64) -> Permit {
        let (give, given) = oneshot::channel();
        {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            match state.waiting.iter_mut().find(|(other, _)| *other == account) {
                Some((_, queue)) => queue.push_back(give),
                None => state.waiting.push_back((account, VecDeque::from([give]))),
            }
        }
        self.give_out();
        // Nobody drops the sender of one who waits: it goes with a permit.
        match given.await {
            Ok(permit) => permit,
            Err(_) => std::future::pending().await,
        }
    }

    /// Gives free permits to those who wait.
    fn give_out(self: &Arc<Self>) {
        loop {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if state.free == 0 {
                return;
            }
            let Some((account, mut queue)) = state.waiting.pop_front() else { return };
            let next = queue.pop_front();
            if !queue.is_empty() {
                state.waiting.push_back((account, queue));
            }
            let Some(next) = next else { continue };
            state.free -= 1;
            drop(state);
            // One that nobody takes comes back as it is dropped, here and without the lock.
            if let Err(unwanted) = next.send(Permit(Some(self.clone()))) {
                unwanted.give_back();
            }
        }
    }

    fn free_one(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).free += 1;
    }
}

impl Permit {
    /// Gives it back without giving it to the next one.
    fn give_back(mut self) {
        if let Some(semaphore) = self.0.take() {
            semaphore.free_one();
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(semaphore) = self.0.take() {
            semaphore.free_one();
            semaphore.give_out();
        }
    }
}

impl fmt::Debug for FairSemaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FairSemaphore").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::Pin;

    use futures::FutureExt as _;

    use super::*;

    type Waiting = Pin<Box<dyn Future<Output = Permit>>>;

    /// Asks, and begins to wait.
    fn wait(semaphore: &Arc<FairSemaphore>, account: char) -> Waiting {
        let semaphore = semaphore.clone();
        let mut waiting: Waiting = Box::pin(async move { semaphore.acquire(account as i64).await });
        assert!((&mut waiting).now_or_never().is_none(), "there is a permit for {account}");
        waiting
    }

    #[tokio::test]
    async fn accounts_take_turns_however_often_one_of_them_asks() {
        let semaphore = Arc::new(FairSemaphore::new(1));
        let first = semaphore.acquire('a' as i64).await;
        let mut waiting: Vec<(char, Waiting)> = "aaaabbc".chars().map(|key| (key, wait(&semaphore, key))).collect();
        drop(first);
        let mut order = String::new();
        while !waiting.is_empty() {
            let (index, permit) = waiting
                .iter_mut()
                .enumerate()
                .find_map(|(index, (_, waiting))| Some((index, waiting.now_or_never()?)))
                .expect("somebody gets the permit");
            order.push(waiting.remove(index).0);
            drop(permit);
        }
        assert_eq!(order, "abcabaa");
    }

    #[tokio::test]
    async fn whoever_stops_waiting_is_passed_over_and_no_permit_is_lost() {
        let semaphore = Arc::new(FairSemaphore::new(2));
        let (one, two) = (semaphore.acquire('a' as i64).await, semaphore.acquire('a' as i64).await);
        let gone: Vec<Waiting> = (0..25).map(|_| wait(&semaphore, 'a')).collect();
        let mut other = wait(&semaphore, 'b');
        drop(gone);
        drop(one);
        let third = (&mut other).now_or_never().expect("the permit that was given back");
        drop((two, third));
        let _both = (semaphore.acquire('c' as i64).await, semaphore.acquire('d' as i64).await);
        let _third = wait(&semaphore, 'e');
    }
}

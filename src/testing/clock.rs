//! Virtual clock: time that passes when nothing else is left to do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use futures::future::BoxFuture;

use crate::clock::Clock;

/// 2026-01-01T00:00:00Z, the date at which virtual time begins.
const START: Duration = Duration::from_secs(1_767_225_600);

/// A clock for tests on a tokio runtime whose time is paused
/// (`#[tokio::test(start_paused = true)]`): a sleep ends as soon as every task
/// waits for something, and the date moves with it. Chance is a fixed number,
/// one half unless set, so that delays can be stated exactly.
#[derive(Clone, Debug)]
pub struct VirtualClock {
    start: tokio::time::Instant,
    date: SystemTime,
    chance: Arc<AtomicU64>,
}

impl VirtualClock {
    pub(super) fn new() -> Self {
        Self::starting_at(SystemTime::UNIX_EPOCH + START)
    }

    pub(super) fn starting_at(date: SystemTime) -> Self {
        let clock = VirtualClock { start: tokio::time::Instant::now(), date, chance: Arc::default() };
        clock.set_chance(0.5);
        clock
    }

    /// What chance gives from now on, from 0 up to but not including 1.
    pub fn set_chance(&self, unit: f64) {
        // 2^64 as a double; a number out of range is cut to the nearest in it.
        let bits = (unit * 18_446_744_073_709_551_616.0) as u64;
        self.chance.store(bits, Ordering::Relaxed);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn wall(&self) -> SystemTime {
        self.date + self.now()
    }

    #[expect(clippy::disallowed_methods, reason = "the paused runtime makes this sleep virtual")]
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn random(&self) -> u64 {
        self.chance.load(Ordering::Relaxed)
    }
}

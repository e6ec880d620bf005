//! Clock: time, sleep and randomness as parameters.
//!
//! Everything that waits takes a [`Clock`], so that tests state exact delays
//! and no test sleeps. This is the one module that reads the real time.
//!
//! A clock of one's own, for the same jitter in every run:
//!
//! ```
//! use std::time::{Duration, SystemTime};
//!
//! use futures::future::BoxFuture;
//! use mlhub::clock::{Clock, SystemClock};
//!
//! #[derive(Debug, Default)]
//! struct SameJitter(SystemClock);
//!
//! impl Clock for SameJitter {
//!     fn now(&self) -> Duration {
//!         self.0.now()
//!     }
//!     fn wall(&self) -> SystemTime {
//!         self.0.wall()
//!     }
//!     fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
//!         self.0.sleep(time)
//!     }
//!     fn random(&self) -> u64 {
//!         u64::MAX / 2 // half of the pause that backoff allows
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! let clock = SameJitter::default();
//! let before = clock.now();
//! clock.sleep(Duration::from_millis(1)).await;
//! assert!(clock.now() - before >= Duration::from_millis(1));
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```

use std::fmt::Debug;
use std::future::Future;
use std::task::Poll;
use std::time::{Duration, SystemTime};

use futures::future::{BoxFuture, Either, select};

/// A clock: what time it is, how to wait, and where chance comes from.
pub trait Clock: Debug + Send + Sync {
    /// Time that has passed since some fixed moment; never goes back.
    fn now(&self) -> Duration;

    /// The date, for what carries one: `Retry-After`, the expiry of a token.
    fn wall(&self) -> SystemTime;

    /// Ends after that time has passed.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;

    /// Sixty-four random bits.
    fn random(&self) -> u64;
}

/// The real clock: tokio's timers, the system's date, random bits from the
/// operating system.
#[derive(Clone, Debug)]
pub struct SystemClock {
    start: tokio::time::Instant,
}

impl SystemClock {
    /// A clock that starts now.
    pub fn new() -> Self {
        SystemClock { start: tokio::time::Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    #[expect(clippy::disallowed_methods, reason = "the clock is where the date comes from")]
    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    #[expect(clippy::disallowed_methods, reason = "the clock is where waiting happens")]
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn random(&self) -> u64 {
        // The upper half of a version 4 UUID fixes four bits, the lower half
        // two; together they give 64 free ones.
        let (upper, lower) = uuid::Uuid::new_v4().as_u64_pair();
        upper.rotate_left(32) ^ lower.rotate_left(2)
    }
}

/// A number in `0..1` with all the bits that a double has.
pub(crate) fn unit(clock: &dyn Clock) -> f64 {
    (clock.random() >> 11) as f64 / (1u64 << 53) as f64
}

/// The future did not end in time.
#[derive(Debug)]
pub(crate) struct Elapsed;

/// Drops the future when it takes longer than that.
pub(crate) async fn timeout<F: Future>(clock: &dyn Clock, time: Duration, future: F) -> Result<F::Output, Elapsed> {
    let mut future = std::pin::pin!(future);
    // What is there at once, as a fixed token is, needs no timer.
    if let Poll::Ready(output) = futures::poll!(future.as_mut()) {
        return Ok(output);
    }
    match select(future, clock.sleep(time)).await {
        Either::Left((output, _)) => Ok(output),
        Either::Right(((), _)) => Err(Elapsed),
    }
}

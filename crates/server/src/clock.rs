//! Clock: the time as a parameter, and the two formats in which this server writes a time.

use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// A clock. The server asks this and nothing else, so a test decides what time it is.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// The time since some moment, which goes on evenly whatever is done to the clock: for spans within a process. A clock
    /// that has nothing else tells it by its present moments.
    fn monotonic(&self) -> Duration {
        Duration::try_from(self.now().duration_since(Timestamp::UNIX_EPOCH)).unwrap_or_default()
    }
}

/// How far ahead of the clock a moment may lie that another hub on the same file wrote. One that is further ahead is of a
/// clock that was wrong, and does not count.
pub(crate) const AHEAD: Duration = Duration::from_secs(60);

/// Whether a moment was written by a clock that was ahead.
pub(crate) fn is_ahead(at: Timestamp, now: Timestamp) -> bool {
    now.checked_add(AHEAD).is_ok_and(|latest| at > latest)
}

/// The clock of the machine, which is the default.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed()
    }
}

/// UTC without an offset and always six decimals, as the original AutoTune writes times.
pub(crate) fn without_offset(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.6f").to_string()
}

/// RFC 3339 in UTC with `Z` and always six decimals, as everything under `/v1` writes times.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_keep_six_decimals_even_on_a_whole_second() {
        let at = Timestamp::from_microsecond(1_795_219_259_000_000).unwrap();
        assert_eq!(without_offset(at), "2026-11-21T00:00:59.000000");
        assert_eq!(rfc3339(at), "2026-11-21T00:00:59.000000Z");
    }
}

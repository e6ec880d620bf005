//! Poll interval of a wait: how long to pause between two polls.
//!
//! The end of a job is noticed at the next poll, so a pause is how late that may be. Three numbers follow from what a
//! wait owes its caller: the end known within 15 % of the job's length, for jobs of five seconds and more, by as few
//! polls as that allows. A pause of 15 % of the time elapsed is the longest that keeps the promise at every moment;
//! pauses near it take `ln(3600 / 5) / ln(1.146)`, that is 49 polls, from five seconds to one hour, and eight before.

use std::time::Duration;

/// A pause is at most that share of the time that the wait has taken so far.
pub(super) const SHARE_OF_ELAPSED: f64 = 0.15;
/// The pauses of the first five seconds, of which it is 15 %.
pub(super) const SHORTEST_PAUSE: Duration = Duration::from_millis(750);
/// No pause is longer.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// Pauses are shorter by up to that share, so that waits that fell into step, as after an outage, part again.
const JITTER: f64 = 0.05;

/// The pause after a request that failed for a passing reason is at least that long, and doubles with each that
/// follows: nine in a row then bridge four minutes, in which most servers have been restarted.
const FIRST_FAILURE: Duration = Duration::from_secs(1);
/// Where the doubling ends.
const LONGEST_FAILURE: Duration = Duration::from_secs(60);

/// Pause after a poll, `elapsed` after the wait began; `unit` in `0..1` is its chance.
///
/// The pause after the first poll is anything up to the shortest. All later polls are moved by it, so that no length
/// is noticed late more often than another, and waits that began together do not poll together.
pub(super) fn pause(polls: u32, elapsed: Duration, unit: f64) -> Duration {
    if polls <= 1 && elapsed < SHORTEST_PAUSE {
        return SHORTEST_PAUSE.mul_f64(unit);
    }
    let share = elapsed.mul_f64(SHARE_OF_ELAPSED);
    share.clamp(SHORTEST_PAUSE, LONGEST_PAUSE).mul_f64(1.0 - JITTER * unit)
}

/// Backoff after failures: the least pause after so many requests that failed one after the other.
pub(super) fn after_failure(consecutive_failures: u32) -> Duration {
    match consecutive_failures.checked_sub(1) {
        None => Duration::ZERO,
        Some(before) => FIRST_FAILURE.saturating_mul(2u32.saturating_pow(before)).min(LONGEST_FAILURE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(elapsed: u64, unit: f64) -> f64 {
        pause(7, Duration::from_secs(elapsed), unit).as_secs_f64()
    }

    #[test]
    fn pauses_grow_with_the_wait_up_to_ten_minutes() {
        for (elapsed, expected) in [(0, 0.75), (5, 0.75), (10, 1.5), (100, 15.0), (100_000, 600.0)] {
            assert_eq!(seconds(elapsed, 0.0), expected, "after {elapsed} s");
        }
    }

    #[test]
    fn chance_only_shortens_them() {
        for elapsed in [0, 10, 100, 100_000] {
            let (longest, shortest) = (seconds(elapsed, 0.0), seconds(elapsed, 1.0));
            assert!((shortest / longest - 0.95).abs() < 1e-6, "after {elapsed} s");
        }
    }

    #[test]
    fn the_first_is_anything_up_to_the_shortest() {
        for (unit, expected) in [(0.0, 0), (0.5, 375), (1.0, 750)] {
            assert_eq!(pause(1, Duration::ZERO, unit), Duration::from_millis(expected));
        }
    }

    #[test]
    fn trouble_doubles_the_least_pause_up_to_a_minute() {
        let seconds: Vec<_> =
            (0..=9).map(|consecutive_failures| after_failure(consecutive_failures).as_secs()).collect();
        assert_eq!(seconds, [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(after_failure(u32::MAX), LONGEST_FAILURE);
    }
}

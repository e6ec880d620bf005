//! How long to pause between two looks.

use std::time::Duration;

/// A pause is that share of the time that the wait has taken so far: the end is
/// then noticed late by at most that share of the whole.
pub(super) const SHARE_OF_ELAPSED: f64 = 0.15;
/// No pause is shorter.
pub(super) const SHORTEST_PAUSE: Duration = Duration::from_millis(500);
/// No pause is longer.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// Pauses vary by that share up and down, so that many waits that began
/// together do not all look together.
const JITTER: f64 = 0.1;

/// The pause after a look, `elapsed` after the wait began; `unit` in `0..1` is
/// its chance. A fixed interval does not vary.
pub(super) fn pause(elapsed: Duration, fixed: Option<Duration>, unit: f64) -> Duration {
    if let Some(fixed) = fixed {
        return fixed;
    }
    let share = elapsed.mul_f64(SHARE_OF_ELAPSED);
    let base = share.clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
    base.mul_f64(1.0 - JITTER + 2.0 * JITTER * unit).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(elapsed: u64, unit: f64) -> f64 {
        pause(Duration::from_secs(elapsed), None, unit).as_secs_f64()
    }

    #[test]
    fn pauses_grow_with_the_wait_between_half_a_second_and_ten_minutes() {
        for (elapsed, expected) in [(0, 0.5), (2, 0.5), (10, 1.5), (100, 15.0), (100_000, 600.0)] {
            assert_eq!(seconds(elapsed, 0.5), expected, "after {elapsed} s");
        }
    }

    #[test]
    fn pauses_vary_by_a_tenth_and_never_beyond_the_longest() {
        assert_eq!((seconds(100, 0.0), seconds(100, 1.0)), (13.5, 16.5));
        assert_eq!((seconds(100_000, 0.0), seconds(100_000, 1.0)), (540.0, 600.0));
    }

    #[test]
    fn a_fixed_interval_is_kept() {
        let fixed = Duration::from_secs(3);
        assert_eq!(pause(Duration::from_secs(1000), Some(fixed), 0.9), fixed);
    }
}

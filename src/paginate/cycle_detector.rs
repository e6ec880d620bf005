//! Cycle detection: notices that a walk comes back to a page token it has used, in memory that does not grow.

use std::collections::VecDeque;

/// Names that are remembered one by one: a cycle of as many pages is noticed when it closes.
const RECENT: usize = 1024;

/// Cycle detector over the names that a walk has asked for. Longer cycles than it remembers are found as Brent does it:
/// one name is kept, a later one each time as many more have been asked for as before, so that it lies within the cycle
/// in the end.
#[derive(Default)]
pub(super) struct CycleDetector {
    recent: VecDeque<u64>,
    kept: Option<u64>,
    steps: u64,
    power: u64,
}

impl CycleDetector {
    pub(super) fn asked(&mut self, hash: u64) {
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(hash);
        if self.steps >= self.power {
            (self.kept, self.power, self.steps) = (Some(hash), (self.power * 2).max(1), 0);
        }
        self.steps += 1;
    }

    /// Whether the walk has been there before, as far as it remembers.
    pub(super) fn knows(&self, hash: u64) -> bool {
        self.kept == Some(hash) || self.recent.contains(&hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After how many names a walk that goes `lead` steps and then in a cycle of that length is stopped.
    fn stopped_after(lead: u64, length: u64) -> u64 {
        let mut cycle = CycleDetector::default();
        (0..10 * (lead + length))
            .find(|&step| {
                let name = if step < lead { step } else { lead + (step - lead) % length };
                let known = cycle.knows(name);
                cycle.asked(name);
                known
            })
            .unwrap_or(u64::MAX)
    }

    #[test]
    fn a_short_circle_ends_when_it_closes() {
        for (lead, length) in [(0, 1), (0, 3), (7, 1000), (5000, 1024)] {
            assert_eq!(stopped_after(lead, length), lead + length);
        }
    }

    #[test]
    fn a_long_circle_ends_within_three_times_its_way() {
        for (lead, length) in [(0, 1025), (1000, 1500), (6000, 2000)] {
            let stopped = stopped_after(lead, length);
            assert!(stopped <= 3 * (lead + length), "{lead} and {length}: {stopped}");
        }
    }

    #[test]
    fn a_way_without_a_circle_is_never_stopped() {
        assert!(
            (0..5000u64)
                .try_fold(CycleDetector::default(), |mut cycle, name| {
                    let known = cycle.knows(name);
                    cycle.asked(name);
                    (!known).then_some(cycle)
                })
                .is_some()
        );
    }
}

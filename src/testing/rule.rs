//! Fault rule: which requests a fault befalls.

use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use super::{Fault, SeenRequest};
use crate::op::Op;

/// A fault and the requests that it befalls: all of them, unless it is told
/// which. Each further word narrows the choice.
///
/// ```
/// # #[cfg(feature = "autotune")] {
/// use std::time::Duration;
/// use mlhub::autotune::ops::OPS;
/// use mlhub::testing::{Fault, FaultRule};
///
/// // The first attempt of each ask breaks; of all requests in the first
/// // minute a third, which third being the same in each run, finds no server.
/// let broken = FaultRule::new(Fault::Reset).operation(OPS, "experiment_ask").attempt(1);
/// let away = FaultRule::new(Fault::Refuse).probability(0.33, 7).between(Duration::ZERO..Duration::from_secs(60));
/// # let _ = (broken, away);
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct FaultRule {
    pub(super) fault: Fault,
    operation: Option<(&'static [Op], String)>,
    attempts: Option<RangeInclusive<u32>>,
    chance: Option<(f64, u64)>,
    window: Option<Range<Duration>>,
    count: Option<u64>,
    /// Requests that the conditions above chance let through.
    met: u64,
    hits: u64,
}

impl From<Fault> for FaultRule {
    fn from(fault: Fault) -> Self {
        Self::new(fault)
    }
}

impl FaultRule {
    /// The fault befalls every request.
    pub fn new(fault: Fault) -> Self {
        FaultRule { fault, operation: None, attempts: None, chance: None, window: None, count: None, met: 0, hits: 0 }
    }

    /// Only requests of that operation, out of the table of its platform.
    pub fn operation(mut self, ops: &'static [Op], id: &str) -> Self {
        self.operation = Some((ops, id.to_owned()));
        self
    }

    /// Only that attempt of a call; the first is 1. See [`SeenRequest::attempt`].
    pub fn attempt(self, number: u32) -> Self {
        self.attempts(number..=number)
    }

    /// Only those attempts of a call.
    pub fn attempts(mut self, numbers: RangeInclusive<u32>) -> Self {
        self.attempts = Some(numbers);
        self
    }

    /// Only that part of the requests, from 0 to 1. The seed says which: the
    /// same seed befalls the first, second, third request alike in every run.
    pub fn probability(mut self, part: f64, seed: u64) -> Self {
        self.chance = Some((part, seed));
        self
    }

    /// Only in that time, counted from when the lab was made.
    pub fn between(mut self, window: Range<Duration>) -> Self {
        self.window = Some(window);
        self
    }

    /// Only so many requests, the first ones that fit.
    pub fn times(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    /// Whether it befalls this request, which then counts.
    pub(super) fn hits(&mut self, seen: &SeenRequest) -> bool {
        let fits = self.window.as_ref().is_none_or(|window| window.contains(&seen.at))
            && self.attempts.as_ref().is_none_or(|numbers| numbers.contains(&seen.attempt))
            && self.count.is_none_or(|count| self.hits < count)
            && self.operation.as_ref().is_none_or(|(ops, id)| seen.operation(ops).is_some_and(|op| op.id == *id));
        if !fits {
            return false;
        }
        self.met += 1;
        let hit = self.chance.is_none_or(|(part, seed)| unit(seed, self.met) < part);
        self.hits += u64::from(hit);
        hit
    }

    /// When it keeps a whole port closed.
    pub(super) fn closes(&self) -> Option<Range<Duration>> {
        let all = self.operation.is_none() && self.attempts.is_none() && self.chance.is_none() && self.count.is_none();
        (matches!(self.fault, Fault::Refuse) && all)
            .then(|| self.window.clone().unwrap_or(Duration::ZERO..Duration::MAX))
    }
}

/// A number in `0..1`, the same for the same seed and count: the mixing
/// function of SplitMix64.
fn unit(seed: u64, count: u64) -> f64 {
    let mut bits = seed.wrapping_add(count.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((bits ^ (bits >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

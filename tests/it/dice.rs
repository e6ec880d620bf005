//! Chance that repeats: the same seed gives the same numbers everywhere.

use std::ops::Range;

use proptest::prelude::ProptestConfig;

/// The seeds of a run: `MLHUB_SEED` names one (`7`) or a range of them (`10000..20000`), in place of the ordinary ones.
pub(crate) fn seeds(ordinary: u64) -> Result<Range<u64>, std::num::ParseIntError> {
    let Ok(asked) = std::env::var("MLHUB_SEED") else { return Ok(0..ordinary) };
    match asked.split_once("..") {
        Some((first, end)) => Ok(first.parse()?..end.parse()?),
        None => asked.parse().map(|seed: u64| seed..seed + 1),
    }
}

/// How a property is tried: that many cases, unless proptest's own `PROPTEST_CASES` says otherwise. Nothing is written beside
/// the tests: a case that fails becomes a test of its own.
pub(crate) fn cases(ordinary: u32) -> ProptestConfig {
    let cases = match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default().cases,
        None => ordinary,
    };
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// SplitMix64, by Sebastiano Vigna.
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below that one.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// A number in `0..1`.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

//! Random numbers: streams that are the same on every machine.
//!
//! ChaCha takes a key of 256 bits, so the four numbers that a stream depends on are the key itself:
//! nothing is hashed, nothing can collide, and every replica draws the same numbers.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The purpose of a stream. Streams of different use never share numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// The initial design, which must not move while results come in.
    Design = 1,
    /// The starting points of the model's hyperparameters.
    Fit = 2,
    /// Candidates of one ask.
    Search = 3,
}

/// A stream of numbers that depends on its key alone.
#[derive(Debug, Clone)]
pub(crate) struct Stream(ChaCha8Rng);

impl Stream {
    /// Keys a stream by the study's seed, the number of tells and of open trials, and its use.
    pub(crate) fn new(seed: u64, tells: usize, open: usize, purpose: Purpose) -> Self {
        let words = [seed, tells as u64, open as u64, purpose as u64];
        let mut key = [0; 32];
        for (bytes, word) in key.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Stream(ChaCha8Rng::from_seed(key))
    }

    /// A number in `[0, 1)`, from the upper 53 bits.
    pub(crate) fn unit(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
        (self.0.next_u64() >> 11) as f64 * STEP
    }

    /// A whole number in `0..count`; 0 for an empty range.
    pub(crate) fn below(&mut self, count: u64) -> u64 {
        // The upper half of the product is uniform up to count / 2^64, which no study can notice.
        ((u128::from(self.0.next_u64()) * u128::from(count)) >> 64) as u64
    }

    /// A standard normal number, by Box and Muller.
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(1.0 - self.unit())).sqrt();
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }

    /// Puts the items in random order (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_depends_on_each_part_of_its_key() {
        let draw = |seed, tells, open, purpose| Stream::new(seed, tells, open, purpose).0.next_u64();
        let base = draw(1, 2, 3, Purpose::Search);
        assert_eq!(base, draw(1, 2, 3, Purpose::Search));
        for other in [
            draw(2, 2, 3, Purpose::Search),
            draw(1, 3, 3, Purpose::Search),
            draw(1, 2, 4, Purpose::Search),
            draw(1, 2, 3, Purpose::Design),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn whole_numbers_cover_their_range_and_stay_in_it() {
        let mut stream = Stream::new(7, 0, 0, Purpose::Search);
        let mut seen = [0; 5];
        for _ in 0..1000 {
            seen[stream.below(5) as usize] += 1;
        }
        assert!(seen.iter().all(|&count| count > 150), "{seen:?}");
        assert_eq!(stream.below(0), 0);
    }

    #[test]
    fn normal_numbers_have_mean_zero_and_variance_one() {
        let mut stream = Stream::new(3, 0, 0, Purpose::Search);
        let draws: Vec<f64> = (0..20_000).map(|_| stream.normal()).collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let variance = draws.iter().map(|x| x * x).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }
}

//! The normal distribution far into its tail, where the plain formulas give nothing but zero.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// ln sqrt(2 pi).
const LN_SQRT_TAU: f64 = 0.918_938_533_204_672_8;

/// Below this the asymptotic series is better than a quotient of two tiny numbers.
const TAIL: f64 = -20.0;

/// Above this nothing cancels, and the textbook formula serves.
const HEAD: f64 = -1.0;

fn ln_density(z: f64) -> f64 {
    -0.5 * z * z - LN_SQRT_TAU
}

/// The share of the distribution below `z`, over the density at `z`.
fn mills(z: f64) -> f64 {
    if z < TAIL {
        let s = 1.0 / (z * z);
        (1.0 - s * (1.0 - 3.0 * s * (1.0 - 5.0 * s * (1.0 - 7.0 * s)))) / -z
    } else {
        (PI / 2.0).sqrt() * libm::erfc(-z * FRAC_1_SQRT_2) * libm::exp(0.5 * z * z)
    }
}

/// `ln Φ(z)` and its slope.
pub(crate) fn ln_probability(z: f64) -> (f64, f64) {
    if z < HEAD {
        let ratio = mills(z);
        (ln_density(z) + libm::log(ratio), 1.0 / ratio)
    } else {
        let below = 0.5 * libm::erfc(-z * FRAC_1_SQRT_2);
        (libm::log(below), libm::exp(ln_density(z)) / below)
    }
}

/// `ln E[max(0, z + N(0, 1))]` and its slope: the logarithm of the improvement to be expected
/// where the mean lies `z` standard deviations above the best so far.
pub(crate) fn ln_improvement(z: f64) -> (f64, f64) {
    if z >= HEAD {
        let below = 0.5 * libm::erfc(-z * FRAC_1_SQRT_2);
        let improvement = libm::exp(ln_density(z)) + z * below;
        return (libm::log(improvement), below / improvement);
    }
    // 1 + z Φ/φ cancels as z falls; its series does not.
    let share = if z < TAIL {
        let s = 1.0 / (z * z);
        s * (1.0 - 3.0 * s * (1.0 - 5.0 * s * (1.0 - 7.0 * s)))
    } else {
        1.0 + z * mills(z)
    };
    (ln_density(z) + libm::log(share), mills(z) / share)
}

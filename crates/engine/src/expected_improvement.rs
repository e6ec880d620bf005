//! Expected improvement as a logarithm, exact far into the tail, where the plain formulas give nothing but zero.

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

#[cfg(test)]
mod tests {
    use super::*;

    /// Values from the defining integrals, to fifty digits by an arbitrary-precision program.
    const IMPROVEMENTS: [(f64, f64); 5] = [
        (2.0, 0.6973835457882283),
        (0.0, -0.9189385332046727),
        (-1.0, -2.485121025712641),
        (-8.0, -37.12236426169263),
        (-30.0, -457.724653760598),
    ];

    #[test]
    fn improvements_are_right_from_head_to_tail() {
        for (z, expected) in IMPROVEMENTS {
            let (value, _) = ln_improvement(z);
            assert!((value - expected).abs() < 1e-9 * expected.abs().max(1.0), "{z}: {value} {expected}");
        }
    }

    #[test]
    fn probabilities_are_right_from_head_to_tail() {
        for (z, expected) in [
            (1.0, -0.1727537790234499),
            (-1.0, -1.841021645009264),
            (-8.0, -35.01343715991455),
            (-30.0, -454.3212439563432),
        ] {
            let (value, _) = ln_probability(z);
            assert!((value - expected).abs() < 1e-9 * expected.abs().max(1.0), "{z}: {value} {expected}");
        }
    }

    #[test]
    fn both_rise_smoothly_across_the_seams_and_down_to_where_squares_overflow() {
        for function in [ln_improvement, ln_probability] {
            for seam in [HEAD, TAIL] {
                let (below, above) = (function(seam - 1e-9), function(seam + 1e-9));
                assert!((below.0 - above.0).abs() < 1e-6, "{seam}: {} {}", below.0, above.0);
                assert!((below.1 / above.1 - 1.0).abs() < 1e-6, "{seam}: {} {}", below.1, above.1);
            }
            for z in [-1e3, -1e6, -1e100] {
                let (value, slope) = function(z);
                assert!(value.is_finite() && value < 0.0 && slope.is_finite() && slope > 0.0, "{z}: {value} {slope}");
            }
        }
    }
}

//! Output warping: responses bent so that a Gaussian process suits them better.
//!
//! Losses often span orders of magnitude, and then a process fitted to them as they are sees one
//! deep hole in a plain. A power of the distance from the best result, chosen by how plausible the
//! process finds the outcome, mends that: on rosen4 the median regret falls from 140 to 3.

/// The powers tried: as it is, square root, logarithm, and two that all but ignore bad results.
pub(crate) const POWERS: [f64; 5] = [1.0, 0.5, 0.0, -1.0, -2.0];

/// Fewer results than this do not show which power suits them.
pub(crate) const LEAST_RESULTS: usize = 8;

/// The best result counts as this far from a yet better one, in units of the median distance from
/// the best. A smaller number lets the best few results spread out without end, a larger one bends
/// less: 0.1 suits responses like goldstein's better, 1 suits branin's.
const HEADROOM: f64 = 0.3;

/// The unit is at least this share of the range: results may be equal to the best in their majority.
const LEAST_UNIT: f64 = 1e-3;

/// Responses with mean zero and variance one, in the order of the results.
pub(crate) struct WarpedResponses {
    pub(crate) values: Vec<f64>,
    /// The logarithm of the factor by which the bending changed densities, without which the
    /// plausibility of two powers could not be compared.
    pub(crate) log_density: f64,
}

/// Bends results by a power. `results` are finite and no larger than about one.
pub(crate) fn warp(results: &[f64], power: f64) -> WarpedResponses {
    let mut sorted = results.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (Some(&worst), Some(&best)) = (sorted.first(), sorted.last()) else {
        return WarpedResponses { values: Vec::new(), log_density: 0.0 };
    };
    let unit = (best - sorted[sorted.len() / 2]).max(LEAST_UNIT * (best - worst));
    if unit <= 0.0 {
        return WarpedResponses { values: vec![0.0; results.len()], log_density: 0.0 };
    }
    let mut log_density = 0.0;
    let bent: Vec<f64> = results
        .iter()
        .map(|result| {
            let distance = (best - result) / unit + HEADROOM;
            let log = libm::log(distance);
            log_density += (power - 1.0) * log;
            if power == 0.0 { -log } else { (1.0 - libm::pow(distance, power)) / power }
        })
        .collect();
    let n = results.len() as f64;
    let mean = bent.iter().sum::<f64>() / n;
    let deviation = (bent.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n).sqrt();
    let values = bent.iter().map(|v| (v - mean) / deviation).collect();
    WarpedResponses { values, log_density: log_density - n * (libm::log(unit) + libm::log(deviation)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bending_keeps_the_order_and_standardises() {
        let results = [-100.0, -3.0, -1.0, -0.5, 0.25, -7.0, -2.0];
        for power in POWERS {
            let warped = warp(&results, power).values;
            for (i, a) in results.iter().enumerate() {
                for (j, b) in results.iter().enumerate() {
                    assert_eq!(a < b, warped[i] < warped[j], "power {power}: {a} {b}");
                }
            }
            let mean = warped.iter().sum::<f64>() / 7.0;
            let variance = warped.iter().map(|v| v * v).sum::<f64>() / 7.0;
            assert!(mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-12, "power {power}");
        }
    }

    #[test]
    fn power_one_is_plain_standardising() {
        let warped = warp(&[1.0, 2.0, 3.0], 1.0).values;
        let expected = (1.5_f64).sqrt();
        assert!((warped[0] + expected).abs() < 1e-12 && (warped[2] - expected).abs() < 1e-12);
    }

    #[test]
    fn the_density_factor_is_that_of_the_whole_map() {
        // For one moved result among many the factor is the slope of the map, to first order.
        let results = [-9.0, -4.0, -2.0, -1.0, -0.5, 0.0];
        for power in POWERS {
            let n = results.len() as f64;
            let shifted: Vec<f64> = results.iter().map(|r| 2.0 * r).collect();
            let (one, two) = (warp(&results, power), warp(&shifted, power));
            // Doubling all results changes no warped value, and halves each density.
            assert!((one.log_density - two.log_density - n * libm::log(2.0)).abs() < 1e-9);
        }
    }

    #[test]
    fn equal_results_are_all_zero() {
        assert_eq!(warp(&[0.7; 9], -1.0).values, [0.0; 9]);
        assert!(warp(&[], 1.0).values.is_empty());
    }
}

//! Hyperparameters: a length scale for each variable and the noise, with their priors and bounds.

use crate::kernel::Kernel;

/// A normal belief about the logarithm of a hyperparameter.
struct Prior {
    mean: f64,
    deviation: f64,
}

/// Length scales lie about half a range, within a factor of 7 (two deviations).
const LENGTH: Prior = Prior { mean: -std::f64::consts::LN_2, deviation: 1.0 };

/// Tuning noise is small against the range of results (the variance about e^-9), but not surely.
const NOISE: Prior = Prior { mean: -9.0, deviation: 2.0 };

/// Length scales outside these say "irrelevant" or "noise" and make nothing else of the data.
const LENGTH_BOUNDS: (f64, f64) = (0.01, 20.0);

/// The noise variance, in units of the responses' own. The floor keeps the covariance matrix
/// positive definite where points lie close together.
const NOISE_BOUNDS: (f64, f64) = (1e-6, 1.0);

/// Where the fit starts: the length scale and the noise variance of each start. Smooth and exact,
/// wiggly and noisy, nearly flat.
pub(crate) const STARTS: [(f64, f64); 3] = [(0.5, 1e-4), (0.2, 1e-2), (1.0, 1e-4)];

/// The logarithms of one length scale per variable and of the noise variance, in this order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hyperparameters(pub(crate) Vec<f64>);

impl Hyperparameters {
    pub(crate) fn new(dimension: usize, length: f64, noise: f64) -> Self {
        let mut logs = vec![libm::log(length); dimension];
        logs.push(libm::log(noise));
        Hyperparameters(logs)
    }

    fn split(&self) -> (f64, &[f64]) {
        self.0.split_last().map_or((0.0, &[]), |(noise, lengths)| (*noise, lengths))
    }

    pub(crate) fn kernel(&self) -> Kernel {
        Kernel::new(self.split().1)
    }

    pub(crate) fn noise(&self) -> f64 {
        libm::exp(self.split().0)
    }

    /// The least and the greatest logarithms that the fit may try.
    pub(crate) fn bounds(dimension: usize) -> (Vec<f64>, Vec<f64>) {
        (
            Hyperparameters::new(dimension, LENGTH_BOUNDS.0, NOISE_BOUNDS.0).0,
            Hyperparameters::new(dimension, LENGTH_BOUNDS.1, NOISE_BOUNDS.1).0,
        )
    }

    /// Adds how unlikely these are beforehand (a negative log density), and its slopes.
    pub(crate) fn add_prior(&self, value: &mut f64, slopes: &mut [f64]) {
        let last = self.0.len().saturating_sub(1);
        for (index, (log, slope)) in self.0.iter().zip(slopes).enumerate() {
            let Prior { mean, deviation } = if index == last { NOISE } else { LENGTH };
            let distance = (log - mean) / deviation;
            *value += 0.5 * distance * distance;
            *slope += distance / deviation;
        }
    }
}

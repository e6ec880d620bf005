//! Gaussian process: the mean and the deviation of the response at any point, given some results.

use crate::axis::Axis;
use crate::hyperparameters::Hyperparameters;
use crate::kernel::{Kernel, squares};
use crate::linalg::{Cholesky, dot};

/// How many results' worth the belief that responses have variance one counts for. It keeps the
/// scale from collapsing while there are two or three results.
const SCALE_WEIGHT: f64 = 2.0;

/// A posterior variance below this share of the prior's is rounding.
const LEAST_VARIANCE: f64 = 1e-12;

/// The process given its results, for one set of hyperparameters.
#[derive(Debug)]
pub(crate) struct GaussianProcess<'a> {
    axes: &'a [Axis],
    points: Vec<Vec<f64>>,
    kernel: Kernel,
    noise: f64,
    doubts: Vec<f64>,
    factor: Cholesky,
    weights: Vec<f64>,
    scale: f64,
}

/// The response expected at a point, its standard deviation without noise, and how both change
/// with each coordinate (not at all with a category).
pub(crate) struct Slopes {
    pub(crate) mean: f64,
    pub(crate) deviation: f64,
    pub(crate) mean_by: Vec<f64>,
    pub(crate) deviation_by: Vec<f64>,
}

impl<'a> GaussianProcess<'a> {
    /// Conditions the process on results, each with as much noise of its own as it is doubted; none if they contradict each other numerically.
    pub(crate) fn new(
        axes: &'a [Axis],
        points: Vec<Vec<f64>>,
        values: &[f64],
        hyper: &Hyperparameters,
        doubts: Vec<f64>,
    ) -> Option<Self> {
        let (kernel, noise) = (hyper.kernel(), hyper.noise());
        let factor = Cholesky::new(covariance(axes, &points, &kernel, noise, &doubts), points.len())?;
        let weights = solve(&factor, values);
        let scale = scale(values.len(), dot(values, &weights));
        Some(GaussianProcess { axes, points, kernel, noise, doubts, factor, weights, scale })
    }

    /// Conditions on pending points (kriging believer), as if each had returned what is expected of it:
    /// what is known of the mean stays, what is unknown shrinks around them. Hyperparameters and scale stay as well.
    pub(crate) fn with_pending(self, values: &[f64], open: &[Vec<f64>]) -> Option<Self> {
        let believed: Vec<f64> = open.iter().map(|point| self.predict(point).0).collect();
        let GaussianProcess { axes, mut points, kernel, noise, mut doubts, scale, .. } = self;
        doubts.resize(points.len() + open.len(), 0.0);
        points.extend(open.iter().cloned());
        let values = [values, &believed].concat();
        let factor = Cholesky::new(covariance(axes, &points, &kernel, noise, &doubts), points.len())?;
        let weights = solve(&factor, &values);
        Some(GaussianProcess { axes, points, kernel, noise, doubts, factor, weights, scale })
    }

    /// The response expected at a point, and its standard deviation without noise.
    pub(crate) fn predict(&self, at: &[f64]) -> (f64, f64) {
        let mut covariances: Vec<f64> =
            self.points.iter().map(|point| self.kernel.at(squares(self.axes, point, at)).0).collect();
        let mean = dot(&covariances, &self.weights);
        self.factor.forward(&mut covariances);
        (mean, self.deviation(&covariances))
    }

    /// As [`GaussianProcess::predict`], with the slopes.
    pub(crate) fn slopes(&self, at: &[f64]) -> Slopes {
        let (mut covariances, by_distance): (Vec<f64>, Vec<f64>) =
            self.points.iter().map(|point| self.kernel.at(squares(self.axes, point, at))).unzip();
        let mean = dot(&covariances, &self.weights);
        self.factor.forward(&mut covariances);
        let deviation = self.deviation(&covariances);
        self.factor.backward(&mut covariances);

        let mut mean_by = vec![0.0; at.len()];
        let mut deviation_by = vec![0.0; at.len()];
        for (index, point) in self.points.iter().enumerate() {
            for (variable, weight) in self.kernel.weights().iter().enumerate() {
                if self.axes[variable].is_choice() {
                    continue;
                }
                let slope = 2.0 * by_distance[index] * (at[variable] - point[variable]) * weight;
                mean_by[variable] += slope * self.weights[index];
                deviation_by[variable] -= slope * covariances[index] * self.scale / deviation;
            }
        }
        Slopes { mean, deviation, mean_by, deviation_by }
    }

    fn deviation(&self, half_solved: &[f64]) -> f64 {
        let variance = self.kernel.variance() - dot(half_solved, half_solved);
        (self.scale * variance.max(LEAST_VARIANCE)).sqrt()
    }
}

/// The variance of the responses, given `n` of them and their squared length under the model.
pub(crate) fn scale(n: usize, squared: f64) -> f64 {
    (SCALE_WEIGHT + squared) / (SCALE_WEIGHT + n as f64)
}

/// The share of the negative log likelihood that the scale is responsible for, the scale itself
/// being at its best.
pub(crate) fn scale_cost(n: usize, scale: f64) -> f64 {
    0.5 * (SCALE_WEIGHT + n as f64) * libm::log(scale)
}

pub(crate) fn solve(factor: &Cholesky, values: &[f64]) -> Vec<f64> {
    let mut solved = values.to_vec();
    factor.forward(&mut solved);
    factor.backward(&mut solved);
    solved
}

fn covariance(axes: &[Axis], points: &[Vec<f64>], kernel: &Kernel, noise: f64, doubts: &[f64]) -> Vec<f64> {
    let n = points.len();
    let mut rows = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..i {
            rows[i * n + j] = kernel.at(squares(axes, &points[i], &points[j])).0;
        }
        rows[i * n + i] = kernel.variance() + noise + doubts[i];
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Space, Variable};

    fn space() -> Space {
        let kind = Kind::Cont { min: 0.0, max: 1.0, log: false, step: None };
        let options = vec!["p".to_owned(), "q".to_owned()];
        Space::new(vec![
            Variable { name: "x".to_owned(), kind, guess: None },
            Variable { name: "c".to_owned(), kind: Kind::Cat { options }, guess: None },
        ])
        .expect("a valid space")
    }

    fn points() -> Vec<Vec<f64>> {
        vec![vec![0.0, 0.0], vec![0.3, 0.0], vec![0.6, 1.0], vec![1.0, 0.0]]
    }

    const VALUES: [f64; 4] = [-1.0, 0.8, 1.2, -0.5];

    #[test]
    fn without_noise_the_process_passes_through_its_results() {
        let space = space();
        let gp =
            GaussianProcess::new(space.axes(), points(), &VALUES, &Hyperparameters::new(2, 0.5, 1e-6), vec![0.0; 4])
                .expect("a process");
        for (point, value) in points().iter().zip(VALUES) {
            let (mean, deviation) = gp.predict(point);
            assert!((mean - value).abs() < 1e-4 && deviation < 1e-2, "{point:?}: {mean} ± {deviation}");
        }
        assert!(gp.predict(&[0.8, 1.0]).1 > 0.1, "far from results it is unsure");
    }

    #[test]
    fn with_noise_it_passes_between_them() {
        let space = space();
        let gp =
            GaussianProcess::new(space.axes(), points(), &VALUES, &Hyperparameters::new(2, 0.5, 0.5), vec![0.0; 4])
                .expect("a process");
        let (mean, deviation) = gp.predict(&points()[2]);
        assert!(mean < 1.0 && deviation > 0.2, "{mean} ± {deviation}");
    }

    #[test]
    fn slopes_agree_with_differences_and_are_zero_for_a_category() {
        let space = space();
        let gp =
            GaussianProcess::new(space.axes(), points(), &VALUES, &Hyperparameters::new(2, 0.4, 1e-3), vec![0.0; 4])
                .expect("a process");
        let step = 1e-6;
        for x in [0.1, 0.45, 0.9] {
            let slopes = gp.slopes(&[x, 1.0]);
            let (above, below) = (gp.predict(&[x + step, 1.0]), gp.predict(&[x - step, 1.0]));
            assert!((slopes.mean_by[0] - (above.0 - below.0) / (2.0 * step)).abs() < 1e-5);
            assert!((slopes.deviation_by[0] - (above.1 - below.1) / (2.0 * step)).abs() < 1e-5);
            assert_eq!((slopes.mean_by[1], slopes.deviation_by[1]), (0.0, 0.0));
        }
    }

    #[test]
    fn an_open_point_is_believed_to_return_what_is_expected() {
        let space = space();
        let new = || {
            GaussianProcess::new(space.axes(), points(), &VALUES, &Hyperparameters::new(2, 0.3, 1e-4), vec![0.0; 4])
                .expect("a process")
        };
        let open = vec![0.8, 1.0];
        let believing = new().with_pending(&VALUES, std::slice::from_ref(&open)).expect("a process");
        let (before, after) = (new().predict(&open), believing.predict(&open));
        assert!((before.0 - after.0).abs() < 1e-3, "the mean stays: {before:?} {after:?}");
        assert!(after.1 < 0.2 * before.1, "the doubt goes: {before:?} {after:?}");
    }
}

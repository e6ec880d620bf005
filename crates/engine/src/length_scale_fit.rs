//! Length-scale fit: the hyperparameters that make the results most plausible, by exact slopes.

use crate::Cancellation;
use crate::axis::Axis;
use crate::gaussian_process::{scale, scale_cost, solve};
use crate::hyperparameters::Hyperparameters;
use crate::kernel::squares;
use crate::linalg::{Cholesky, dot};
use crate::minimise::minimise;

/// A fit is mostly done in twenty steps; one that is not is on a ridge where more steps change
/// nothing that shows in a suggestion.
const STEPS: u64 = 40;

/// Distances of pairs of points, with what does not depend on hyperparameters: their squared differences.
pub(crate) struct PairDistances {
    points: usize,
    dimension: usize,
    /// `dimension` numbers for each pair `(i, j)` with `j < i`, in the order of the lower triangle.
    squares: Vec<f64>,
    /// What each result is doubted by, as noise of its own.
    doubts: Vec<f64>,
    cancellation: Cancellation,
}

impl PairDistances {
    pub(crate) fn new(axes: &[Axis], points: &[Vec<f64>], doubts: Vec<f64>, cancellation: Cancellation) -> Self {
        let mut all = Vec::with_capacity(points.len() * points.len() / 2 * axes.len());
        for (i, point) in points.iter().enumerate() {
            for other in &points[..i] {
                all.extend(squares(axes, point, other));
            }
        }
        PairDistances { points: points.len(), dimension: axes.len(), squares: all, doubts, cancellation }
    }

    /// The hyperparameters of greatest posterior density for these values, found from each start,
    /// with the negative logarithm of that density.
    pub(crate) fn fit(&self, values: &[f64], starts: &[Hyperparameters]) -> Option<(Hyperparameters, f64)> {
        let (lower, upper) = Hyperparameters::bounds(self.dimension);
        starts
            .iter()
            .map(|start| minimise(&start.0, &lower, &upper, STEPS, |logs| self.cost(values, logs)))
            .filter(|(_, cost)| cost.is_finite())
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(logs, cost)| (Hyperparameters(logs), cost))
    }

    /// The negative log posterior density of hyperparameters given as logarithms, and its slopes.
    /// Not a number where the covariance matrix is not positive definite.
    fn cost(&self, values: &[f64], logs: &[f64]) -> (f64, Vec<f64>) {
        let (n, d) = (self.points, self.dimension);
        let hyper = Hyperparameters(logs.to_vec());
        let (kernel, noise) = (hyper.kernel(), hyper.noise());
        let mut slopes = vec![0.0; logs.len()];
        if self.cancellation.is_cancelled() {
            return (f64::NAN, slopes);
        }

        let mut rows = vec![0.0; n * n];
        let mut by_distance = Vec::with_capacity(n * n / 2);
        let mut pairs = self.squares.chunks_exact(d);
        for i in 0..n {
            for (cell, squares) in rows[i * n..i * n + i].iter_mut().zip(&mut pairs) {
                let (covariance, slope) = kernel.at(squares.iter().copied());
                *cell = covariance;
                by_distance.push(slope);
            }
            rows[i * n + i] = kernel.variance() + noise + self.doubts[i];
        }
        let Some(factor) = Cholesky::new(rows, n) else {
            return (f64::NAN, slopes);
        };
        let weights = solve(&factor, values);
        let scale = scale(n, dot(values, &weights));
        let mut cost = 0.5 * factor.log_determinant() + scale_cost(n, scale);

        // d cost / d K is half of this matrix, for each of the two triangles.
        let inverse = factor.inverse();
        let sensitivity = |i: usize, j: usize| inverse[i * n + j] - weights[i] * weights[j] / scale;
        let mut pairs = self.squares.chunks_exact(d).zip(&by_distance);
        for i in 0..n {
            for (j, (squares, slope)) in (0..i).zip(&mut pairs) {
                // The squared distance falls by twice its share as the log length scale grows.
                let factor = -2.0 * sensitivity(i, j) * slope;
                for ((total, square), weight) in slopes.iter_mut().zip(squares).zip(kernel.weights()) {
                    *total += factor * square * weight;
                }
            }
            slopes[d] += 0.5 * sensitivity(i, i) * noise;
        }
        hyper.add_prior(&mut cost, &mut slopes);
        (cost, slopes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Space, Variable};

    /// Two real variables and a category, with points that have no pattern.
    fn space() -> Space {
        let line = |name: &str| Variable {
            name: name.to_owned(),
            kind: Kind::Cont { min: 0.0, max: 1.0, log: false, step: None },
            guess: None,
        };
        let options = vec!["p".to_owned(), "q".to_owned(), "r".to_owned()];
        let choice = Variable { name: "c".to_owned(), kind: Kind::Cat { options }, guess: None };
        Space::new(vec![line("a"), line("b"), choice]).expect("a valid space")
    }

    fn data(count: usize) -> (Vec<Vec<f64>>, Vec<f64>) {
        let fraction = |x: f64| x - x.floor();
        let points: Vec<Vec<f64>> =
            (0..count).map(|i| vec![fraction(0.618 * i as f64), fraction(0.414 * i as f64), (i % 3) as f64]).collect();
        let values = points.iter().map(|x| libm::sin(5.0 * x[0]) + x[1] * x[1] - 0.3 * x[2]).collect();
        (points, values)
    }

    #[test]
    fn slopes_of_the_fit_agree_with_differences() {
        let (space, (points, values)) = (space(), data(12));
        let pairs = PairDistances::new(space.axes(), &points, vec![0.0; points.len()], Cancellation::default());
        let step = 1e-5;
        for logs in [vec![-0.7, -0.7, -0.7, -9.0], vec![0.4, -2.0, 1.0, -2.0]] {
            let (_, slopes) = pairs.cost(&values, &logs);
            for (index, slope) in slopes.iter().enumerate() {
                let at = |shift: f64| {
                    let mut moved = logs.clone();
                    moved[index] += shift;
                    pairs.cost(&values, &moved).0
                };
                let numeric = (at(step) - at(-step)) / (2.0 * step);
                assert!((slope - numeric).abs() < 1e-4 * (1.0 + numeric.abs()), "{index}: {slope} {numeric}");
            }
        }
    }

    #[test]
    fn a_variable_without_effect_gets_a_long_length_scale_and_noise_is_noticed() {
        let (space, (points, _)) = (space(), data(40));
        let pairs = PairDistances::new(space.axes(), &points, vec![0.0; points.len()], Cancellation::default());
        let start = [Hyperparameters::new(3, 0.5, 1e-4)];
        let clean: Vec<f64> = points.iter().map(|x| libm::sin(6.0 * x[0])).collect();
        let noisy: Vec<f64> = clean.iter().enumerate().map(|(i, v)| v + 0.3 * (-1.0_f64).powi(i as i32 / 2)).collect();
        let (clean, _) = pairs.fit(&clean, &start).expect("a fit");
        let (noisy, _) = pairs.fit(&noisy, &start).expect("a fit");
        assert!(clean.0[1] > clean.0[0] + 1.0, "the second variable does nothing: {clean:?}");
        assert!(clean.noise() < 1e-3 && noisy.noise() > 10.0 * clean.noise(), "{clean:?} {noisy:?}");
    }
}

//! Surrogate model: the process fitted to the results, and the results ranked by what it expects of them.

use crate::axis::Axis;
use crate::gaussian_process::GaussianProcess;
use crate::hyperparameters::{Hyperparameters, STARTS};
use crate::length_scale_fit::PairDistances;
use crate::rng::Stream;
use crate::warp::{LEAST_RESULTS, POWERS, warp};

/// Results beyond this are thinned out: the work grows with the cube of their number, and the fit
/// gains nothing from the five hundred and first.
const MOST_RESULTS: usize = 500;

/// Hyperparameters are fitted to no more results than this; they are few and soon known.
const MOST_FITTED: usize = 150;

/// How far the logarithms of the second and third start are scattered, so that studies whose fit
/// runs aground do not all do so at the same place.
const START_SCATTER: f64 = 0.3;

/// The process fitted to the results, and the results it was fitted to.
#[derive(Debug)]
pub(crate) struct Model<'a> {
    pub(crate) gp: GaussianProcess<'a>,
    /// Points with results, the one expected to be best first.
    pub(crate) ranking: Vec<RankedPoint>,
}

/// A point with a result, and the response that the process expects of it without noise.
#[derive(Debug, Clone)]
pub(crate) struct RankedPoint {
    pub(crate) point: Vec<f64>,
    pub(crate) mean: f64,
}

impl<'a> Model<'a> {
    /// Fits the process to results and takes open points as if they had returned what is expected.
    /// A result that is not finite is a failure and counts as the worst finite one. None if there
    /// is no finite result.
    pub(crate) fn learn(
        axes: &'a [Axis],
        told: &[Vec<f64>],
        results: &[f64],
        open: &[Vec<f64>],
        stream: &mut Stream,
    ) -> Option<Self> {
        let results = normalised(results)?;
        let kept = subsample(&results, MOST_RESULTS);
        let points: Vec<Vec<f64>> = kept.iter().map(|&index| told[index].clone()).collect();
        let results: Vec<f64> = kept.iter().map(|&index| results[index]).collect();

        let (power, hyper) = fit(axes, &points, &results, stream)?;
        let values = warp(&results, power).values;
        let gp = GaussianProcess::new(axes, points.clone(), &values, &hyper)?;
        let mut ranking: Vec<RankedPoint> =
            points.into_iter().map(|point| RankedPoint { mean: gp.predict(&point).0, point }).collect();
        ranking.sort_by(|a, b| b.mean.total_cmp(&a.mean));
        let gp = if open.is_empty() { gp } else { gp.with_pending(&values, open)? };
        Some(Model { gp, ranking })
    }
}

/// The power that suits the results best, with the hyperparameters for it.
fn fit(axes: &[Axis], points: &[Vec<f64>], results: &[f64], stream: &mut Stream) -> Option<(f64, Hyperparameters)> {
    let kept = subsample(results, MOST_FITTED);
    let points: Vec<Vec<f64>> = kept.iter().map(|&index| points[index].clone()).collect();
    let results: Vec<f64> = kept.iter().map(|&index| results[index]).collect();
    let pairs = PairDistances::new(axes, &points);
    let powers = if results.len() < LEAST_RESULTS { &POWERS[..1] } else { &POWERS };

    let mut starts: Vec<Hyperparameters> =
        STARTS.iter().map(|&(length, noise)| Hyperparameters::new(axes.len(), length, noise)).collect();
    for start in &mut starts[1..] {
        start.0.iter_mut().for_each(|log| *log += START_SCATTER * stream.normal());
    }
    let mut best: Option<(f64, f64, Hyperparameters)> = None;
    for &power in powers {
        let warped = warp(&results, power);
        let Some((hyper, cost)) = pairs.fit(&warped.values, &starts) else {
            continue;
        };
        // Neighbouring powers have similar hyperparameters: one start is enough from here on.
        starts = vec![hyper.clone()];
        let evidence = warped.log_density - cost;
        if best.as_ref().is_none_or(|(most, ..)| evidence > *most) {
            best = Some((evidence, power, hyper));
        }
    }
    best.map(|(_, power, hyper)| (power, hyper))
}

/// Results as numbers no larger than one, failures being the worst of them.
fn normalised(results: &[f64]) -> Option<Vec<f64>> {
    let finite = || results.iter().copied().filter(|result| result.is_finite());
    let worst = finite().min_by(f64::total_cmp)?;
    let largest = finite().map(f64::abs).fold(0.0, f64::max);
    let unit = if largest > 0.0 { largest } else { 1.0 };
    Some(results.iter().map(|&result| if result.is_finite() { result / unit } else { worst / unit }).collect())
}

/// The indices of the results to keep, in order: the better half of them by value, for the detail
/// that matters, and the rest by age, the newest first, for the surroundings.
fn subsample(results: &[f64], most: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..results.len()).collect();
    if results.len() > most {
        order.sort_by(|&a, &b| results[b].total_cmp(&results[a]).then(b.cmp(&a)));
        order[most / 2..].sort_by(|a, b| b.cmp(a));
        order.truncate(most);
        order.sort_unstable();
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_count_as_the_worst_result() {
        let results = [f64::NAN, 4.0, -2.0, f64::INFINITY, f64::NEG_INFINITY];
        assert_eq!(normalised(&results), Some(vec![-0.5, 1.0, -0.5, -0.5, -0.5]));
        assert_eq!(normalised(&[f64::NAN]), None);
    }

    #[test]
    fn results_at_the_end_of_the_number_range_stay_numbers() {
        for size in [f64::MAX, f64::MIN_POSITIVE, 5e-324] {
            assert_eq!(normalised(&[size, -size]), Some(vec![1.0, -1.0]), "{size}");
        }
        assert_eq!(normalised(&[0.0, 0.0]), Some(vec![0.0, 0.0]));
    }

    #[test]
    fn thinning_keeps_the_best_and_the_newest() {
        let results: Vec<f64> = (0..100).map(|i| f64::from((i * 37) % 100)).collect();
        let kept = subsample(&results, 10);
        assert_eq!(kept.len(), 10);
        for index in (0..100).filter(|&i| results[i] >= 95.0) {
            assert!(kept.contains(&index), "a best result was dropped");
        }
        assert!(kept.contains(&99), "the newest result was dropped");
        assert_eq!(subsample(&results[..10], 10), (0..10).collect::<Vec<_>>());
    }
}

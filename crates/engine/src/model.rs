//! Surrogate model: the process fitted to the results, and the results ranked by what it expects of them.

use crate::Cancellation;
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

/// A result that is further from the best one than most by this factor has diverged: no power bends it into line. A smaller
/// one takes what spans orders of magnitude for divergence (goldstein does), a larger one misses values that spoil a bowl.
const DIVERGED: f64 = 30.0;

/// The variance of the doubt, in units of the responses' own: of a bad result that stands alone, and of one whose neighbour
/// is bad too. Over 20 seeds the regret of a bowl is 3.0e-6, with one bad result in thirty 5.0e-6, with a fifth of them 2.4e-5
/// (without any doubt 3.9e-2 and 3.7e-1). A greater doubt of neighbours keeps the search where everything fails.
const DOUBT: f64 = 100.0;
const DOUBT_AMONG_BAD: f64 = 0.01;

/// How far the logarithms of the second and third start are scattered, so that studies whose fit
/// runs aground do not all do so at the same place.
const START_SCATTER: f64 = 0.3;

/// The process fitted to the results, and the results it was fitted to.
#[derive(Debug)]
pub(crate) struct Model<'a> {
    pub(crate) gp: GaussianProcess<'a>,
    /// Points with results, the one expected to be best first.
    pub(crate) ranking: Vec<RankedPoint>,
    pub(crate) cancellation: Cancellation,
}

/// A point with a result, and the response that the process expects of it without noise.
#[derive(Debug, Clone)]
pub(crate) struct RankedPoint {
    pub(crate) point: Vec<f64>,
    pub(crate) mean: f64,
}

impl<'a> Model<'a> {
    /// Fits the process to results and takes open points as if they had returned what is expected.
    /// None if there is no finite result, or nobody waits for it any more.
    pub(crate) fn learn(
        axes: &'a [Axis],
        told: &[Vec<f64>],
        results: &[f64],
        open: &[Vec<f64>],
        cancellation: &Cancellation,
        stream: &mut Stream,
    ) -> Option<Self> {
        let Responses { results, is_regular } = responses(results)?;
        let doubts = doubts(told, &is_regular);
        let kept = subsample(&results, MOST_RESULTS);
        let points: Vec<Vec<f64>> = kept.iter().map(|&index| told[index].clone()).collect();
        let results: Vec<f64> = kept.iter().map(|&index| results[index]).collect();
        let doubts: Vec<f64> = kept.iter().map(|&index| doubts[index]).collect();

        let (power, hyper) = fit(axes, &points, &results, &doubts, cancellation, stream)?;
        if cancellation.is_cancelled() {
            return None;
        }
        let values = warp(&results, power).values;
        let gp = GaussianProcess::new(axes, points.clone(), &values, &hyper, doubts)?;
        let mut ranking: Vec<RankedPoint> =
            points.into_iter().map(|point| RankedPoint { mean: gp.predict(&point).0, point }).collect();
        ranking.sort_by(|a, b| b.mean.total_cmp(&a.mean));
        let gp = if open.is_empty() { gp } else { gp.with_pending(&values, open)? };
        Some(Model { gp, ranking, cancellation: cancellation.clone() })
    }
}

/// The power that suits the results best, with the hyperparameters for it.
fn fit(
    axes: &[Axis],
    points: &[Vec<f64>],
    results: &[f64],
    doubts: &[f64],
    cancellation: &Cancellation,
    stream: &mut Stream,
) -> Option<(f64, Hyperparameters)> {
    let kept = subsample(results, MOST_FITTED);
    let points: Vec<Vec<f64>> = kept.iter().map(|&index| points[index].clone()).collect();
    let results: Vec<f64> = kept.iter().map(|&index| results[index]).collect();
    let doubts: Vec<f64> = kept.iter().map(|&index| doubts[index]).collect();
    let pairs = PairDistances::new(axes, &points, doubts, cancellation.clone());
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

/// Results as numbers no larger than one, and whether each is what came out.
#[derive(Debug, PartialEq)]
struct Responses {
    results: Vec<f64>,
    is_regular: Vec<bool>,
}

/// The responses that a process can be fitted to. A failure, and a result so far from the best that it diverged, count as
/// the worst of the others. None if there is no finite result.
fn responses(results: &[f64]) -> Option<Responses> {
    let mut sorted: Vec<f64> = results.iter().copied().filter(|result| result.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let best = *sorted.last()?;
    // Halves, since the distance of two numbers may be too large for one.
    let distance = |result: f64| best / 2.0 - result / 2.0;
    let apart: Vec<f64> = sorted.iter().rev().map(|&result| distance(result)).filter(|&it| it > 0.0).collect();
    let usual = apart.get(apart.len() * 3 / 4).copied().unwrap_or(0.0);
    let is_regular = |result: f64| result.is_finite() && distance(result) <= DIVERGED * usual;
    let worst = sorted.iter().copied().find(|&result| is_regular(result)).unwrap_or(best);
    let largest = sorted.iter().filter(|&&it| is_regular(it)).map(|it| it.abs()).fold(0.0, f64::max);
    let unit = if largest > 0.0 { largest } else { 1.0 };
    Some(Responses {
        results: results.iter().map(|&it| if is_regular(it) { it } else { worst } / unit).collect(),
        is_regular: results.iter().map(|&it| is_regular(it)).collect(),
    })
}

/// By how much each result is doubted. One that is not what came out says little where its neighbour is fine: it may have
/// had any reason, and must not bend the process. Where they stand side by side, the place is the reason.
fn doubts(points: &[Vec<f64>], is_regular: &[bool]) -> Vec<f64> {
    let distance = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f64>();
    let stands_alone = |index: usize| {
        let others = (0..points.len()).filter(|&other| other != index);
        let apart = others.map(|other| (distance(&points[index], &points[other]), other));
        apart.min_by(|a, b| a.0.total_cmp(&b.0)).is_none_or(|(_, nearest)| is_regular[nearest])
    };
    let doubt = |index: usize| match is_regular[index] {
        true => 0.0,
        false if stands_alone(index) => DOUBT,
        false => DOUBT_AMONG_BAD,
    };
    (0..points.len()).map(doubt).collect()
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

    fn results(of: &[f64]) -> Option<Vec<f64>> {
        responses(of).map(|responses| responses.results)
    }

    #[test]
    fn failures_count_as_the_worst_result() {
        let counted = responses(&[f64::NAN, 4.0, -2.0, f64::INFINITY, f64::NEG_INFINITY]).expect("some are finite");
        assert_eq!(counted.results, [-0.5, 1.0, -0.5, -0.5, -0.5]);
        assert_eq!(counted.is_regular, [false, true, true, false, false]);
        assert_eq!(responses(&[f64::NAN]), None);
    }

    #[test]
    fn a_result_that_diverged_counts_as_a_failure_and_those_that_span_orders_of_magnitude_do_not() {
        for diverged in [-1e6, -1e12, -1e300, f64::NAN] {
            let counted = responses(&[-1.0, -0.5, diverged, 0.0, -1.5, -2.0]).expect("some are finite");
            let regular = vec![true, true, false, true, true, true];
            assert_eq!((counted.results[2], counted.is_regular), (-1.0, regular), "{diverged}");
        }
        for results in [&[0.0, -1.0, -10.0, -100.0, -1000.0, -10_000.0, -30_000.0][..], &[0.0, 0.0, 0.0, 1.0]] {
            assert!(responses(results).expect("all are finite").is_regular.iter().all(|it| *it), "{results:?}");
        }
    }

    #[test]
    fn a_failure_is_doubted_unless_its_neighbour_failed_as_well() {
        let points: Vec<Vec<f64>> = [0.1, 0.2, 0.3, 0.8, 0.85].iter().map(|&x| vec![x]).collect();
        assert_eq!(
            doubts(&points, &[true, false, true, false, false]),
            [0.0, DOUBT, 0.0, DOUBT_AMONG_BAD, DOUBT_AMONG_BAD]
        );
        assert_eq!(doubts(&points[..1], &[false]), [DOUBT]);
    }

    #[test]
    fn results_at_the_end_of_the_number_range_stay_numbers() {
        for size in [f64::MAX, f64::MIN_POSITIVE] {
            assert_eq!(results(&[size, -size]), Some(vec![1.0, -1.0]), "{size}");
        }
        assert_eq!(results(&[0.0, 0.0]), Some(vec![0.0, 0.0]));
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

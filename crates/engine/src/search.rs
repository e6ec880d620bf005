//! Candidate search: many random points, the best of them improved by steps, for the greatest acquisition value.

use crate::acquisition::{Acquisition, AcquisitionValue};
use crate::axis::Axis;
use crate::excluded::ExcludedPoints;
use crate::minimise::minimise;
use crate::model::{Model, RankedPoint};
use crate::rng::Stream;

/// Candidates anywhere, candidates near good results, and how many of both are improved.
const ANYWHERE: usize = 512;
const NEARBY: usize = 256;
const IMPROVED: usize = 6;

/// How many of the best results have candidates near them.
const CENTRES: usize = 4;

/// The widest and the narrowest spread of candidates about a result, as shares of a range.
const SPREAD: (f64, f64) = (0.3, 0.002);

/// How often a candidate near a result has another option than it.
const SWITCH: f64 = 0.25;

/// A grid of more levels than this is climbed as if it were a line, then rounded to the grid.
const COARSE: u64 = 20;

/// Rounds of climbing lines and stepping through grids and options, and steps of each climb.
const ROUNDS: usize = 5;
const CLIMB_STEPS: u64 = 30;

/// A round that gains less than this was the last.
const LEAST_GAIN: f64 = 1e-6;

/// The acquisition function to be made large, and where.
pub(crate) struct Search<'a> {
    pub(crate) axes: &'a [Axis],
    pub(crate) model: &'a Model<'a>,
    pub(crate) acquisition: Acquisition,
    /// The mean to improve on.
    pub(crate) best: f64,
    /// A variable that keeps this coordinate.
    pub(crate) pinned: Option<(usize, f64)>,
}

/// A point and its acquisition value.
type Candidate = (Vec<f64>, f64);

impl Search<'_> {
    /// The free point of greatest acquisition value that was found; none if no candidate was free.
    pub(crate) fn run(
        &self,
        centres: &[RankedPoint],
        excluded: &ExcludedPoints<'_>,
        stream: &mut Stream,
    ) -> Option<Vec<f64>> {
        let anywhere = excluded
            .all_free(ANYWHERE as u64)
            .unwrap_or_else(|| (0..ANYWHERE).map(|_| self.axes.iter().map(|a| a.sample(stream)).collect()).collect());
        let centres = &centres[..centres.len().min(CENTRES)];
        let nearby = (0..NEARBY).filter_map(|_| self.near(centres, stream)).collect::<Vec<_>>();
        let mut candidates: Vec<Candidate> = anywhere
            .into_iter()
            .chain(nearby)
            .map(|x| self.pin(x))
            .filter(|x| excluded.is_free(x))
            .map(|x| {
                let value = self.score(&x);
                (x, value)
            })
            .collect();
        candidates.sort_by(|a, b| b.1.total_cmp(&a.1));
        candidates.truncate(IMPROVED);
        // An improved point may run into an excluded one; the candidates themselves never do.
        let improved: Vec<Candidate> = candidates.iter().cloned().map(|c| self.improve(c)).collect();
        candidates
            .into_iter()
            .chain(improved)
            .filter(|(x, _)| excluded.is_free(x))
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(x, _)| x)
    }

    fn pin(&self, mut x: Vec<f64>) -> Vec<f64> {
        if let Some((variable, coordinate)) = self.pinned {
            x[variable] = coordinate;
        }
        x
    }

    fn near(&self, centres: &[RankedPoint], stream: &mut Stream) -> Option<Vec<f64>> {
        let centre = centres.get(stream.below(centres.len() as u64) as usize)?;
        // Evenly over the orders of magnitude between the two ends.
        let spread = SPREAD.0 * libm::pow(SPREAD.1 / SPREAD.0, stream.unit());
        let moved = self.axes.iter().zip(&centre.point).map(|(axis, &coordinate)| {
            if !axis.is_choice() {
                axis.snap(coordinate + spread * stream.normal())
            } else if stream.unit() < SWITCH {
                axis.sample(stream)
            } else {
                coordinate
            }
        });
        Some(moved.collect())
    }

    fn acquisition_value(&self, mean: f64, deviation: f64) -> AcquisitionValue {
        self.acquisition.value(mean, deviation, self.best)
    }

    fn score(&self, x: &[f64]) -> f64 {
        let (mean, deviation) = self.model.gp.predict(x);
        self.acquisition_value(mean, deviation).value
    }

    /// Climbs lines and steps through grids and options in turn until neither gains.
    fn improve(&self, mut candidate: Candidate) -> Candidate {
        for _ in 0..ROUNDS {
            if self.model.cancellation.is_cancelled() {
                break;
            }
            let before = candidate.1;
            self.climb(&mut candidate);
            self.step(&mut candidate);
            if candidate.1 - before < LEAST_GAIN {
                break;
            }
        }
        candidate
    }

    fn climb(&self, candidate: &mut Candidate) {
        let smooth: Vec<usize> = (0..self.axes.len())
            .filter(|&variable| {
                let axis = &self.axes[variable];
                !axis.is_choice() && axis.levels().is_none_or(|levels| levels > COARSE)
            })
            .collect();
        if smooth.is_empty() {
            return;
        }
        let place = |coordinates: &[f64]| {
            let mut x = candidate.0.clone();
            for (&variable, &coordinate) in smooth.iter().zip(coordinates) {
                x[variable] = coordinate;
            }
            x
        };
        let start: Vec<f64> = smooth.iter().map(|&variable| candidate.0[variable]).collect();
        let (lower, upper) = (vec![0.0; smooth.len()], vec![1.0; smooth.len()]);
        let (top, _) = minimise(&start, &lower, &upper, CLIMB_STEPS, |coordinates| {
            let at = self.model.gp.slopes(&place(coordinates));
            let acquisition = self.acquisition_value(at.mean, at.deviation);
            let slope = |&variable: &usize| {
                -acquisition.by_mean * at.mean_by[variable] - acquisition.by_deviation * at.deviation_by[variable]
            };
            (-acquisition.value, smooth.iter().map(slope).collect())
        });
        let x = place(&top).iter().zip(self.axes).map(|(&x, axis)| axis.snap(x)).collect();
        self.take_better(candidate, x);
    }

    fn step(&self, candidate: &mut Candidate) {
        for (variable, axis) in self.axes.iter().enumerate() {
            let Some(levels) = axis.levels() else {
                continue;
            };
            if self.pinned.is_some_and(|(pinned, _)| pinned == variable) {
                continue;
            }
            let here = axis.level(candidate.0[variable]);
            let next = if axis.is_choice() { 0..levels } else { here.saturating_sub(1)..(here + 2).min(levels) };
            for level in next.filter(|&level| level != here) {
                let mut x = candidate.0.clone();
                x[variable] = axis.coordinate_of_level(level);
                self.take_better(candidate, x);
            }
        }
    }

    fn take_better(&self, candidate: &mut Candidate, x: Vec<f64>) {
        let value = self.score(&x);
        if value > candidate.1 {
            *candidate = (x, value);
        }
    }
}

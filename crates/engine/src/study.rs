//! Study: what is searched and how, and the next point to try from everything told so far.

use crate::excluded::ExcludedPoints;
use crate::initial_design::latin_hypercube;
use crate::model::Model;
use crate::rng::{Purpose, Stream};
use crate::search::Search;
use crate::{Acquisition, Cancellation, Error, Point, Space, category_exploration, initial_design};

/// Every how many suggestions one is a random point. Random points cost little and are the only
/// ones that do not depend on the model being right; AutoTune has the same habit.
const RANDOM_EVERY: usize = 10;

/// Observation: the result of one trial. The greater the value, the better.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// What was tried.
    pub point: Point,
    /// What came of it. A number that is not finite means that the trial failed: the point is not
    /// tried again, and counts as no better than the worst result.
    pub value: f64,
}

/// A study: what is searched, how, and from which seed. It holds no results: every suggestion is worked out
/// from the history it is given, so any process with the same history suggests the same point.
#[derive(Debug, Clone)]
pub struct Study {
    /// The space that is searched.
    pub space: Space,
    /// Acquisition function: which points count as worth trying.
    pub acquisition: Acquisition,
    /// Decides everything that is random.
    pub seed: u64,
}

impl Study {
    /// Number of points that are tried before the model is asked: the guess and a Latin hypercube.
    pub fn initial_points(&self) -> usize {
        initial_design::size(self.space.axes())
    }

    /// The point to try next: never one that has been told or is pending. It takes milliseconds
    /// for fifty results and some tenths of a second for hundreds, so call it where blocking is
    /// allowed.
    ///
    /// # Errors
    /// [`Error::InvalidPoint`] if a point of the history or a pending one is not in the space;
    /// [`Error::Exhausted`] if no point is left.
    pub fn suggest(&self, history: &[Observation], pending: &[Point]) -> Result<Point, Error> {
        self.suggest_unless_cancelled(history, pending, &Cancellation::default())
    }

    /// As [`Study::suggest`], unless somebody cancels it meanwhile.
    ///
    /// # Errors
    /// As there, and [`Error::Cancelled`].
    pub fn suggest_unless_cancelled(
        &self,
        history: &[Observation],
        pending: &[Point],
        cancellation: &Cancellation,
    ) -> Result<Point, Error> {
        let told = self.encode(history.iter().map(|observation| &observation.point))?;
        let open = self.encode(pending)?;
        let excluded = ExcludedPoints::new(&self.space, told.iter().chain(&open).cloned().collect())?;

        if let Some(point) = self.initial(&excluded, told.len() + open.len()) {
            return Ok(point);
        }
        let mut stream = Stream::new(self.seed, told.len(), open.len(), Purpose::Search);
        let results: Vec<f64> = history.iter().map(|observation| observation.value).collect();
        let suggested = self.model_suggestion(&told, &results, &open, &excluded, cancellation, &mut stream);
        if cancellation.is_cancelled() {
            return Err(Error::Cancelled);
        }
        let x = match suggested {
            Some(x) => x,
            None => excluded.draw(&mut stream)?,
        };
        Ok(self.space.decode(&x))
    }

    fn encode<'p>(&self, points: impl IntoIterator<Item = &'p Point>) -> Result<Vec<Vec<f64>>, Error> {
        let checked = points.into_iter().map(|point| self.space.check(point));
        checked.map(|point| Ok(self.space.encode(&point?))).collect()
    }

    /// The next point of the initial design while it lasts. `count` points are excluded.
    fn initial(&self, excluded: &ExcludedPoints<'_>, count: usize) -> Option<Point> {
        let size = self.initial_points();
        if count >= size {
            return None;
        }
        let guess = self.space.guess();
        if excluded.is_free(&self.space.encode(&guess)) {
            return Some(guess);
        }
        latin_hypercube(&self.space, size - 1, self.seed)
            .into_iter()
            .find(|x| excluded.is_free(x))
            .map(|x| self.space.decode(&x))
    }

    /// The model's suggestion; none where it is a random point's turn or nothing is known.
    fn model_suggestion(
        &self,
        told: &[Vec<f64>],
        results: &[f64],
        open: &[Vec<f64>],
        excluded: &ExcludedPoints<'_>,
        cancellation: &Cancellation,
        stream: &mut Stream,
    ) -> Option<Vec<f64>> {
        let count = told.len() + open.len();
        if count % RANDOM_EVERY == RANDOM_EVERY - 1 {
            return None;
        }
        let axes = self.space.axes();
        let mut fit = Stream::new(self.seed, told.len(), open.len(), Purpose::Fit);
        let model = Model::learn(axes, told, results, open, cancellation, &mut fit)?;
        if category_exploration::is_due(axes, count) {
            let explored = category_exploration::suggest(axes, &model, self.acquisition, excluded, stream);
            if explored.is_some() {
                return explored;
            }
        }
        let best = model.ranking.first()?.mean;
        let search = Search { axes, model: &model, acquisition: self.acquisition, best, pinned: None };
        search.run(&model.ranking, excluded, stream)
    }
}

//! Running best: the best observation after each tell, in the form in which the original writes it.

use indexmap::IndexMap;

use crate::store::Observation;
use crate::study::{Direction, Scalar, Variable, json_text};

/// The running best: after each tell, the observation that was the best by then.
pub(crate) struct RunningBest<'a> {
    space: &'a [Variable],
    steps: Vec<&'a Observation>,
}

impl<'a> RunningBest<'a> {
    /// Walks the history once; of equals the first stays the best.
    pub(crate) fn of(space: &'a [Variable], direction: Direction, history: &'a [Observation]) -> Self {
        let steps = history.iter().scan(None, |best: &mut Option<&Observation>, told| {
            if best.is_none_or(|best| direction.is_better(told.value, best.value)) {
                *best = Some(told);
            }
            *best
        });
        Self { space, steps: steps.collect() }
    }

    /// `{"Response": {"0": .., "1": ..}}`
    pub(crate) fn response(&self) -> String {
        json_text(&IndexMap::from([("Response", self.column(|told| Some(Scalar::Real(told.value))))]))
    }

    /// `{"v1": {"0": .., "1": ..}, ..}`, the variables in their order.
    pub(crate) fn covars(&self) -> String {
        let columns = self
            .space
            .iter()
            .enumerate()
            .map(|(index, variable)| (variable.name.as_str(), self.column(|told| told.point.get(index).cloned())));
        json_text(&columns.collect::<IndexMap<_, _>>())
    }

    fn column(&self, value: impl Fn(&Observation) -> Option<Scalar>) -> IndexMap<String, Scalar> {
        self.steps.iter().enumerate().filter_map(|(row, told)| Some((row.to_string(), value(told)?))).collect()
    }
}

//! Curve over time: what was observed, what was predicted, and between which bounds.

/// Curve over time. All lists are as long as the first; what is missing is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Curve {
    /// What the values are called.
    pub(crate) name: String,
    /// Seconds since 1970.
    pub(crate) times: Vec<f64>,
    pub(crate) observed: Vec<Option<f64>>,
    pub(crate) predicted: Vec<Option<f64>>,
    pub(crate) lower: Vec<Option<f64>>,
    pub(crate) upper: Vec<Option<f64>>,
    /// What the server takes for an anomaly.
    pub(crate) anomalous: Vec<bool>,
}

impl Curve {
    /// The least and the greatest of all values; none where there are no values.
    pub(super) fn range(&self) -> Option<(f64, f64)> {
        let all = [&self.observed, &self.predicted, &self.lower, &self.upper];
        let values = || all.into_iter().flatten().flatten().copied().filter(|value| value.is_finite());
        let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        low.is_finite().then_some((low, high))
    }

    /// How many points are anomalies.
    pub(super) fn anomalies(&self) -> usize {
        self.anomalous.iter().filter(|anomalous| **anomalous).count()
    }

    /// First and last moment.
    pub(super) fn span(&self) -> Option<(f64, f64)> {
        Some((*self.times.first()?, *self.times.last()?))
    }
}

/// A value of a list, where there is one.
pub(super) fn at(values: &[Option<f64>], index: usize) -> Option<f64> {
    values.get(index).copied().flatten().filter(|value| value.is_finite())
}

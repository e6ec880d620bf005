//! Direction of a search: whether greater or lesser values are better.

use std::cmp::Ordering;

/// Direction of a search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The greatest value.
    #[default]
    Maximize,
    /// The least.
    Minimize,
}

impl Direction {
    /// The hub's word for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Direction::Maximize => "maximize",
            Direction::Minimize => "minimize",
        }
    }

    /// The order in which the better value comes first.
    pub(crate) fn order(self, one: f64, other: f64) -> Ordering {
        match self {
            Direction::Maximize => other.total_cmp(&one),
            Direction::Minimize => one.total_cmp(&other),
        }
    }

    /// Whether a value beats the best so far; the first one does.
    pub(crate) fn beats(self, value: f64, best: Option<f64>) -> bool {
        best.is_none_or(|best| self.order(value, best) == Ordering::Less)
    }
}

//! Direction of optimisation: which of two values is the better one.

use std::fmt;

/// A direction: whether the greater or the smaller value is the better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Direction {
    /// The greater is the better, as in the original.
    #[default]
    Maximize,
    /// The smaller is the better.
    Minimize,
}

impl Direction {
    /// Both, as they are written on the wire and in a database.
    pub(crate) const NAMES: [&'static str; 2] = ["maximize", "minimize"];

    /// The direction of this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Maximize, Self::Minimize].into_iter().find(|direction| direction.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// Whether `value` is better than `other`; equals are not.
    pub(crate) fn is_better(self, value: f64, other: f64) -> bool {
        self.ascending(value) > self.ascending(other)
    }

    /// The value as a model sees it, to which the greater is always the better.
    pub(crate) fn ascending(self, value: f64) -> f64 {
        match self {
            Self::Maximize => value,
            Self::Minimize => -value,
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_the_name_of_its_direction() {
        for name in Direction::NAMES {
            assert_eq!(Direction::from_name(name).map(Direction::name), Some(name));
        }
        assert_eq!(Direction::from_name("up"), None);
    }

    #[test]
    fn better_follows_the_direction_and_equals_are_not() {
        assert!(Direction::Maximize.is_better(2.0, 1.0) && !Direction::Maximize.is_better(1.0, 1.0));
        assert!(Direction::Minimize.is_better(1.0, 2.0) && !Direction::Minimize.is_better(1.0, 1.0));
    }
}

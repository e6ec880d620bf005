//! Names of models and of ways to choose a point, as the original has them. What stands behind them, and why some are
//! refused, is for the engine to say.

use mlhub_engine::{Acquisition, ModelType};

/// A set of names for one kind of choice.
pub(crate) struct NameSet {
    /// What is used where none is given.
    pub(crate) default: &'static str,
    /// The names that are accepted, as a refusal lists them.
    pub(crate) accepted: &'static [&'static str],
    known: fn(&str) -> Result<(), mlhub_engine::Error>,
}

/// The models.
pub(crate) const MODEL: NameSet = NameSet {
    default: "SingleTaskGP",
    accepted: &["SingleTaskGP", "SimpleCustomMaternGP"],
    known: |name| ModelType::from_name(name).map(drop),
};

/// The acquisition functions.
pub(crate) const ACQUISITION: NameSet = NameSet {
    default: "ExpectedImprovement",
    accepted: &[
        "ExpectedImprovement",
        "NoisyExpectedImprovement",
        "PosteriorMean",
        "ProbabilityOfImprovement",
        "UpperConfidenceBound",
        "qExpectedImprovement",
        "qNoisyExpectedImprovement",
        "qProbabilityOfImprovement",
        "qSimpleRegret",
        "qUpperConfidenceBound",
    ],
    known: |name| Acquisition::from_name(name).map(drop),
};

impl NameSet {
    /// Whether `name` is accepted, or why it is not.
    pub(crate) fn check(&self, name: &str) -> Result<(), String> {
        (self.known)(name).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_listed_as_taken_is_taken() {
        for names in [MODEL, ACQUISITION] {
            assert!(names.accepted.contains(&names.default));
            for name in names.accepted {
                assert_eq!(names.check(name), Ok(()));
            }
            assert!(names.check("Nope").is_err());
        }
    }
}

//! The names by which the original calls its models and acquisition functions. What stands behind them, and why some are
//! refused, is for the engine to say.

use mlhub_engine::{Acquisition, ModelType};

/// The names of one kind of choice.
pub(crate) struct Names {
    /// What is used where none is given.
    pub(crate) default: &'static str,
    /// What is taken, as a refusal lists it.
    pub(crate) taken: &'static [&'static str],
    known: fn(&str) -> Result<(), mlhub_engine::Error>,
}

/// The models.
pub(crate) const MODEL: Names = Names {
    default: "SingleTaskGP",
    taken: &["SingleTaskGP", "SimpleCustomMaternGP"],
    known: |name| ModelType::from_name(name).map(drop),
};

/// The acquisition functions.
pub(crate) const ACQUISITION: Names = Names {
    default: "ExpectedImprovement",
    taken: &[
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

impl Names {
    /// Whether `name` is taken, or why it is not.
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
            assert!(names.taken.contains(&names.default));
            for name in names.taken {
                assert_eq!(names.check(name), Ok(()));
            }
            assert!(names.check("Nope").is_err());
        }
    }
}

//! Acquisition function: how much a point is worth trying, from the mean and the deviation that the model gives it.

use crate::{Error, expected_improvement};

/// The weight of the variance that the original service gives its upper confidence bound.
pub const DEFAULT_BETA: f64 = 0.2;

/// Acquisition function: which point is thought most worth trying.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Acquisition {
    /// The logarithm of the improvement to be expected on the best posterior mean so far. The
    /// logarithm has the same maximum and still has a slope where the improvement itself
    /// underflows.
    #[default]
    LogEi,
    /// The same; results count by their posterior mean here in any case, so noise is allowed for.
    NoisyEi,
    /// The probability of any improvement.
    Pi,
    /// The mean plus a share of the standard deviation.
    Ucb {
        /// The weight of the variance: the square of that share.
        beta: f64,
    },
    /// What is expected, however unsure.
    PosteriorMean,
}

/// The acquisition value of a point, and how it changes with the mean and with the standard deviation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AcquisitionValue {
    pub(crate) value: f64,
    pub(crate) by_mean: f64,
    pub(crate) by_deviation: f64,
}

impl Acquisition {
    /// The function that an AutoTune name stands for. Names of functions that suggest several
    /// points at once mean the same as their plain twins, since points are asked for one by one.
    ///
    /// # Errors
    /// [`Error::Unsupported`] says why there is no such function here, and which to use.
    pub fn from_name(name: &str) -> Result<Self, Error> {
        match name {
            "ExpectedImprovement" | "qExpectedImprovement" => Ok(Acquisition::LogEi),
            "NoisyExpectedImprovement" | "qNoisyExpectedImprovement" => Ok(Acquisition::NoisyEi),
            "ProbabilityOfImprovement" | "qProbabilityOfImprovement" => Ok(Acquisition::Pi),
            "UpperConfidenceBound" | "qUpperConfidenceBound" => Ok(Acquisition::Ucb { beta: DEFAULT_BETA }),
            "PosteriorMean" | "qSimpleRegret" => Ok(Acquisition::PosteriorMean),
            other => Err(Error::Unsupported(refusal(other))),
        }
    }

    /// The acquisition value of a point with this mean and deviation, `best` being the mean to beat.
    pub(crate) fn value(self, mean: f64, deviation: f64, best: f64) -> AcquisitionValue {
        let z = (mean - best) / deviation;
        match self {
            Acquisition::LogEi | Acquisition::NoisyEi => {
                let (value, slope) = expected_improvement::ln_improvement(z);
                AcquisitionValue {
                    value: value + libm::log(deviation),
                    by_mean: slope / deviation,
                    by_deviation: (1.0 - slope * z) / deviation,
                }
            }
            Acquisition::Pi => {
                let (value, slope) = expected_improvement::ln_probability(z);
                AcquisitionValue { value, by_mean: slope / deviation, by_deviation: -slope * z / deviation }
            }
            Acquisition::Ucb { beta } => {
                let share = beta.max(0.0).sqrt();
                AcquisitionValue { value: mean + share * deviation, by_mean: 1.0, by_deviation: share }
            }
            Acquisition::PosteriorMean => AcquisitionValue { value: mean, by_mean: 1.0, by_deviation: 0.0 },
        }
    }
}

fn refusal(name: &str) -> String {
    let reason = match name {
        "ConstrainedExpectedImprovement" => "an experiment has no constraints",
        "qMaxValueEntropy" => "it needs a set of candidate points, which an experiment has no field for",
        "qMultiFidelityMaxValueEntropy" => "an experiment has no fidelities",
        "qKnowledgeGradient" => "it looks a step ahead, which is not offered",
        _ => "it is not known",
    };
    format!("acquisition function {name:?} cannot be used: {reason}; use \"ExpectedImprovement\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Acquisition; 5] = [
        Acquisition::LogEi,
        Acquisition::NoisyEi,
        Acquisition::Pi,
        Acquisition::Ucb { beta: DEFAULT_BETA },
        Acquisition::PosteriorMean,
    ];

    #[test]
    fn slopes_are_those_of_the_acquisition_value() {
        let step = 1e-6;
        for acquisition in ALL {
            for (mean, deviation) in [(0.3, 0.5), (-2.0, 0.4), (-9.0, 0.25), (1.0, 2.0)] {
                let at = |m, d| acquisition.value(m, d, 0.5).value;
                let exact = acquisition.value(mean, deviation, 0.5);
                let by_mean = (at(mean + step, deviation) - at(mean - step, deviation)) / (2.0 * step);
                let by_deviation = (at(mean, deviation + step) - at(mean, deviation - step)) / (2.0 * step);
                let near = |exact: f64, numeric: f64| (exact - numeric).abs() < 1e-4 * (1.0 + exact.abs());
                assert!(near(exact.by_mean, by_mean), "{acquisition:?} {mean} {deviation}");
                assert!(near(exact.by_deviation, by_deviation), "{acquisition:?} {mean} {deviation}");
            }
        }
    }

    #[test]
    fn a_better_mean_never_has_a_smaller_acquisition_value() {
        for acquisition in ALL {
            let values: Vec<f64> = (-40..10).map(|mean| acquisition.value(f64::from(mean), 0.7, 0.0).value).collect();
            assert!(values.windows(2).all(|pair| pair[0] <= pair[1]), "{acquisition:?}: {values:?}");
        }
    }

    #[test]
    fn names_of_the_original_service_are_mapped_or_refused_with_a_reason() {
        let names = [
            "ExpectedImprovement",
            "NoisyExpectedImprovement",
            "ProbabilityOfImprovement",
            "UpperConfidenceBound",
            "PosteriorMean",
        ];
        assert_eq!(names.map(Acquisition::from_name), ALL.map(Ok));
        let twins = [
            "qExpectedImprovement",
            "qNoisyExpectedImprovement",
            "qProbabilityOfImprovement",
            "qUpperConfidenceBound",
            "qSimpleRegret",
        ];
        assert_eq!(twins.map(Acquisition::from_name), ALL.map(Ok));
        for (name, reason) in [
            ("ConstrainedExpectedImprovement", "no constraints"),
            ("qMaxValueEntropy", "candidate points"),
            ("qMultiFidelityMaxValueEntropy", "no fidelities"),
            ("qKnowledgeGradient", "a step ahead"),
            ("Luck", "not known"),
        ] {
            let message = Acquisition::from_name(name).expect_err(name).to_string();
            assert!(message.contains(name) && message.contains(reason), "{message}");
            assert!(message.contains("use \"ExpectedImprovement\""), "{message}");
        }
    }
}

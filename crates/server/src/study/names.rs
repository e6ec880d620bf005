//! The names by which the original calls its models and acquisition functions: those taken, and why others are not.

/// The names of one kind of choice.
pub(crate) struct Names {
    /// What is used where none is given.
    pub(crate) default: &'static str,
    /// What is taken.
    pub(crate) taken: &'static [&'static str],
    /// What the original knows and this hub refuses, with the reason.
    refused: &'static [(&'static str, &'static str)],
}

const VARIANCE: &str = "it needs the variance of each response, which a tell does not carry; use SingleTaskGP";
const ENTROPY: &str =
    "it never got past its second ask in the original and is not implemented; use ExpectedImprovement";

/// The models. The original accepts the refused two as well and then fails on the first tell.
pub(crate) const MODEL: Names = Names {
    default: "SingleTaskGP",
    taken: &["SingleTaskGP", "SimpleCustomMaternGP"],
    refused: &[("FixedNoiseGP", VARIANCE), ("HeteroskedasticSingleTaskGP", VARIANCE)],
};

/// The acquisition functions. The original accepts the refused four as well and then fails on a later ask.
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
    refused: &[
        (
            "ConstrainedExpectedImprovement",
            "it needs constraints, which an experiment does not have; use ExpectedImprovement",
        ),
        (
            "qKnowledgeGradient",
            "it never got past its third ask in the original and is not implemented; use ExpectedImprovement",
        ),
        ("qMaxValueEntropy", ENTROPY),
        ("qMultiFidelityMaxValueEntropy", ENTROPY),
    ],
};

impl Names {
    /// Whether `name` is taken, or what to say about it.
    pub(crate) fn check(&self, name: &str) -> Result<(), String> {
        if self.taken.contains(&name) {
            return Ok(());
        }
        if let Some((_, why)) = self.refused.iter().find(|(refused, _)| *refused == name) {
            return Err(format!("{name} is not supported: {why}"));
        }
        Err(format!("value is not a valid enumeration member; permitted: '{}'", self.taken.join("', '")))
    }
}

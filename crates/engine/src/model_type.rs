//! Model names: those that an AutoTune experiment may ask for.

use crate::Error;

/// The type of a model. Both are the one Gaussian process of this engine, which fits its own noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ModelType {
    /// A Gaussian process with fitted noise.
    #[default]
    SingleTaskGp,
    /// The same with the Matérn kernel said aloud.
    SimpleCustomMaternGp,
}

impl ModelType {
    /// The model that an AutoTune name stands for.
    ///
    /// # Errors
    /// [`Error::Unsupported`] says why there is no such model here, and which to use.
    pub fn from_name(name: &str) -> Result<Self, Error> {
        match name {
            "SingleTaskGP" => Ok(ModelType::SingleTaskGp),
            "SimpleCustomMaternGP" => Ok(ModelType::SimpleCustomMaternGp),
            other => {
                let reason = match other {
                    "FixedNoiseGP" | "HeteroskedasticSingleTaskGP" => {
                        "it needs the variance of each result, which a tell has no field for"
                    }
                    _ => "it is not known",
                };
                Err(Error::Unsupported(format!(
                    "model {other:?} cannot be used: {reason}; use \"SingleTaskGP\", which fits \
                     the noise from the results"
                )))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_mapped_or_refused_with_a_reason() {
        assert_eq!(ModelType::from_name("SingleTaskGP"), Ok(ModelType::SingleTaskGp));
        assert_eq!(ModelType::from_name("SimpleCustomMaternGP"), Ok(ModelType::SimpleCustomMaternGp));
        for (name, reason) in [
            ("FixedNoiseGP", "variance of each result"),
            ("HeteroskedasticSingleTaskGP", "variance of each result"),
            ("Oracle", "not known"),
        ] {
            let message = ModelType::from_name(name).expect_err(name).to_string();
            assert!(message.contains(name) && message.contains(reason), "{message}");
        }
    }
}

//! Variable of an experiment: what it takes, how it is searched, and where to begin.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

/// A variable of a new experiment.
///
/// ```
/// use mlhub::autotune::{NewExperiment, Variable};
///
/// let experiment = NewExperiment::new("net")
///     .variable("rate", Variable::cont(1e-5..=1.0).log())
///     .variable("batch", Variable::int(16..=512).step(16).guess(64))
///     .variable("optimizer", Variable::cat(["sgd", "adam"]))
///     .minimize();
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Variable(Map<String, Value>);

impl Variable {
    /// A whole number within bounds, both included.
    pub fn int(range: RangeInclusive<i64>) -> Self {
        let (min, max) = range.into_inner();
        Self::of("int").with("min", min).with("max", max)
    }

    /// A number within bounds, both included.
    pub fn cont(range: RangeInclusive<f64>) -> Self {
        let (min, max) = range.into_inner();
        Self::of("cont").with("min", min).with("max", max)
    }

    /// One of several words.
    pub fn cat<S: Into<String>>(options: impl IntoIterator<Item = S>) -> Self {
        Self::of("cat").with("options", options.into_iter().map(Into::into).collect::<Vec<String>>())
    }

    /// Where to begin: a number or a word, as the variable takes. Only [`open_experiment`](super::Client::open_experiment)
    /// does without.
    pub fn guess(self, guess: impl Into<Value>) -> Self {
        self.with("guess", guess)
    }

    /// Equal ratios count as equal: from 0.001 to 0.01 is as far as from 0.01 to 0.1. The least value has to be
    /// greater than 0. The original does not know it.
    pub fn log(self) -> Self {
        self.with("log", true)
    }

    /// Only the least value plus multiples of this. The original does not know it.
    pub fn step(self, step: impl Into<Value>) -> Self {
        self.with("step", step)
    }

    /// The variable as the server reads it.
    pub(super) fn into_json(self) -> Value {
        Value::Object(self.0)
    }

    fn of(vtype: &str) -> Self {
        Variable(Map::new()).with("vtype", vtype)
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_variable_is_what_the_server_reads() {
        let rows = [
            (Variable::int(1..=9).guess(3).step(2), json!({"vtype": "int", "min": 1, "max": 9, "guess": 3, "step": 2})),
            (Variable::cont(0.5..=1.0).log(), json!({"vtype": "cont", "min": 0.5, "max": 1.0, "log": true})),
            (Variable::cat(["a", "b"]).guess("b"), json!({"vtype": "cat", "options": ["a", "b"], "guess": "b"})),
        ];
        for (variable, expected) in rows {
            assert_eq!(variable.into_json(), expected);
        }
    }
}

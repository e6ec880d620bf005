//! Experiment: what is tuned, as variables with their ranges and where to begin.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::variable::Variable;
use crate::error::{Error, ErrorKind};

/// An experiment to be created: a name and its variables.
///
/// Mistakes (a range upside down, a guess outside it) are the server's to
/// name: it says which variable is wrong and why.
#[derive(Clone, Debug)]
#[must_use]
pub struct NewExperiment {
    name: String,
    fields: Map<String, Value>,
    covars: Map<String, Value>,
}

impl NewExperiment {
    /// An experiment without variables yet.
    pub fn new(name: impl Into<String>) -> Self {
        NewExperiment { name: name.into(), fields: Map::new(), covars: Map::new() }
    }

    /// A whole number within bounds, both included, and where to begin.
    pub fn int(self, name: &str, range: RangeInclusive<i64>, guess: i64) -> Self {
        self.variable(name, Variable::int(range).guess(guess))
    }

    /// A number within bounds, both included, and where to begin.
    pub fn cont(self, name: &str, range: RangeInclusive<f64>, guess: f64) -> Self {
        self.variable(name, Variable::cont(range).guess(guess))
    }

    /// One of several words, and which to begin with.
    pub fn cat<S: Into<String>>(self, name: &str, options: impl IntoIterator<Item = S>, guess: &str) -> Self {
        self.variable(name, Variable::cat(options).guess(guess))
    }

    /// A variable with more to say than bounds and a guess.
    pub fn variable(mut self, name: &str, variable: Variable) -> Self {
        self.covars.insert(name.to_owned(), variable.into_json());
        self
    }

    /// Less is better. The original only knows that more is.
    pub fn minimize(self) -> Self {
        self.field("direction", "minimize".into())
    }

    /// How long a trial may stay untold before it is given to somebody else; whole seconds. Default: a day. The
    /// original does not know it.
    pub fn trial_lifetime(self, lifetime: Duration) -> Self {
        self.field("trial_lifetime", lifetime.as_secs().into())
    }

    /// How many trials may be open at once. Default: 100. The original has one.
    pub fn open_trials(self, most: u32) -> Self {
        self.field("open_trials", most.into())
    }

    /// What it is about, in a sentence.
    pub fn description(self, text: impl Into<String>) -> Self {
        self.field("description", text.into().into())
    }

    /// The model that is fitted to what is told. Default: `SingleTaskGP`.
    pub fn model_type(self, name: impl Into<String>) -> Self {
        self.field("model_type", name.into().into())
    }

    /// The rule by which the next point is chosen. Default: `ExpectedImprovement`.
    pub fn acq_func(self, name: impl Into<String>) -> Self {
        self.field("acq_func", name.into().into())
    }

    /// Makes the asks repeatable: the same variables, seed and tells give the
    /// same points. The original has no seeds and ignores it.
    pub fn seed(self, seed: i64) -> Self {
        self.field("seed", seed.into())
    }

    fn field(mut self, name: &str, value: Value) -> Self {
        self.fields.insert(name.to_owned(), value);
        self
    }

    /// The request body. The original fails without the two names, though its
    /// documentation calls them optional, so they are always sent.
    pub(super) fn body<T: DeserializeOwned>(self) -> Result<T, Error> {
        let mut body = json!({"model_type": "SingleTaskGP", "acq_func": "ExpectedImprovement", "description": ""});
        if let Some(object) = body.as_object_mut() {
            object.extend(self.fields);
            object.insert("name".to_owned(), self.name.into());
            object.insert("covars".to_owned(), self.covars.into());
        }
        serde_json::from_value(body).map_err(|cause| {
            let detail =
                "a variable of the experiment does not fit the documented shape (is a bound infinite or no number?)";
            Error::new(ErrorKind::Request, detail).with_source(cause)
        })
    }

    /// What the original would pass over without a word, if anything.
    pub(super) fn beyond_the_original(&self) -> Option<String> {
        let settings = ["direction", "trial_lifetime", "open_trials"];
        if let Some(setting) = settings.into_iter().find(|name| self.fields.contains_key(*name)) {
            return Some(format!("the setting {setting}"));
        }
        self.covars.iter().find_map(|(name, variable)| {
            let more = ["log", "step"].into_iter().find(|more| variable.get(*more).is_some())?;
            Some(format!("{more} of the variable {name:?}"))
        })
    }

    /// The first variable that does not say where to begin.
    pub(super) fn without_guess(&self) -> Option<&str> {
        let name = self.covars.iter().find(|(_, variable)| variable.get("guess").is_none());
        name.map(|(name, _)| name.as_str())
    }
}

/// An experiment on the server.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Experiment {
    /// Its id, with which to ask, tell and look for the best.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

//! What is tuned: variables with their ranges, and where to begin.

use std::ops::RangeInclusive;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Client, types};
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
        let (min, max) = range.into_inner();
        self.variable(name, json!({"vtype": "int", "guess": guess, "min": min, "max": max}))
    }

    /// A number within bounds, both included, and where to begin.
    pub fn cont(self, name: &str, range: RangeInclusive<f64>, guess: f64) -> Self {
        let (min, max) = range.into_inner();
        self.variable(name, json!({"vtype": "cont", "guess": guess, "min": min, "max": max}))
    }

    /// One of several words, and which to begin with.
    pub fn cat<S: Into<String>>(self, name: &str, options: impl IntoIterator<Item = S>, guess: &str) -> Self {
        let options: Vec<String> = options.into_iter().map(Into::into).collect();
        self.variable(name, json!({"vtype": "cat", "guess": guess, "options": options}))
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

    fn variable(mut self, name: &str, variable: Value) -> Self {
        self.covars.insert(name.to_owned(), variable);
        self
    }

    fn field(mut self, name: &str, value: Value) -> Self {
        self.fields.insert(name.to_owned(), value);
        self
    }

    /// The request body. The original fails without the two names, though its
    /// documentation calls them optional, so they are always sent.
    fn body(self) -> Result<types::NewExperiment, Error> {
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

impl Client {
    /// Creates an experiment.
    ///
    /// # Errors
    ///
    /// What the server refuses about the variables, by name. A failure after
    /// the request was sent leaves it open whether the experiment exists:
    /// [`Error::may_have_been_applied`] says so.
    pub async fn create_experiment(&self, experiment: NewExperiment) -> Result<Experiment, Error> {
        let made = self.experiment().create().body(experiment.body()?).send().await?;
        Ok(Experiment { id: made.exp_uuid, name: made.name })
    }
}

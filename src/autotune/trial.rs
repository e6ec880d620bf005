//! Trial: a point to try, and what comes of it: a batch, the best, an imported result.

use std::fmt;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Params, types};
use crate::error::{Error, ErrorKind};

/// A point to try.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// The experiment it belongs to.
    pub experiment: Uuid,
    /// Its own id; the original has none.
    pub id: Option<Uuid>,
    /// The values to try.
    pub params: Params,
}

impl Trial {
    /// A point of your own choosing, to be told without having been asked.
    #[must_use]
    pub fn unasked(experiment: Uuid, params: Params) -> Self {
        Trial { experiment, id: None, params }
    }

    /// The value of a variable as a number.
    ///
    /// # Errors
    ///
    /// A variable that the trial does not have, or one that holds a word.
    pub fn number(&self, name: &str) -> Result<f64, Error> {
        self.value(name)?.as_f64().ok_or_else(|| self.not(name, "a number"))
    }

    /// The value of a variable as a whole number.
    ///
    /// # Errors
    ///
    /// A variable that the trial does not have, or one that is not whole.
    pub fn integer(&self, name: &str) -> Result<i64, Error> {
        self.value(name)?.as_i64().ok_or_else(|| self.not(name, "a whole number"))
    }

    /// The value of a variable as a word.
    ///
    /// # Errors
    ///
    /// A variable that the trial does not have, or one that is a number.
    pub fn text(&self, name: &str) -> Result<&str, Error> {
        self.value(name)?.as_str().ok_or_else(|| self.not(name, "a word"))
    }

    fn value(&self, name: &str) -> Result<&Value, Error> {
        self.params.get(name).ok_or_else(|| {
            let known: Vec<_> = self.params.keys().map(String::as_str).collect();
            let detail = format!("the trial has no variable {name:?}; it has {}", known.join(", "));
            Error::new(ErrorKind::Request, detail)
        })
    }

    fn not(&self, name: &str, what: &str) -> Error {
        Error::new(ErrorKind::Request, format!("the variable {name:?} of the trial is not {what}"))
    }
}

/// Batch of trials that one ask gave, and where the experiment stood then.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TrialBatch {
    /// The trials; fewer than asked for, perhaps none, where a limit is reached.
    pub trials: Vec<Trial>,
    /// How many trials have a value.
    pub told: u64,
    /// How many failed.
    pub failed: u64,
    /// How many are open, these included.
    pub pending: u64,
}

/// The best trial of an experiment.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Best {
    /// What was told.
    pub value: f64,
    /// The values that gave it.
    pub params: Params,
    /// The trial's id; the original has none.
    pub trial: Option<Uuid>,
}

/// `0.93 at criterion=gini n_estimators=120`.
impl fmt::Display for Best {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at", self.value)?;
        self.params.iter().try_for_each(|(name, value)| match value.as_str() {
            Some(word) => write!(f, " {name}={word}"),
            None => write!(f, " {name}={value}"),
        })
    }
}

/// A result that the experiment did not ask for.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct ImportedTrial(pub(super) Map<String, Value>);

impl ImportedTrial {
    /// A point and what came out.
    pub fn told(params: Params, value: f64) -> Self {
        Self::of(params, "value", json!(value))
    }

    /// A point at which nothing came out, and why.
    pub fn failed(params: Params, reason: impl Into<String>) -> Self {
        Self::of(params, "failed", reason.into().into())
    }

    fn of(params: Params, name: &str, value: Value) -> Self {
        ImportedTrial(Map::from_iter([("params".to_owned(), params.into()), (name.to_owned(), value)]))
    }
}

/// A generated trial as one to try.
pub(super) fn trial_of(made: &types::Trial) -> Result<Trial, Error> {
    Ok(Trial { experiment: made.experiment_id, id: Some(made.id), params: params_of(&made.params)? })
}

/// Generated values as plain JSON.
pub(super) fn params_of<T: serde::Serialize>(values: &T) -> Result<Params, Error> {
    match serde_json::to_value(values) {
        Ok(Value::Object(params)) => Ok(params),
        _ => Err(Error::new(ErrorKind::Decode, "the trial's values are not an object of names and values")),
    }
}

//! A point to try, and the way back for what came out.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::protocol::Protocol;
use super::{Client, original, types};
use crate::error::{Error, ErrorKind};

/// Values of the variables by name.
pub type Params = Map<String, Value>;

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

impl Client {
    /// Asks for the next point to try.
    ///
    /// Where the server gives its trials ids, every call is a trial of its own
    /// and several can be open at a time. The original has one open point.
    ///
    /// # Errors
    ///
    /// An experiment that is not there or not yours; see [`Error`].
    pub async fn ask(&self, experiment: Uuid) -> Result<Trial, Error> {
        match self.protocol().await? {
            Protocol::V1 => trial_of(&self.trial().create(experiment).send().await?),
            Protocol::Original => {
                let asked = self.experiment().ask(experiment).send().await?;
                let params = original::point(&asked.covars_next_exp)?;
                Ok(Trial { experiment, id: None, params })
            }
        }
    }

    /// Tells what came out of a trial; greater is better, unless the experiment
    /// [minimizes](super::NewExperiment::minimize).
    ///
    /// A trial with an id is told safely: repeated after a failure, it counts
    /// once. Without an id there is no such promise, so a failure after the
    /// request was sent is never repeated.
    ///
    /// # Errors
    ///
    /// A value that is not finite, a point outside its bounds, a trial that
    /// was told already.
    pub async fn tell(&self, trial: &Trial, value: f64) -> Result<(), Error> {
        if !value.is_finite() {
            let detail = format!("{value} cannot be told: a trial's value is a finite number");
            return Err(Error::new(ErrorKind::Request, detail));
        }
        if let (Some(id), Protocol::V1) = (trial.id, self.protocol().await?) {
            let result = types::TrialResult::builder().value(value);
            self.trial().tell(id).body(result).send().await?;
            return Ok(());
        }
        let table = |row: Value| Value::Array(vec![row]).to_string();
        let body = types::Tell::builder()
            .covars_tell(table(Value::Object(trial.params.clone())))
            .response_tell(table(json!({original::RESPONSE: value})));
        let told = self.experiment().tell(trial.experiment).body(body).send().await?;
        self.remember_best(trial.experiment, &told);
        Ok(())
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

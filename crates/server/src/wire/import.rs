//! Import of results from elsewhere: points with what came of them, checked before any of them is stored.

use poem_openapi::Object;
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::ordered_map::OrderedMap;
use super::trial::checked_reason;
use crate::http::error::{ApiError, ValidationError};
use crate::http::fields::{Fields, FromFields, Params};
use crate::store::Outcome;
use crate::study::{Scalar, Variable, json_text};

/// The most results of one request.
const MAX_TRIALS: usize = 100_000;

/// Results from elsewhere.
#[derive(Object)]
#[oai(rename = "Import")]
pub(crate) struct ImportRequest {
    /// The trials, 1 to 100000, in the order in which they were told.
    trials: Vec<ImportedTrial>,
}

/// One result from elsewhere.
#[derive(Object)]
pub(crate) struct ImportedTrial {
    /// A value for each variable, by name.
    params: OrderedMap<Scalar>,
    /// What came out, a finite number; left out where the trial failed.
    value: Option<f64>,
    /// Why it failed, in 1 to 2000 characters; left out where there is a value.
    failed: Option<String>,
}

/// How many results were taken.
#[derive(Serialize, Object)]
#[oai(rename = "Imported")]
pub(crate) struct ImportReply {
    /// How many trials the experiment has more than before.
    pub(crate) imported: u64,
    /// How many it had before, with the same point and the same outcome; left out where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) known: Option<u64>,
}

impl FromFields for ImportRequest {
    const MAX_BODY: usize = 32 << 20;

    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let raw = fields.required::<Vec<Box<RawValue>>>("trials")?;
        if raw.is_empty() || raw.len() > MAX_TRIALS {
            let msg = format!("between 1 and {MAX_TRIALS} trials are imported at once, not {}", raw.len());
            fields.wrong("trials", msg, "value_error");
            return None;
        }
        let trials = raw.into_iter().enumerate().map(|(index, raw)| {
            let mut location = fields.location("trials");
            location.push(position(index));
            fields.read_object(location, &raw)
        });
        // All of them are read before the first bad one ends it, so that every problem is listed.
        let trials: Vec<_> = trials.collect();
        Some(Self { trials: trials.into_iter().collect::<Option<_>>()? })
    }
}

impl FromFields for ImportedTrial {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let params = fields.required::<Params>("params").map(|params| OrderedMap(params.0));
        let value = fields.optional::<f64>("value");
        let failed = fields.optional::<String>("failed");
        let failed = match failed? {
            Some(reason) => Some(checked_reason(fields, "failed", reason)?),
            None => None,
        };
        let (params, value) = (params?, value?);
        if value.is_some() == failed.is_some() {
            fields.wrong("value", "a trial has either a value or the reason why it failed", "value_error");
            return None;
        }
        Some(Self { params, value, failed })
    }
}

fn position(index: usize) -> Scalar {
    Scalar::Int(i64::try_from(index).unwrap_or(i64::MAX))
}

impl ImportRequest {
    /// Each trial as a point of `space` and how it ended, or everything that does not belong.
    pub(crate) fn of(self, space: &[Variable]) -> Result<Vec<(Vec<Scalar>, Outcome)>, ApiError> {
        let mut problems = Vec::new();
        let mut trials = Vec::with_capacity(self.trials.len());
        for (index, trial) in self.trials.into_iter().enumerate() {
            let outcome = match (trial.value, trial.failed) {
                (Some(value), _) => Outcome::Value(value),
                (None, reason) => Outcome::Failed(reason.unwrap_or_default()),
            };
            match point(space, &trial.params, index) {
                Ok(point) => trials.push((point, outcome)),
                Err(wrong) => problems.extend(wrong),
            }
        }
        if problems.is_empty() { Ok(trials) } else { Err(ApiError::validation(problems)) }
    }
}

/// A short stand-in for up to a megabyte of results, the same for the same results.
pub(crate) fn digest(trials: &[(Vec<Scalar>, Outcome)]) -> String {
    let mut digest = Sha256::new();
    for (point, outcome) in trials {
        digest.update(json_text(point));
        digest.update(format!("{outcome:?}\n"));
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The values in the order of the variables, or what is wrong with which of them.
fn point(space: &[Variable], params: &OrderedMap<Scalar>, index: usize) -> Result<Vec<Scalar>, Vec<ValidationError>> {
    let at = |name: &str| ["body".into(), "trials".into(), position(index), "params".into(), name.into()];
    let mut problems = Vec::new();
    let mut point = Vec::with_capacity(space.len());
    for variable in space {
        match params.0.get(&variable.name).map(|value| variable.admit_as_meant(value)) {
            Some(Ok(value)) => point.push(value),
            Some(Err(why)) => problems.push(ValidationError::new(at(&variable.name), why, "value_error")),
            None => problems.push(ValidationError::missing(at(&variable.name))),
        }
    }
    let unknown = params.0.keys().filter(|name| space.iter().all(|variable| variable.name != **name));
    problems.extend(
        unknown.map(|name| ValidationError::new(at(name), "the experiment has no such variable", "value_error.extra")),
    );
    if problems.is_empty() { Ok(point) } else { Err(problems) }
}

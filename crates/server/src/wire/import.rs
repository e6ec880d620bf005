//! Results from elsewhere: points with what came of them, checked before any of them is stored.

use indexmap::IndexMap;
use poem_openapi::Object;
use serde::Serialize;
use serde_json::value::RawValue;

use super::trial::checked_reason;
use crate::http::fault::{Fault, Problem};
use crate::http::fields::{Field, Fields, FromFields};
use crate::http::schema::Named;
use crate::store::Outcome;
use crate::study::{Scalar, Variable};

/// The most results of one request.
const MAX_TRIALS: usize = 1000;

/// Results from elsewhere.
#[derive(Object)]
pub(crate) struct Import {
    /// The trials, 1 to 1000, in the order in which they were told.
    trials: Vec<ImportedTrial>,
}

/// One result from elsewhere.
#[derive(Object)]
pub(crate) struct ImportedTrial {
    /// A value for each variable, by name.
    params: Named<Scalar>,
    /// What came out, a finite number; left out where the trial failed.
    value: Option<f64>,
    /// Why it failed, in 1 to 2000 characters; left out where there is a value.
    failed: Option<String>,
}

/// How many results were taken.
#[derive(Serialize, Object)]
pub(crate) struct Imported {
    /// How many trials the experiment has more than before.
    pub(crate) imported: u64,
}

impl FromFields for Import {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let raw = fields.required::<Vec<Box<RawValue>>>("trials")?;
        if raw.is_empty() || raw.len() > MAX_TRIALS {
            let msg = format!("between 1 and {MAX_TRIALS} trials are imported at once, not {}", raw.len());
            fields.wrong("trials", msg, "value_error");
            return None;
        }
        let trials = raw.into_iter().enumerate().map(|(index, raw)| {
            type Object = IndexMap<String, Box<RawValue>>;
            let place = place(fields, index);
            let Ok(raw) = serde_json::from_str::<Object>(raw.get()) else {
                fields.note(Problem::new(place, Object::EXPECTED, Object::KIND));
                return None;
            };
            let mut inner = Fields::new(place, raw);
            let trial = ImportedTrial::from_fields(&mut inner);
            fields.absorb(inner);
            trial
        });
        // All of them are read before the first bad one ends it, so that every problem is listed.
        let trials: Vec<_> = trials.collect();
        Some(Self { trials: trials.into_iter().collect::<Option<_>>()? })
    }
}

impl FromFields for ImportedTrial {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let params = fields.required::<IndexMap<String, Scalar>>("params").map(Named);
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

fn place(fields: &Fields, index: usize) -> Vec<Scalar> {
    let mut place = fields.place("trials");
    place.push(Scalar::Int(i64::try_from(index).unwrap_or(i64::MAX)));
    place
}

impl Import {
    /// Each trial as a point of `space` and how it ended, or everything that does not belong.
    pub(crate) fn of(self, space: &[Variable]) -> Result<Vec<(Vec<Scalar>, Outcome)>, Fault> {
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
        if problems.is_empty() { Ok(trials) } else { Err(Fault::problems(problems)) }
    }
}

/// The values in the order of the variables, or what is wrong with which of them.
fn point(space: &[Variable], params: &Named<Scalar>, index: usize) -> Result<Vec<Scalar>, Vec<Problem>> {
    let at = |name: &str| {
        let index = Scalar::Int(i64::try_from(index).unwrap_or(i64::MAX));
        ["body".into(), "trials".into(), index, "params".into(), name.into()]
    };
    let mut problems = Vec::new();
    let mut point = Vec::with_capacity(space.len());
    for variable in space {
        match params.0.get(&variable.name).map(|value| variable.admit(value)) {
            Some(Ok(value)) => point.push(value),
            Some(Err(why)) => problems.push(Problem::new(at(&variable.name), why, "value_error")),
            None => problems.push(Problem::missing(at(&variable.name))),
        }
    }
    let unknown = params.0.keys().filter(|name| space.iter().all(|variable| variable.name != **name));
    problems
        .extend(unknown.map(|name| Problem::new(at(name), "the experiment has no such variable", "value_error.extra")));
    if problems.is_empty() { Ok(point) } else { Err(problems) }
}

//! Trials: points with an identifier, asked for once and told once.

use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use super::experiment::named;
use crate::clock::rfc3339;
use crate::http::fields::{Fields, FromFields};
use crate::http::schema::Named;
use crate::store;
use crate::study::{Scalar, Variable};

/// A point to try, and what came out once it is told.
#[derive(Serialize, Object)]
pub(crate) struct Trial {
    /// The identifier of the trial.
    id: Uuid,
    /// The identifier of its experiment.
    experiment_id: Uuid,
    /// The values of the variables, by name.
    params: Named<Scalar>,
    /// Where it stands: pending until it is told, then told.
    state: String,
    /// What came out; left out while it is pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    /// When it was asked for, RFC 3339 in UTC.
    created_at: String,
    /// When it was told, RFC 3339 in UTC; left out while it is pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    told_at: Option<String>,
}

impl Trial {
    pub(crate) fn new(space: &[Variable], trial: &store::Trial) -> Self {
        Self {
            id: trial.uuid,
            experiment_id: trial.experiment,
            params: named(space, &trial.point),
            state: if trial.tell.is_some() { "told" } else { "pending" }.to_owned(),
            value: trial.tell.map(|tell| tell.value),
            created_at: rfc3339(trial.created_at),
            told_at: trial.tell.map(|tell| rfc3339(tell.at)),
        }
    }
}

/// A page of trials.
#[derive(Serialize, Object)]
pub(crate) struct TrialPage {
    /// The trials of this page, in the order in which they were asked for.
    pub(crate) items: Vec<Trial>,
    /// How many there are on all pages.
    pub(crate) total: u64,
}

/// What came out of a trial.
#[derive(Object)]
pub(crate) struct TrialResult {
    /// The value, a finite number; greater is better.
    pub(crate) value: f64,
}

impl FromFields for TrialResult {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        Some(Self { value: fields.required("value")? })
    }
}

//! Trial formats under `/v1`: points with an identifier, given out until they end.

use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use super::ordered_map::{OrderedMap, values_by_name};
use crate::clock::rfc3339;
use crate::http::fields::{Fields, FromFields};
use crate::store::{self, MOST_LEASES, TrialState};
use crate::study::{Scalar, Variable};

/// The most trials that one request gives out.
const MAX_COUNT: u32 = 100;
/// The longest reason for a failure, in characters: the last lines of what a program printed.
const MAX_REASON: usize = 2000;

/// A point to try, and what became of it.
#[derive(Serialize, Object)]
#[oai(rename = "Trial")]
pub(crate) struct TrialReply {
    /// The identifier of the trial.
    id: Uuid,
    /// The identifier of its experiment.
    experiment_id: Uuid,
    /// The values of the variables, by name.
    params: OrderedMap<Scalar>,
    /// Where it stands: pending while its lease runs, expired when that ended and nothing was told, told, or failed.
    state: String,
    /// What came out; left out until it is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    /// Why it failed; left out unless it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// How often it was given out; 0 where it was told without having been asked for.
    asked: u32,
    /// When it was given out for the first time, or told without that, RFC 3339 in UTC.
    created_at: String,
    /// When its lease ends or ended, RFC 3339 in UTC; left out when it has ended otherwise or has no lease.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    /// When it was told, RFC 3339 in UTC; left out until it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    told_at: Option<String>,
}

impl TrialReply {
    pub(crate) fn new(space: &[Variable], trial: &store::Trial) -> Self {
        let is_open = matches!(trial.state, TrialState::Pending | TrialState::Expired);
        let reason = match trial.state {
            TrialState::Failed => Some(trial.reason.clone().unwrap_or_else(lost)),
            _ => None,
        };
        Self {
            id: trial.uuid,
            experiment_id: trial.experiment,
            params: values_by_name(space, &trial.point),
            state: trial.state.name().to_owned(),
            value: trial.tell.map(|tell| tell.value),
            reason,
            asked: trial.asked,
            created_at: rfc3339(trial.created_at),
            expires_at: trial.expires_at.filter(|_| is_open).map(rfc3339),
            told_at: trial.tell.map(|tell| rfc3339(tell.at)),
        }
    }
}

/// Why a trial failed that nobody gave up.
fn lost() -> String {
    format!("nothing was told before the lease ended, {MOST_LEASES} times")
}

/// A page of trials.
#[derive(Serialize, Object)]
pub(crate) struct TrialPage {
    /// The trials of this page, in the order in which they were asked for.
    pub(crate) items: Vec<TrialReply>,
    /// How many there are on all pages.
    pub(crate) total: u64,
}

/// How many trials are wanted.
#[derive(Object)]
pub(crate) struct TrialOrder {
    /// How many to give out: 1 to 100.
    pub(crate) count: u32,
    /// How many trials the experiment is to have at most, those that ended included: at least 1. Beyond it only trials
    /// that expired are given out again.
    pub(crate) total: Option<u32>,
}

impl FromFields for TrialOrder {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let given = fields.required::<i64>("count").is_some();
        let count = if given { fields.bounded_int("count", 1..=MAX_COUNT) } else { None };
        let total = fields.bounded_int("total", 1..=u32::MAX);
        Some(Self { count: count??, total: total? })
    }
}

/// Trials that were given out together.
#[derive(Serialize, Object)]
pub(crate) struct TrialBatch {
    /// The trials: first those that are given out again, then new ones. There may be fewer than were asked for.
    items: Vec<TrialReply>,
    /// How many trials of the experiment were told by then.
    told: u64,
    /// How many had failed.
    failed: u64,
    /// How many are pending, these included.
    pending: u64,
}

impl TrialBatch {
    pub(crate) fn new(space: &[Variable], batch: &store::Batch) -> Self {
        let store::TrialCounts { told, failed, pending, .. } = batch.counts;
        Self { items: batch.items.iter().map(|trial| TrialReply::new(space, trial)).collect(), told, failed, pending }
    }
}

/// What came out of a trial.
#[derive(Object)]
pub(crate) struct TrialResult {
    /// The value, a finite number.
    pub(crate) value: f64,
}

impl FromFields for TrialResult {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        Some(Self { value: fields.required("value")? })
    }
}

/// Why a trial has no value.
#[derive(Object)]
pub(crate) struct TrialFailure {
    /// What went wrong, in 1 to 2000 characters.
    pub(crate) reason: String,
}

impl FromFields for TrialFailure {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let reason = fields.required("reason")?;
        Some(Self { reason: checked_reason(fields, "reason", reason)? })
    }
}

/// The reason of a failure, unless it says nothing or far too much.
pub(crate) fn checked_reason(fields: &mut Fields, name: &str, reason: String) -> Option<String> {
    if (1..=MAX_REASON).contains(&reason.chars().count()) {
        return Some(reason);
    }
    fields.wrong(name, format!("a reason has between 1 and {MAX_REASON} characters"), "value_error.any_str");
    None
}

//! Experiment formats under `/v1`: plain JSON, times with an offset, pages.

use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use super::ordered_map::{OrderedMap, values_by_name};
use crate::clock::rfc3339;
use crate::store;
use crate::study::{Kind, Scalar, Variable};

/// One variable of an experiment, in the words in which a new experiment names it.
#[derive(Serialize, Object)]
pub(crate) struct VariableDetail {
    /// What it takes: int for whole numbers, cont for numbers, cat for categories.
    vtype: String,
    /// The value tried first.
    guess: Scalar,
    /// The least value, for int and cont.
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<Scalar>,
    /// The greatest value, for int and cont.
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<Scalar>,
    /// The options, for cat.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(nullable)]
    options: Option<Vec<String>>,
    /// Whether ratios matter rather than differences; left out where they do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<bool>,
    /// The distance between the values that are asked, counted from the least one; left out where it was not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<f64>,
}

impl From<&Variable> for VariableDetail {
    fn from(variable: &Variable) -> Self {
        let bounds = |min, max| (Some(min), Some(max));
        let (vtype, (min, max), options, log, step) = match &variable.kind {
            Kind::Int { min, max, log, step } => {
                ("int", bounds((*min).into(), (*max).into()), None, *log, step.map(|step| step as f64))
            }
            Kind::Cont { min, max, log, step } => {
                ("cont", bounds(Scalar::Real(*min), Scalar::Real(*max)), None, *log, *step)
            }
            Kind::Cat { options } => ("cat", (None, None), Some(options.clone()), false, None),
        };
        let (vtype, guess) = (vtype.to_owned(), variable.guess.clone());
        Self { vtype, guess, min, max, options, log: log.then_some(true), step }
    }
}

/// An experiment.
#[derive(Serialize, Object)]
pub(crate) struct ExperimentDetail {
    /// The identifier of the experiment.
    id: Uuid,
    /// Its name.
    name: String,
    /// What it is about.
    description: String,
    /// Its variables by name, in the order in which they were given.
    covars: OrderedMap<VariableDetail>,
    /// The model that is fitted to what was told.
    model_type: String,
    /// The rule by which the next point is chosen.
    acq_func: String,
    /// What makes its asks repeatable.
    seed: i64,
    /// Which value is better: maximize for the greater, minimize for the smaller.
    direction: String,
    /// How many seconds a trial may be tried before it is given to somebody else.
    trial_lifetime: u32,
    /// How many trials may be open at once.
    open_trials: u32,
    /// How many trials were told.
    told: u64,
    /// How many trials failed.
    failed: u64,
    /// How many trials are being tried.
    pending: u64,
    /// How many trials wait to be given out again, since their lease ended and nothing was told.
    expired: u64,
    /// When it was made, RFC 3339 in UTC.
    created_at: String,
    /// When it was last asked or told, RFC 3339 in UTC.
    updated_at: String,
}

impl ExperimentDetail {
    pub(crate) fn new(experiment: store::Experiment, counts: store::TrialCounts) -> Self {
        Self {
            id: experiment.uuid,
            name: experiment.name,
            description: experiment.description,
            covars: experiment.space.iter().map(|variable| (variable.name.clone(), variable.into())).collect(),
            model_type: experiment.model_type,
            acq_func: experiment.acq_func,
            seed: experiment.seed,
            direction: experiment.direction.to_string(),
            trial_lifetime: experiment.trial_lifetime,
            open_trials: experiment.open_trials,
            told: counts.told,
            failed: counts.failed,
            pending: counts.pending,
            expired: counts.expired,
            created_at: rfc3339(experiment.created_at),
            updated_at: rfc3339(experiment.updated_at),
        }
    }
}

/// A page of experiments.
#[derive(Serialize, Object)]
pub(crate) struct ExperimentPage {
    /// The experiments of this page, the oldest first.
    pub(crate) items: Vec<ExperimentDetail>,
    /// How many there are on all pages.
    pub(crate) total: u64,
}

/// An experiment that is no more.
#[derive(Serialize, Object)]
pub(crate) struct ExperimentDeletion {
    /// The identifier that the experiment had.
    pub(crate) id: Uuid,
    /// How many trials went with it.
    pub(crate) trials: u64,
}

/// The best trial of an experiment.
#[derive(Serialize, Object)]
#[oai(rename = "Best")]
pub(crate) struct BestTrial {
    /// The identifier of the trial.
    trial_id: Uuid,
    /// Its value, the best that was told; of equals the one told first.
    value: f64,
    /// The values of the variables, by name.
    params: OrderedMap<Scalar>,
    /// When it was told, RFC 3339 in UTC.
    told_at: String,
}

impl BestTrial {
    pub(crate) fn new(space: &[Variable], told: &store::Observation) -> Self {
        Self {
            trial_id: told.trial,
            value: told.value,
            params: values_by_name(space, &told.point),
            told_at: rfc3339(told.at),
        }
    }
}

/// A told trial and the best value by then.
#[derive(Serialize, Object)]
pub(crate) struct HistoryEntry {
    /// The identifier of the trial.
    trial_id: Uuid,
    /// The values of the variables, by name.
    params: OrderedMap<Scalar>,
    /// The value told for the trial.
    value: f64,
    /// The best value told up to and with this trial.
    best_so_far: f64,
    /// When it was told, RFC 3339 in UTC.
    told_at: String,
}

impl HistoryEntry {
    pub(crate) fn new(space: &[Variable], told: &store::Observation) -> Self {
        Self {
            trial_id: told.trial,
            params: values_by_name(space, &told.point),
            value: told.value,
            best_so_far: told.best_so_far,
            told_at: rfc3339(told.at),
        }
    }
}

/// A page of the history of an experiment.
#[derive(Serialize, Object)]
pub(crate) struct HistoryPage {
    /// The told trials of this page, in the order in which they were told.
    pub(crate) items: Vec<HistoryEntry>,
    /// How many there are on all pages.
    pub(crate) total: u64,
}

//! Experiments, trials and what was told, as a database keeps them.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Experiment, Listed, Origin, Page, Snapshot, StoreError, Tell, Told, Trial, TrialState};
use crate::study::{Scalar, Variable};

/// A request that is to take effect once, however often it arrives.
#[derive(Debug, Clone)]
pub(crate) struct Once {
    /// The key that the caller chose.
    pub(crate) key: String,
    /// What the request means; the same key for something else is a mistake.
    pub(crate) fingerprint: String,
}

/// A new experiment.
#[derive(Debug)]
pub(crate) struct NewExperiment {
    pub(crate) uuid: Uuid,
    pub(crate) owner: i64,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) space: Vec<Variable>,
    pub(crate) model_type: String,
    pub(crate) acq_func: String,
    pub(crate) seed: i64,
    pub(crate) at: Timestamp,
}

/// A point that is proposed as a new pending trial.
#[derive(Debug)]
pub(crate) struct Proposal<'a> {
    pub(crate) uuid: Uuid,
    pub(crate) experiment: &'a Experiment,
    pub(crate) origin: Origin,
    pub(crate) point: &'a [Scalar],
    /// The newest trial that was known when the point was chosen.
    pub(crate) newest: i64,
    pub(crate) at: Timestamp,
    pub(crate) once: Option<&'a Once>,
}

/// What became of a proposal.
#[derive(Debug)]
pub(crate) enum Proposed {
    /// The trial: a new one, the one that an ask left open, or the one made before under the same key.
    Trial(Trial),
    /// The same point was proposed or told meanwhile by somebody who did not know of this one.
    Taken,
    /// The key was used for another request.
    KeyReused,
}

/// What a tell is about.
#[derive(Debug)]
pub(crate) enum Subject<'a> {
    /// A trial by its identifier.
    Trial(&'a Trial),
    /// A point; it settles the ask that is open, if there is one.
    Point(&'a [Scalar]),
}

/// A value that is to be stored for a trial or a point.
#[derive(Debug)]
pub(crate) struct NewTell<'a> {
    pub(crate) experiment: &'a Experiment,
    pub(crate) subject: Subject<'a>,
    pub(crate) value: f64,
    pub(crate) at: Timestamp,
    pub(crate) once: Option<&'a Once>,
}

/// What became of a tell.
#[derive(Debug)]
pub(crate) enum Stored {
    /// The told trial: now, or before under the same key.
    Trial(Trial, Tell),
    /// The trial was told before by another request.
    AlreadyTold,
    /// The key was used for another request.
    KeyReused,
}

/// The part of a database that knows experiments.
#[async_trait]
pub(crate) trait Studies: fmt::Debug + Send + Sync + 'static {
    /// Adds an experiment.
    async fn add_experiment(&self, experiment: NewExperiment) -> Result<Experiment, StoreError>;
    /// The experiment with this identifier, whoever owns it.
    async fn experiment(&self, uuid: Uuid) -> Result<Option<Experiment>, StoreError>;
    /// The experiments of an account, the oldest first.
    async fn experiments(&self, owner: i64, page: Page) -> Result<Listed<Experiment>, StoreError>;
    /// All experiments of an account, the one used last first.
    async fn experiments_by_use(&self, owner: i64) -> Result<Vec<Experiment>, StoreError>;

    /// What the next point is chosen from: all that was told and all that is pending, at one moment.
    async fn snapshot(&self, experiment: &Experiment) -> Result<Snapshot, StoreError>;
    /// The trial that an ask left open, noting that it was asked for again.
    async fn open_ask(&self, experiment: &Experiment, at: Timestamp) -> Result<Option<Trial>, StoreError>;
    /// The trial made before under the same key.
    async fn made_before(&self, owner: i64, once: &Once) -> Result<Option<Proposed>, StoreError>;
    /// Adds a pending trial, unless its point was taken meanwhile.
    async fn propose(&self, proposal: Proposal<'_>) -> Result<Proposed, StoreError>;
    /// Stores a value.
    async fn tell(&self, tell: NewTell<'_>) -> Result<Stored, StoreError>;

    /// The trial with this identifier, whoever owns it.
    async fn trial(&self, uuid: Uuid) -> Result<Option<Trial>, StoreError>;
    /// The trials of an experiment, the oldest first.
    async fn trials(
        &self,
        experiment: &Experiment,
        state: Option<TrialState>,
        page: Page,
    ) -> Result<Listed<Trial>, StoreError>;
    /// What was told, in the order of telling.
    async fn history(&self, experiment: &Experiment, page: Page) -> Result<Listed<Told>, StoreError>;
    /// What was told up to and with the tell `last`.
    async fn history_until(&self, experiment: &Experiment, last: i64) -> Result<Vec<Told>, StoreError>;
    /// The trial with the greatest value.
    async fn best(&self, experiment: &Experiment) -> Result<Option<Told>, StoreError>;
}

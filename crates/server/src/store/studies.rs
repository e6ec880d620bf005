//! Storage of studies: experiments, their trials and leases, and the outcomes of those.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::error::StoreError;
use super::rows::{Experiment, ListPage, Observation, Page, StudySnapshot, Trial, TrialCounts, TrialState};
use crate::study::{Direction, Scalar, Variable};

/// A record of a request that is to take effect once, however often it arrives.
#[derive(Debug, Clone)]
pub(crate) struct IdempotencyRecord {
    /// The key that the caller chose.
    pub(crate) key: String,
    /// What the request means; the same key for something else is a mistake.
    pub(crate) fingerprint: String,
}

/// A new experiment.
#[derive(Debug, Clone)]
pub(crate) struct NewExperiment {
    pub(crate) uuid: Uuid,
    pub(crate) owner: i64,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) space: Vec<Variable>,
    pub(crate) model_type: String,
    pub(crate) acq_func: String,
    pub(crate) seed: i64,
    pub(crate) direction: Direction,
    pub(crate) trial_lifetime: u32,
    pub(crate) open_trials: u32,
    pub(crate) at: Timestamp,
}

/// A proposal: a point for an ask without identifiers.
#[derive(Debug)]
pub(crate) struct Proposal<'a> {
    pub(crate) experiment: &'a Experiment,
    pub(crate) point: &'a [Scalar],
    /// The newest trial that was known when the point was chosen.
    pub(crate) newest: i64,
    pub(crate) at: Timestamp,
}

/// A request for trials under a lease.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LeaseRequest<'a> {
    pub(crate) experiment: &'a Experiment,
    pub(crate) count: usize,
    /// How many trials the experiment is to have at most, whatever becomes of them.
    pub(crate) total: Option<u64>,
    pub(crate) idempotency: Option<&'a IdempotencyRecord>,
}

/// Candidates: points that were chosen to become trials.
#[derive(Debug)]
pub(crate) struct Candidates {
    pub(crate) points: Vec<Vec<Scalar>>,
    /// The newest trial that was known when they were chosen.
    pub(crate) newest: i64,
}

/// A batch of trials given out at one moment, and how many there were then.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) items: Vec<Trial>,
    pub(crate) counts: TrialCounts,
}

/// The outcome of a request for trials.
#[derive(Debug)]
pub(crate) enum LeaseOutcome {
    /// The trials: now, or before under the same key.
    Batch(Batch),
    /// So many points have to be chosen first.
    Missing(usize),
    /// One of the points was proposed or told meanwhile by somebody who did not know of this one.
    Excluded,
    /// As many trials are open as may be.
    Full,
}

/// The target of an outcome.
#[derive(Debug)]
pub(crate) enum OutcomeTarget<'a> {
    /// A trial by its identifier.
    Trial(&'a Trial),
    /// A point; it ends the ask that is open, if there is one.
    Point(&'a [Scalar]),
}

/// The outcome of a trial.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// With this value.
    Value(f64),
    /// Without one, for this reason.
    Failed(String),
}

/// A report of an outcome.
#[derive(Debug)]
pub(crate) struct OutcomeReport<'a> {
    pub(crate) experiment: &'a Experiment,
    pub(crate) target: OutcomeTarget<'a>,
    pub(crate) outcome: Outcome,
    pub(crate) at: Timestamp,
    pub(crate) idempotency: Option<&'a IdempotencyRecord>,
}

/// The status of a report.
#[derive(Debug)]
pub(crate) enum RecordStatus {
    /// The trial at its end: reached now, or before under the same key.
    Recorded(Trial),
    /// Another request told or failed the trial before.
    EndedBefore(Trial),
}

/// An import of results from elsewhere.
#[derive(Debug)]
pub(crate) struct Import<'a> {
    pub(crate) experiment: &'a Experiment,
    pub(crate) trials: &'a [(Vec<Scalar>, Outcome)],
    pub(crate) at: Timestamp,
    pub(crate) idempotency: Option<&'a IdempotencyRecord>,
}

/// The numbers of trials that were imported, and that were known before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Imported {
    pub(crate) new: u64,
    pub(crate) known: u64,
}

/// Storage of experiments.
#[async_trait]
pub(crate) trait ExperimentStore: fmt::Debug + Send + Sync + 'static {
    /// Adds an experiment.
    async fn add_experiment(&self, experiment: NewExperiment) -> Result<Experiment, StoreError>;
    /// The oldest experiment of this name and owner; where there is none, this one is added.
    async fn open_experiment(&self, experiment: NewExperiment) -> Result<Experiment, StoreError>;
    /// The experiment with this identifier, whoever owns it.
    async fn experiment(&self, uuid: Uuid) -> Result<Option<Experiment>, StoreError>;
    /// The experiments of an account with their counts, the oldest first; only those of one name where one is given.
    async fn experiments(
        &self,
        owner: i64,
        name: Option<&str>,
        at: Timestamp,
        page: Page,
    ) -> Result<ListPage<(Experiment, TrialCounts)>, StoreError>;
    /// All experiments of an account, the one used last first.
    async fn experiments_by_use(&self, owner: i64) -> Result<Vec<Experiment>, StoreError>;
    /// Removes an experiment with everything that belongs to it; gives the number of its trials.
    async fn delete_experiment(&self, experiment: &Experiment) -> Result<u64, StoreError>;
}

/// Storage of trials.
#[async_trait]
pub(crate) trait TrialStore: fmt::Debug + Send + Sync + 'static {
    /// The counts of an experiment's trials by their state.
    async fn counts(&self, experiment: &Experiment, at: Timestamp) -> Result<TrialCounts, StoreError>;
    /// The snapshot that the next point is chosen from: all that ended and all that is open, at one moment.
    async fn snapshot(&self, experiment: &Experiment, at: Timestamp) -> Result<StudySnapshot, StoreError>;
    /// The trial with this identifier, whoever owns it.
    async fn trial(&self, uuid: Uuid, at: Timestamp) -> Result<Option<Trial>, StoreError>;
    /// The trials of an experiment, the oldest first.
    async fn trials(
        &self,
        experiment: &Experiment,
        state: Option<TrialState>,
        at: Timestamp,
        page: Page,
    ) -> Result<ListPage<Trial>, StoreError>;
}

/// Storage of asks and leases.
#[async_trait]
pub(crate) trait LeaseStore: fmt::Debug + Send + Sync + 'static {
    /// The trial that an ask without identifiers left open, noting that it was asked for again.
    async fn open_ask(&self, experiment: &Experiment, at: Timestamp) -> Result<Option<Trial>, StoreError>;
    /// The trial of an ask without identifiers: the open one, else a new one; `None` where its point was taken meanwhile.
    async fn ask(&self, proposal: Proposal<'_>) -> Result<Option<Trial>, StoreError>;
    /// Gives out trials: first those whose lease ended, then new ones of the candidates.
    async fn lease(
        &self,
        request: LeaseRequest<'_>,
        candidates: Option<&Candidates>,
        at: Timestamp,
    ) -> Result<LeaseOutcome, StoreError>;
    /// Starts the lease of an open trial anew. A trial that has ended comes back as it is.
    async fn renew(&self, experiment: &Experiment, trial: &Trial, at: Timestamp) -> Result<Trial, StoreError>;
    /// Ends the lease of an open trial. A trial that has ended comes back as it is.
    async fn release(&self, trial: &Trial, at: Timestamp) -> Result<Trial, StoreError>;
    /// Opens a failed trial again, for whoever asks next. One that is open or was told comes back as it is.
    async fn retry(&self, trial: &Trial, at: Timestamp) -> Result<Trial, StoreError>;
}

/// Storage of outcomes.
#[async_trait]
pub(crate) trait OutcomeStore: fmt::Debug + Send + Sync + 'static {
    /// Stores how a trial ended.
    async fn record_outcome(&self, report: OutcomeReport<'_>) -> Result<RecordStatus, StoreError>;
    /// Adds trials that have ended already, all or none, but for those that there are with the same point and outcome.
    async fn import(&self, import: Import<'_>) -> Result<Imported, StoreError>;
    /// The history: what was told, in the order of telling.
    async fn history(&self, experiment: &Experiment, page: Page) -> Result<ListPage<Observation>, StoreError>;
    /// The history up to and with the tell `last`.
    async fn history_until(&self, experiment: &Experiment, last: i64) -> Result<Vec<Observation>, StoreError>;
    /// The trial with the best value; of equals the one told first.
    async fn best(&self, experiment: &Experiment) -> Result<Option<Observation>, StoreError>;
}

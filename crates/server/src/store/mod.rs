//! Store: what the hub keeps, behind traits whose methods are one transaction each, so that any database will do.

mod accounts;
mod backup;
mod error;
mod rows;
mod sqlite;
mod studies;

use async_trait::async_trait;
use jiff::Timestamp;

pub use backup::backup;

pub(crate) use accounts::{
    AccountStore, LoginAttempt, LoginThrottle, NewSession, NewUser, RotationOutcome, Session, SessionStore,
    SignupCount, TokenRotation,
};
pub(crate) use error::StoreError;
pub(crate) use rows::{
    Experiment, ListPage, MOST_LEASES, Observation, Page, StudySnapshot, Tell, Trial, TrialCounts, TrialState, User,
};
pub(crate) use sqlite::Sqlite;
pub(crate) use studies::{
    Batch, Candidates, ExperimentStore, IdempotencyRecord, Import, Imported, LeaseOutcome, LeaseRequest, LeaseStore,
    NewExperiment, Outcome, OutcomeReport, OutcomeStore, OutcomeTarget, Proposal, RecordStatus, TrialStore,
};

/// The database of a hub.
#[async_trait]
pub(crate) trait Store:
    AccountStore + SessionStore + LoginThrottle + ExperimentStore + TrialStore + LeaseStore + OutcomeStore
{
    /// Whether the database is where it was and can be read.
    async fn check(&self) -> Result<(), StoreError>;
    /// Whether it can be written.
    async fn check_writing(&self, at: Timestamp) -> Result<(), StoreError>;
    /// The size of the database, in bytes.
    async fn size(&self) -> Result<i64, StoreError>;
    /// Waits for what is running and closes the database.
    async fn close(&self);
}

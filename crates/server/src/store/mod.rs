//! What the hub keeps, behind one trait: each method is one transaction, so that any database with transactions will do.

mod accounts;
mod backup;
mod rows;
mod sessions;
mod sqlite;
mod studies;
mod throttle;

use std::fmt;

use async_trait::async_trait;

pub use backup::backup;

pub(crate) use accounts::{Accounts, NewUser};
pub(crate) use rows::{Counts, Experiment, Listed, MOST_LEASES, Page, Snapshot, Tell, Told, Trial, TrialState, User};
pub(crate) use sessions::{NewSession, Rotated, Rotation, Session, Sessions};
pub(crate) use sqlite::Sqlite;
pub(crate) use studies::{
    Batch, Chosen, Given, Import, NewExperiment, Once, Outcome, Proposal, Settled, Settlement, Studies, Subject, Wanted,
};
pub(crate) use throttle::{Attempt, Throttle};

/// Why a store could not do what it was asked.
#[derive(Debug)]
pub(crate) enum StoreError {
    /// Others held the database for too long; trying again may work.
    Busy,
    /// The disk takes no more; nothing was changed, and what was there can still be read.
    Full,
    /// The experiment or its owner was deleted since it was read.
    Gone,
    /// The key of the request was used for another one.
    KeyReused,
    /// The database failed, or holds what this program did not write.
    Failed(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("the database is busy"),
            Self::Full => f.write_str("the disk of the database is full"),
            Self::Gone => f.write_str("the experiment or its owner was deleted meanwhile"),
            Self::KeyReused => f.write_str("the idempotency key was used for another request"),
            Self::Failed(why) => write!(f, "the database failed: {why}"),
        }
    }
}

/// The database of a hub.
#[async_trait]
pub(crate) trait Store: Accounts + Sessions + Studies + Throttle {
    /// Whether the database can be read.
    async fn check(&self) -> Result<(), StoreError>;
    /// How large the database is, in bytes.
    async fn size(&self) -> Result<i64, StoreError>;
    /// Waits for what is running and closes the database.
    async fn close(&self);
}

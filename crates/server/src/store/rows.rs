//! What is stored, as it is read back.

use jiff::Timestamp;
use uuid::Uuid;

use crate::study::{Scalar, Variable};

/// An account.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) email: String,
    pub(crate) created_at: Timestamp,
    pub(crate) active: bool,
}

/// An experiment.
#[derive(Debug, Clone)]
pub(crate) struct Experiment {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) owner: i64,
    pub(crate) owner_uuid: Uuid,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) space: Vec<Variable>,
    pub(crate) model_type: String,
    pub(crate) acq_func: String,
    pub(crate) seed: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) active: bool,
    pub(crate) told: u64,
    pub(crate) pending: u64,
}

/// Where a pending trial came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// An ask without identifiers: the same point is given out until something is told.
    Ask,
    /// A trial of its own, told by its identifier.
    Trial,
}

/// Where a trial stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TrialState {
    Pending,
    Told,
}

/// A point with an identifier.
#[derive(Debug, Clone)]
pub(crate) struct Trial {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) experiment: Uuid,
    pub(crate) point: Vec<Scalar>,
    pub(crate) created_at: Timestamp,
    pub(crate) tell: Option<Tell>,
}

/// What was told of a trial, and its place in the order of telling.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tell {
    pub(crate) id: i64,
    pub(crate) value: f64,
    pub(crate) at: Timestamp,
}

/// A told trial and the best value by then.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) trial: Uuid,
    pub(crate) point: Vec<Scalar>,
    pub(crate) value: f64,
    pub(crate) best_so_far: f64,
    pub(crate) at: Timestamp,
}

/// What the next point is chosen from.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) history: Vec<(Vec<Scalar>, f64)>,
    pub(crate) pending: Vec<Vec<Scalar>>,
    /// The newest trial in it; 0 where there is none.
    pub(crate) newest: i64,
}

/// A part of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) limit: u32,
    pub(crate) offset: u64,
}

impl Page {
    /// All of a list.
    pub(crate) const ALL: Self = Self { limit: u32::MAX, offset: 0 };

    /// The offset as SQL counts; what is beyond it is beyond every list.
    pub(super) fn sql_offset(self) -> i64 {
        i64::try_from(self.offset).unwrap_or(i64::MAX)
    }
}

/// A part of a list, and how long the list is.
#[derive(Debug)]
pub(crate) struct Listed<T> {
    pub(crate) items: Vec<T>,
    pub(crate) total: u64,
}

//! Rows of the store, as they are read back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::study::{Direction, Scalar, Variable};

/// Maximum number of leases of a trial that may end with nothing told before it counts as failed: whatever it is that
/// its workers die of, a third attempt rules out most accidents and a fourth would only be another victim.
pub(crate) const MOST_LEASES: u32 = 3;

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
    pub(crate) direction: Direction,
    /// How many seconds a trial is leased for.
    pub(crate) trial_lifetime: u32,
    /// How many trials may be open at once.
    pub(crate) open_trials: u32,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) active: bool,
}

/// Counts of the trials of an experiment by their state, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct TrialCounts {
    pub(crate) told: u64,
    pub(crate) failed: u64,
    pub(crate) pending: u64,
    pub(crate) expired: u64,
}

impl TrialCounts {
    /// All trials.
    pub(crate) fn all(self) -> u64 {
        self.told + self.failed + self.pending + self.expired
    }
}

/// The state of a trial at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TrialState {
    /// Somebody is trying it.
    Pending,
    /// Its lease ended and nothing was told; the next ask gives it out again.
    Expired,
    /// It has a value.
    Told,
    /// It was given up, or its leases ended too often.
    Failed,
}

impl TrialState {
    /// All of them, as they are written on the wire and in statements.
    pub(crate) const NAMES: [&'static str; 4] = ["pending", "expired", "told", "failed"];

    const ALL: [Self; 4] = [Self::Pending, Self::Expired, Self::Told, Self::Failed];

    /// The state of this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// A trial: a point with an identifier.
#[derive(Debug, Clone)]
pub(crate) struct Trial {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) experiment: Uuid,
    pub(crate) point: Vec<Scalar>,
    pub(crate) state: TrialState,
    /// How often it was given out.
    pub(crate) asked: u32,
    pub(crate) created_at: Timestamp,
    /// When its lease ends; `None` where it has none.
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) tell: Option<Tell>,
    /// Why it failed, where somebody said so.
    pub(crate) reason: Option<String>,
}

/// A tell: the value of a trial, and its place in the order of telling.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tell {
    pub(crate) id: i64,
    pub(crate) value: f64,
    pub(crate) at: Timestamp,
}

/// An observation: a told trial, and the best value by then.
#[derive(Debug, Clone)]
pub(crate) struct Observation {
    pub(crate) trial: Uuid,
    pub(crate) point: Vec<Scalar>,
    pub(crate) value: f64,
    pub(crate) best_so_far: f64,
    pub(crate) at: Timestamp,
}

/// A snapshot of a study: what the next point is chosen from.
#[derive(Debug, Clone)]
pub(crate) struct StudySnapshot {
    /// The points told with their values in the order of telling, then those that failed.
    pub(crate) ended: Vec<(Vec<Scalar>, Option<f64>)>,
    /// The points that are being tried or will be tried again.
    pub(crate) pending: Vec<Vec<Scalar>>,
    /// The newest trial in it; 0 where there is none.
    pub(crate) newest: i64,
}

/// A page to read: a part of a list.
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

/// A page that was read, and how long the list is.
#[derive(Debug)]
pub(crate) struct ListPage<T> {
    pub(crate) items: Vec<T>,
    pub(crate) total: u64,
}

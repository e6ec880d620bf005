//! Store errors: why a database could not do what it was asked.

use std::fmt;

/// An error of the store.
#[derive(Debug)]
pub(crate) enum StoreError {
    /// Others held the database for too long; trying again may work.
    Busy,
    /// The disk takes no more; nothing was changed, and what was there can still be read.
    Full,
    /// The file of the database was deleted, moved or replaced.
    Lost(String),
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
            Self::Lost(why) => f.write_str(why),
            Self::Gone => f.write_str("the experiment or its owner was deleted meanwhile"),
            Self::KeyReused => f.write_str("the idempotency key was used for another request"),
            Self::Failed(why) => write!(f, "the database failed: {why}"),
        }
    }
}

//! Attempts to log in, as a database counts them.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;

/// An attempt to log in.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// A keyed hash of the name that was given, whether or not there is an account of that name.
    pub(crate) account: String,
    pub(crate) address: String,
    pub(crate) at: Timestamp,
}

/// The part of a database that counts wrong passwords.
#[async_trait]
pub(crate) trait Throttle: fmt::Debug + Send + Sync + 'static {
    /// Counts an attempt as a failure before anybody knows whether it is one, so that those made at the same moment are
    /// counted too. Where there were too many already, nothing is counted, and the answer says until when.
    async fn count_attempt(&self, attempt: &Attempt) -> Result<Option<Timestamp>, StoreError>;
    /// Takes back the count of an attempt that was right, and forgets the failures of its account from there.
    async fn count_off(&self, attempt: &Attempt) -> Result<(), StoreError>;
}

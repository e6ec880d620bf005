//! What a worker needs of a study, wherever it lies.

use std::future::Future;

use mlhub::Error;
use mlhub::autotune::Params;
use uuid::Uuid;

/// A point to try.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trial {
    /// Its id.
    pub(crate) id: Uuid,
    /// The values to try.
    pub(crate) params: Params,
}

/// The reply to an ask.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Asked {
    /// What to try: as many as were asked for, or fewer.
    pub(crate) trials: Vec<Trial>,
    /// How many trials of the study have a value.
    pub(crate) told: u64,
    /// How many failed.
    pub(crate) failed: u64,
}

impl Asked {
    /// How many trials of the study are done with.
    pub(crate) fn finished(&self) -> u64 {
        self.told + self.failed
    }
}

/// A study that several workers may share.
pub(crate) trait Study: Send + Sync + 'static {
    /// Points to try; none when the study has all the trials it is to have, though some of them may still be open.
    fn ask(&self, count: u32) -> impl Future<Output = Result<Asked, Error>> + Send;

    /// The value of a trial. With the same key it counts once, however often it is told.
    fn tell(&self, trial: Uuid, value: f64, key: Uuid) -> impl Future<Output = Result<(), Error>> + Send;

    /// A trial that gave no value, and why. The key is as in a tell.
    fn fail(&self, trial: Uuid, reason: &str, key: Uuid) -> impl Future<Output = Result<(), Error>> + Send;

    /// Keeps a trial for this worker for another while.
    fn renew(&self, trial: Uuid) -> impl Future<Output = Result<(), Error>> + Send;

    /// Gives a trial back, for whoever asks next.
    fn release(&self, trial: Uuid) -> impl Future<Output = Result<(), Error>> + Send;
}

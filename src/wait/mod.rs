//! Long-running operation: a job that takes longer than a call, or than a process, and the wait for its end.
//!
//! A [`Wait`] polls the job at growing intervals until the document's words say that it has ended. Its [`WaitHandle`]
//! is a short text from which another process resumes it. [`wait_all`] polls many jobs together.

mod future;
mod handle;
mod job_group;
mod monitor;
mod poll_interval;
mod poller;
mod progress;
mod status_list;
mod wait_all;

use std::time::Duration;

use futures::future::BoxFuture;

pub use future::{Updates, Wait};
pub use handle::WaitHandle;
pub use progress::{Progress, Update};
pub use status_list::{ListedJob, StatusList, StatusPage};
pub use wait_all::{WaitAll, wait_all};

use crate::error::Error;
use crate::op::{Op, WaitSpec};
use crate::pipeline::Pipeline;

/// Result of one poll of a job.
#[derive(Clone, Debug)]
pub struct PollResult<V> {
    /// The status word.
    pub status: Option<String>,
    /// Whether the field whose presence is final is there.
    pub present: bool,
    /// How far it is; a number above 1 is read as per cent.
    pub progress: Option<f64>,
    /// Why it failed.
    pub reason: Option<String>,
    /// The value, where the poll carries it.
    pub value: Option<V>,
    /// How long the server wants to be left alone.
    pub retry_after: Option<Duration>,
}

/// Pollable job: one that can be asked how it goes. Implemented once for all
/// waits of the documents, and by hand for waits made of several calls.
pub trait Pollable: Send + Sync + 'static {
    /// What the wait returns.
    type Value;

    /// The operation.
    fn op(&self) -> &'static Op;

    /// The wait's entry in the document.
    fn goal(&self) -> &'static WaitSpec;

    /// The path parameters, for the handle.
    fn args(&self) -> Result<Vec<(&'static str, String)>, Error>;

    /// The pipeline its calls go through.
    fn pipeline(&self) -> &Pipeline;

    /// Asks once.
    fn poll(&self) -> BoxFuture<'_, Result<PollResult<Self::Value>, Error>>;

    /// Fetches the value at the end, where the poll had none.
    fn value(&self) -> BoxFuture<'_, Result<Self::Value, Error>>;

    /// The list that tells of this job among others, where the platform has one; so many are wanted.
    fn status_list(&self, wanted: usize) -> Option<StatusList> {
        let _ = wanted;
        None
    }

    /// Goes to that node alone from now on, or to any; for jobs that live on one.
    fn pin(&mut self, node: Option<&str>) {
        let _ = node;
    }

    /// Tells the platform to stop the job, where it can.
    fn cancel(&self) -> Option<BoxFuture<'static, Result<(), Error>>> {
        None
    }
}

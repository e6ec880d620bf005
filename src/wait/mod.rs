//! Waiting for jobs that take longer than a call, or than a process.

mod all;
mod driver;
mod future;
mod group;
mod handle;
mod interval;
mod job;
mod listing;
mod progress;
mod watch;

use std::future::Future;
use std::time::Duration;

use futures::future::BoxFuture;

pub use all::{WaitAll, wait_all};
pub use future::{Updates, Wait};
pub use handle::WaitHandle;
pub use listing::{Listed, Listing, Survey};
pub use progress::{Progress, Update};

use crate::error::Error;
use crate::op::{Op, WaitSpec};
use crate::pipeline::Pipeline;

/// What one look at a job says.
#[derive(Clone, Debug)]
pub struct Look<V> {
    /// The status word.
    pub status: Option<String>,
    /// Whether the field whose presence is final is there.
    pub present: bool,
    /// How far it is; a number above 1 is read as per cent.
    pub progress: Option<f64>,
    /// Why it failed.
    pub reason: Option<String>,
    /// The value, where the look carries it.
    pub value: Option<V>,
    /// How long the server wants to be left alone.
    pub retry_after: Option<Duration>,
}

/// A job that can be asked how it goes. Implemented by generated code for each
/// wait of the document, and by hand for waits made of several calls.
pub trait Poll: Send + Sync + 'static {
    /// What the wait returns.
    type Value: Send + 'static;

    /// The operation.
    fn op(&self) -> &'static Op;

    /// The wait's entry in the document.
    fn goal(&self) -> &'static WaitSpec;

    /// The path parameters, for the handle.
    fn args(&self) -> Result<Vec<(&'static str, String)>, Error>;

    /// The pipeline its calls take.
    fn pipeline(&self) -> &Pipeline;

    /// Asks once.
    fn look(&self) -> impl Future<Output = Result<Look<Self::Value>, Error>> + Send;

    /// Fetches the value at the end, where the look had none.
    fn value(&self) -> impl Future<Output = Result<Self::Value, Error>> + Send;

    /// The list that tells of this job among others, where the platform has one; so many are wanted.
    fn listing(&self, wanted: usize) -> Option<Listing> {
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

//! Waiting for the results of a task.

use futures::future::BoxFuture;
use serde_json::Value;

use super::{Results, failure};
use crate::error::Error;
use crate::op::{Op, WaitSpec};
use crate::pipeline::Pipeline;
use crate::platform::Platform;
use crate::vantage6::{Client, ops};
use crate::wait::{Listing, Look, Poll, Wait, WaitHandle};

/// The operation whose wait this is, with more in its value.
const OPERATION: &str = "task_get";
const GOAL: &str = "done";
const PARAMETER: &str = "id";

/// A document without that wait: nothing is ever final.
static NOTHING: WaitSpec = WaitSpec {
    goal: GOAL,
    poll: OPERATION,
    good: &[],
    bad: &[],
    start: &[],
    unsure: &[],
    present: false,
    pinned: false,
    list: None,
    cancel: None,
};

struct UntilDone {
    client: Client,
    task: i64,
}

impl Client {
    /// Waits until a task is done, and gives the results of all its runs: one
    /// for each organization, opened, however many there are.
    ///
    /// HQ is asked for the state of the task alone until then, by its cheapest
    /// route. See [`Wait`] for limits, progress, and waits that outlive the
    /// process; [`resume_results`](Self::resume_results) goes on with those.
    /// With [`cancel_on_drop`](Wait::cancel_on_drop) a wait that is given up
    /// stops the task.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Failed`](crate::ErrorKind::Failed) as soon as one run has failed: its message names each failed
    /// run, its status and the end of its log. What other runs have given is
    /// still there, by [`results`](Self::results).
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) at once for a task that is not there.
    #[must_use = "a wait does nothing until it is awaited"]
    pub fn wait_for_results(&self, task: i64) -> Wait<'static, Results> {
        Wait::new(UntilDone { client: self.clone(), task })
    }

    /// Takes up a wait for results that was saved, maybe in another process; any
    /// wait for a task serves.
    ///
    /// # Errors
    ///
    /// A text that is not such a handle.
    pub fn resume_results(&self, handle: &str) -> Result<Wait<'static, Results>, Error> {
        let handle = WaitHandle::parse(handle, ops::PLATFORM, &[OPERATION])?;
        if handle.goal() != GOAL {
            return Err(handle.foreign("a wait for results"));
        }
        Ok(self.wait_for_results(handle.arg(PARAMETER)?))
    }
}

impl Poll for UntilDone {
    type Value = Results;

    fn op(&self) -> &'static Op {
        ops::find(OPERATION)
    }

    fn goal(&self) -> &'static WaitSpec {
        self.op().wait(GOAL).unwrap_or(&NOTHING)
    }

    fn args(&self) -> Result<Vec<(&'static str, String)>, Error> {
        Ok(vec![(PARAMETER, self.task.to_string())])
    }

    fn pipeline(&self) -> &Pipeline {
        self.client.pipeline()
    }

    async fn look(&self) -> Result<Look<Results>, Error> {
        let told = self.client.task().status(self.task).send().await?;
        let status = crate::__private::word(&told.status);
        let failed = status.as_deref().is_some_and(|status| self.goal().bad.contains(&status));
        let reason = match failed {
            true => failure::reason(&self.client.runs_of(self.task).await?),
            false => None,
        };
        Ok(Look { status, present: false, progress: None, reason, value: None, retry_after: None })
    }

    async fn value(&self) -> Result<Results, Error> {
        self.client.results_of(self.task).await
    }

    /// The document's, whatever collaboration the client is set up for: tasks of another would be missing.
    ///
    /// HQ 5.0.3 takes 8.8 ms of its processor for a look at one task with two runs, and 8 ms and 1.5 more for each
    /// task on a page of the list: fifty tasks are 440 ms by themselves, 80 on a page of fifty, and 1,500 on one of a
    /// thousand.
    fn listing(&self, wanted: usize) -> Option<Listing> {
        self.client.everywhere().task().get(self.task).listing_done(wanted)
    }

    fn cancel(&self) -> Option<BoxFuture<'static, Result<(), Error>>> {
        let call = self.goal().cancel?;
        let args = vec![(PARAMETER, Value::from(self.task))];
        Some(crate::__private::stop(self.client.pipeline(), ops::find(call), args, &[]))
    }
}

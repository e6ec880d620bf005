//! Wait for the results of a task: polls its status, then fetches what its runs have given.

use futures::future::BoxFuture;
use serde_json::Value;

use super::{Results, failure, fetch};
use crate::error::Error;
use crate::op::{Op, WaitSpec};
use crate::pipeline::Pipeline;
use crate::platform::Platform;
use crate::raw::{Job, RawRequest};
use crate::vantage6::{Client, ops};
use crate::wait::{PollResult, Pollable, StatusList};

/// The operation whose wait this is, with more in its value.
pub(in crate::vantage6) const OPERATION: &str = "task_get";
pub(in crate::vantage6) const GOAL: &str = "done";
pub(in crate::vantage6) const PARAMETER: &str = "id";

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

/// The wait for a task whose value is its results.
pub(in crate::vantage6) struct UntilDone {
    pub(in crate::vantage6) client: Client,
    pub(in crate::vantage6) task: i64,
}

impl Pollable for UntilDone {
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

    fn poll(&self) -> BoxFuture<'_, Result<PollResult<Results>, Error>> {
        Box::pin(async move {
            let told = self.client.task().status(self.task).send().await?;
            let status = crate::__private::word(&told.status);
            let failed = status.as_deref().is_some_and(|status| self.goal().bad.contains(&status));
            let reason = match failed {
                true => failure::reason(&fetch::runs_of(&self.client, self.task).await?),
                false => None,
            };
            Ok(PollResult { status, present: false, progress: None, reason, value: None, retry_after: None })
        })
    }

    fn value(&self) -> BoxFuture<'_, Result<Results, Error>> {
        Box::pin(fetch::results_of(&self.client, self.task))
    }

    /// The document's, whatever collaboration the client is set up for: tasks of another would be missing.
    ///
    /// HQ 5.0.3 takes 8.8 ms of its processor for a poll of one task with two runs, and 8 ms and 1.5 more for each
    /// task on a page of the list: fifty tasks are 440 ms by themselves, 80 on a page of fifty, and 1,500 on one of a
    /// thousand.
    fn status_list(&self, wanted: usize) -> Option<StatusList> {
        self.job(&self.client.everywhere())?.status_list(wanted)
    }

    fn cancel(&self) -> Option<BoxFuture<'static, Result<(), Error>>> {
        self.job(&self.client)?.cancel()
    }
}

impl UntilDone {
    /// The task as the document has it, for what needs no results.
    fn job(&self, client: &Client) -> Option<Job<Value, Value, ()>> {
        let request = RawRequest::of(client.pipeline().clone(), self.op()).with(PARAMETER, self.task);
        let index = self.op().waits.iter().position(|wait| wait.goal == GOAL)?;
        Some(Job::new(request, ops::OPS, index, |_, _| None, |_, _| None))
    }
}

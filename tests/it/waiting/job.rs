//! A wait as generated code has it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use futures::future::BoxFuture;
use mlhub::__private::{PLACEHOLDER, PollResult, Pollable, RawError};
use mlhub::op::{BodyKind, Op, RetryClass};
use mlhub::pipeline::Pipeline;
use mlhub::testing::{Lab, Reply};
use mlhub::{Error, RawCall, Wait, WaitSpec};
use serde_json::{Value, json};

use crate::support::{builder, op};

const DONE: WaitSpec = WaitSpec {
    goal: "done",
    poll: "job_get",
    good: &["completed"],
    bad: &["error", "stopped"],
    start: &[],
    unsure: &[],
    present: false,
    pinned: false,
    list: None,
    cancel: None,
};

const WAITS: &[WaitSpec] = &[
    DONE,
    WaitSpec { goal: "over", bad: &["error"], present: true, ..DONE },
    WaitSpec { goal: "settled", unsure: &["completed", "stopped", "new"], start: &["new"], ..DONE },
];

pub(crate) static GET: LazyLock<Op> = LazyLock::new(|| Op {
    method: http::Method::GET,
    body: BodyKind::None,
    waits: WAITS,
    ..op("job_get", RetryClass::Safe)
});

/// A job of the lab.
pub(crate) struct Job {
    pipeline: Pipeline,
    goal: usize,
    /// Whether a poll carries the value, as it does when the wait polls the
    /// operation that gives it.
    carries: bool,
    cancelled: Option<Arc<AtomicUsize>>,
}

impl Job {
    pub(crate) fn new(lab: &Lab) -> Result<Job, Error> {
        // Retries would hide what a single poll does.
        let pipeline = builder(lab).with(|options| options.no_retry()).build()?;
        Ok(Job { pipeline, goal: 0, carries: true, cancelled: None })
    }

    /// Waits for the field whose presence is final.
    pub(crate) fn until_over(mut self) -> Self {
        self.goal = 1;
        self
    }

    /// Waits for the same where the server may take back its words.
    pub(crate) fn until_settled(mut self) -> Self {
        self.goal = 2;
        self
    }

    /// Fetches the value apart.
    pub(crate) fn value_apart(mut self) -> Self {
        self.carries = false;
        self
    }

    /// Counts how often it is cancelled.
    pub(crate) fn can_cancel(mut self, counter: &Arc<AtomicUsize>) -> Self {
        self.cancelled = Some(Arc::clone(counter));
        self
    }

    pub(crate) fn wait<'f>(self) -> Wait<'f, Value> {
        Wait::new(self)
    }
}

fn text(reply: &Value, name: &str) -> Option<String> {
    reply[name].as_str().map(str::to_owned)
}

impl Pollable for Job {
    type Value = Value;

    fn op(&self) -> &'static Op {
        &GET
    }

    fn goal(&self) -> &'static WaitSpec {
        &WAITS[self.goal]
    }

    fn args(&self) -> Result<Vec<(&'static str, String)>, Error> {
        Ok(vec![("id", "1b;f=4%".to_owned())])
    }

    fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    fn poll(&self) -> BoxFuture<'_, Result<PollResult<Value>, Error>> {
        Box::pin(async move {
            let request =
                self.pipeline.requests().get(format!("{PLACEHOLDER}/things")).build().map_err(RawError::from)?;
            let answer = self.pipeline.exec(request, &GET).await?;
            let retry_after = answer.retry_after(&self.pipeline);
            let reply: Value = answer.decode().await?;
            Ok(PollResult {
                status: text(&reply, "status"),
                present: !reply["ended"].is_null(),
                progress: reply["progress"].as_f64(),
                reason: text(&reply, "reason"),
                value: self.carries.then(|| reply["value"].clone()),
                retry_after,
            })
        })
    }

    fn value(&self) -> BoxFuture<'_, Result<Value, Error>> {
        Box::pin(RawCall::of(self.pipeline.clone(), &GET).query("value", true).send())
    }

    fn cancel(&self) -> Option<BoxFuture<'static, Result<(), Error>>> {
        let counter = self.cancelled.clone()?;
        Some(Box::pin(async move {
            counter.fetch_add(1, Ordering::Relaxed);
            Ok(())
        }))
    }
}

/// A reply with that status.
pub(crate) fn status(word: &str) -> Reply {
    Reply::json(&json!({"status": word}))
}

/// A reply with a good end and that value.
pub(crate) fn completed(value: u32) -> Reply {
    Reply::json(&json!({"status": "completed", "value": value}))
}

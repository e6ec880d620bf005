//! Job monitor: one job and what each answer about it means, by the document's words. It knows nothing of pauses.

use std::time::Duration;

use super::{PollResult, Pollable};
use crate::error::{Error, ErrorKind};
use crate::op::WaitSpec;

/// Requests that may fail one after the other for passing reasons, the last of them too many.
pub(super) const MAX_CONSECUTIVE_FAILURES: u32 = 10;

/// Monitor of a job.
pub(super) struct JobMonitor<V: 'static> {
    pub(super) job: Box<dyn Pollable<Value = V>>,
    /// As many requests in a row may not fail.
    max_consecutive_failures: u32,
    /// Polls so far, failed ones and those by somebody else included.
    pub(super) polls: u32,
    /// Requests that have failed since the last that did not.
    pub(super) consecutive_failures: u32,
    /// The job has left the words that it begins with.
    begun: bool,
    /// A word that the server may take back, if the last poll said one.
    doubted: Option<String>,
    /// The job has ended well and its value is still to be fetched.
    pub(super) done: bool,
}

/// Outcome of one request.
pub(super) enum PollStep<V> {
    /// The job is over, or nothing more can be known about it.
    Over(Result<V, Error>),
    /// It has ended well; the next step fetches the value.
    Fetch,
    /// It goes on.
    Later(PollStatus),
}

/// Status of a job that goes on.
#[derive(Default)]
pub(super) struct PollStatus {
    pub(super) status: Option<String>,
    pub(super) fraction: Option<f64>,
    /// Why the request failed.
    pub(super) failure: Option<Error>,
    /// How long the server wants to be left alone.
    pub(super) retry_after: Option<Duration>,
    /// A final word that has to be said a second time.
    pub(super) doubted: bool,
}

impl<V: 'static> JobMonitor<V> {
    pub(super) fn new(job: Box<dyn Pollable<Value = V>>, max_consecutive_failures: u32) -> Self {
        JobMonitor {
            job,
            max_consecutive_failures,
            polls: 0,
            consecutive_failures: 0,
            begun: false,
            doubted: None,
            done: false,
        }
    }

    /// Whether what a list says about the job is nothing final. Only a poll of its own ends a wait.
    pub(super) fn goes_on(&mut self, status: Option<&str>, present: bool) -> bool {
        let spec = self.job.goal();
        let is = |words: &[&str]| status.is_some_and(|word| words.contains(&word));
        let over = spec.present && present || is(spec.good) || is(spec.bad) || self.begun && is(spec.start);
        if !over {
            self.begun |= status.is_some() && !is(spec.start);
            self.doubted = None;
        }
        !over && !self.done
    }

    /// One request: a poll, or the fetch of the value, with the same patience.
    pub(super) async fn step(&mut self) -> PollStep<V> {
        if self.done {
            return match self.job.value().await {
                Ok(value) => PollStep::Over(Ok(value)),
                Err(error) => self.bear(error),
            };
        }
        self.polls += 1;
        let result = match self.is_lost() {
            true => self.locate().await,
            false => self.job.poll().await,
        };
        match result {
            Ok(result) => self.judge(result),
            Err(error) => self.bear(error),
        }
    }

    /// Whether the job lives on one of several nodes and nobody has said on which.
    fn is_lost(&self) -> bool {
        let pipeline = self.job.pipeline();
        self.job.goal().pinned && pipeline.pin().is_none() && pipeline.nodes().len() > 1
    }

    /// Asks one node after the other for the job, and stays with the one that knows it. It is not there only if every
    /// node says so.
    async fn locate(&mut self) -> Result<PollResult<V>, Error> {
        let mut failure = None;
        for node in self.job.pipeline().likely_nodes() {
            self.job.pin(Some(node.base()));
            match self.job.poll().await {
                Err(error) => {
                    let first_or_worse = failure.is_none() || error.kind() != ErrorKind::NotFound;
                    if first_or_worse {
                        failure = Some(error);
                    }
                }
                found => return found,
            }
        }
        self.job.pin(None);
        Err(failure.unwrap_or_else(|| self.error(ErrorKind::Config, "the client has no server".to_owned())))
    }

    fn judge(&mut self, result: PollResult<V>) -> PollStep<V> {
        self.consecutive_failures = 0;
        let spec = self.job.goal();
        let PollResult { status, present, progress, reason, value, retry_after } = result;
        let is = |words: &[&str]| status.as_deref().is_some_and(|word| words.contains(&word));
        let over = spec.present && present;
        // What has left its first words and comes back to them has given up.
        let back = self.begun && is(spec.start);
        self.begun |= status.is_some() && !is(spec.start);
        if !over && self.doubts(spec, status.as_deref()) {
            return PollStep::Later(PollStatus { status, retry_after, doubted: true, ..PollStatus::default() });
        }
        // Where presence is final, a word of neither kind decides nothing, but a reason does.
        if is(spec.bad) || back || over && !is(spec.good) && reason.is_some() {
            let detail =
                format!("waiting for {:?} ended with {:?}", spec.goal, status.as_deref().unwrap_or("no status"));
            return PollStep::Over(Err(self.error(ErrorKind::Failed, detail).with_message(reason)));
        }
        if is(spec.good) || over {
            if let Some(value) = value {
                return PollStep::Over(Ok(value));
            }
            self.done = true;
            return PollStep::Fetch;
        }
        PollStep::Later(PollStatus { fraction: progress.map(fraction), status, retry_after, ..PollStatus::default() })
    }

    /// Whether the word is one that the server may take back, and is said for the first time.
    fn doubts(&mut self, spec: &WaitSpec, word: Option<&str>) -> bool {
        let unsure = word.filter(|word| spec.unsure.contains(word));
        let doubted = unsure.is_some() && unsure != self.doubted.as_deref();
        self.doubted = unsure.map(str::to_owned);
        doubted
    }

    /// A request that failed: borne for a while where the failure may pass.
    fn bear(&mut self, error: Error) -> PollStep<V> {
        self.consecutive_failures += 1;
        if !may_pass(&error) || self.consecutive_failures >= self.max_consecutive_failures {
            return PollStep::Over(Err(error));
        }
        PollStep::Later(PollStatus { retry_after: error.retry_after(), failure: Some(error), ..PollStatus::default() })
    }

    /// An error of this wait.
    pub(super) fn error(&self, kind: ErrorKind, detail: String) -> Error {
        let op = self.job.op();
        Error::new(kind, detail).with_call((op.platform, op.id), op.method.clone(), op.path)
    }
}

/// Whether a failure may pass by itself.
pub(super) fn may_pass(error: &Error) -> bool {
    error.is_retryable() || error.kind() == ErrorKind::Server
}

/// Platforms count progress to 1 or to 100.
fn fraction(number: f64) -> f64 {
    let part = if number > 1.0 { number / 100.0 } else { number };
    part.clamp(0.0, 1.0)
}

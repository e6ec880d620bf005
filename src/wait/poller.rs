//! Poller of a job: polls until it ends, within the pauses and the limits of a wait.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::monitor::{JobMonitor, MAX_CONSECUTIVE_FAILURES, PollStatus, PollStep};
use super::poll_interval::{after_failure, pause};
use super::{Pollable, Progress, Update, WaitHandle};
use crate::clock::{Clock, Elapsed, timeout, unit};
use crate::error::{Error, ErrorKind};

/// A request may take that long even at the very end of the time.
const GRACE: Duration = Duration::from_secs(1);
/// After a word that the server may take back the next poll is so much later: longer than the second between two
/// passes by which schedulers, Loud ML's for one, bring their words up to date.
const DOUBT: Duration = Duration::from_secs(2);

/// Callback that is told of the progress of a wait.
pub(super) type ProgressCallback<'f> = Box<dyn FnMut(&Progress) + Send + 'f>;

/// Options of a wait: what the caller has asked for.
pub(super) struct WaitOptions<'f> {
    pub(super) timeout: Option<Duration>,
    pub(super) every: Option<Duration>,
    pub(super) max_consecutive_failures: u32,
    /// Tells the caller how it goes.
    pub(super) on_progress: Option<ProgressCallback<'f>>,
    pub(super) cancel_on_drop: bool,
}

impl Default for WaitOptions<'_> {
    fn default() -> Self {
        let max_consecutive_failures = MAX_CONSECUTIVE_FAILURES;
        WaitOptions { timeout: None, every: None, max_consecutive_failures, on_progress: None, cancel_on_drop: false }
    }
}

/// Poller of one job: a wait under way.
pub(super) struct Poller<'f, V: 'static> {
    pub(super) monitor: JobMonitor<V>,
    options: WaitOptions<'f>,
    pub(super) clock: Arc<dyn Clock>,
    started: Duration,
    /// When the next poll is due; at once before the first.
    due: Option<Duration>,
    /// No poll of any kind before that.
    not_before: Duration,
    ended: bool,
}

impl<'f, V: 'static> Poller<'f, V> {
    pub(super) fn new(job: Box<dyn Pollable<Value = V>>, options: WaitOptions<'f>) -> Self {
        let clock = Arc::clone(job.pipeline().clock());
        Poller {
            started: clock.now(),
            clock,
            monitor: JobMonitor::new(job, options.max_consecutive_failures),
            options,
            due: None,
            not_before: Duration::ZERO,
            ended: false,
        }
    }

    /// The next update; none after the last.
    pub(super) async fn next(&mut self) -> Option<Result<Update<V>, Error>> {
        if self.ended {
            return None;
        }
        if let Some(error) = self.refusal() {
            return Some(Err(error));
        }
        if self.due.is_some() {
            let pause = self.due().saturating_sub(self.clock.now());
            self.clock.sleep(pause).await;
        }
        Some(self.poll().await)
    }

    /// When the next poll is due, the last of them at the very end of the time.
    pub(super) fn due(&self) -> Duration {
        let end = self.options.timeout.map_or(Duration::MAX, |timeout| self.started.saturating_add(timeout));
        self.due.unwrap_or(self.started).min(end)
    }

    /// Whether the server may be asked about this job now.
    pub(super) fn may_poll(&self) -> bool {
        self.not_before <= self.clock.now()
    }

    /// Why the wait cannot even begin. Ends it.
    pub(super) fn refusal(&mut self) -> Option<Error> {
        if !self.options.cancel_on_drop || self.monitor.job.cancel().is_some() {
            return None;
        }
        self.ended = true;
        let detail = "the platform cannot stop this job, so the wait cannot promise to";
        Some(self.monitor.error(ErrorKind::Request, detail.to_owned()))
    }

    /// Polls, without a pause before it.
    pub(super) async fn poll(&mut self) -> Result<Update<V>, Error> {
        let update = loop {
            match within(&*self.clock, self.limit(), self.monitor.step()).await {
                Err(Elapsed) => break Err(self.out_of_time("")),
                Ok(PollStep::Over(end)) => break end.map(Update::Done),
                Ok(PollStep::Fetch) => {}
                Ok(PollStep::Later(status)) => {
                    let (chance, failures) = (unit(&*self.clock), self.monitor.consecutive_failures);
                    break self.later(status, chance, failures).map(Update::Progress);
                }
            }
        };
        self.ended = !matches!(update, Ok(Update::Progress(_)));
        update
    }

    /// Takes a status that came in another way than by a poll; the error, where it ends the wait.
    pub(super) fn hear(&mut self, status: PollStatus, chance: f64, failures: u32) -> Option<Error> {
        self.monitor.polls += 1;
        let error = self.later(status, chance, failures).err();
        self.ended = error.is_some();
        error
    }

    fn later(&mut self, status: PollStatus, chance: f64, failures: u32) -> Result<Progress, Error> {
        let (elapsed, left) = (self.elapsed(), self.left());
        let PollStatus { status, fraction, failure, retry_after, doubted } = status;
        let asked = retry_after.unwrap_or_default();
        // The server is never asked sooner than it wants, not even for the last time.
        if left.is_zero() || asked > left {
            let mut seen = status.map_or(String::new(), |status| format!(" (last seen: {status:?})"));
            if asked > left {
                seen += &format!(", and the server asks for no poll within the next {} s", asked.as_secs_f64());
            }
            let error = self.out_of_time(&seen).with_retry_after(retry_after);
            return Err(match failure {
                Some(failure) => error.with_source(failure),
                None => error,
            });
        }
        let own = match self.options.every {
            Some(fixed) => fixed,
            None if doubted => DOUBT,
            None => pause(self.monitor.polls, elapsed, chance).max(after_failure(failures)),
        };
        let now = self.clock.now();
        let at_least = if doubted { own.max(asked) } else { asked };
        (self.not_before, self.due) = (now.saturating_add(at_least), Some(now.saturating_add(own.max(asked))));
        let failure = failure.map(|error| error.to_string());
        let progress = Progress { status, fraction, elapsed, polls: self.monitor.polls, failure };
        if let Some(tell) = &mut self.options.on_progress {
            tell(&progress);
        }
        Ok(progress)
    }

    fn out_of_time(&self, seen: &str) -> Error {
        let time = self.options.timeout.unwrap_or_default().as_secs_f64();
        let handle = handle(&*self.monitor.job);
        let detail = match self.monitor.done {
            true => format!("the job is done, but its value was not there within {time} s; fetch it by {handle}"),
            false => format!("not done within {time} s{seen}; the job goes on, resume the wait by {handle}"),
        };
        self.monitor.error(ErrorKind::Timeout, detail).retryable(true)
    }

    fn elapsed(&self) -> Duration {
        self.clock.now().saturating_sub(self.started)
    }

    /// How long one request may take; none without a limit of the whole.
    pub(super) fn limit(&self) -> Option<Duration> {
        self.options.timeout.map(|_| self.left().max(GRACE))
    }

    fn left(&self) -> Duration {
        match self.options.timeout {
            Some(timeout) => timeout.saturating_sub(self.elapsed()),
            None => Duration::MAX,
        }
    }
}

/// The handle of a job's wait, as its calls go now.
pub(super) fn handle<V: 'static>(job: &dyn Pollable<Value = V>) -> WaitHandle {
    let op = job.op();
    // A value that is missing is noticed when the handle is resumed, and by the call itself.
    let args = job.args().unwrap_or_default();
    WaitHandle {
        platform: op.platform.to_owned(),
        op: op.id.to_owned(),
        goal: job.goal().goal.to_owned(),
        node: job.pipeline().pinned_node(),
        args: args.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    }
}

/// Drops the request when it takes longer than that.
pub(super) async fn within<F: Future>(
    clock: &dyn Clock,
    limit: Option<Duration>,
    request: F,
) -> Result<F::Output, Elapsed> {
    match limit {
        Some(limit) => timeout(clock, limit, request).await,
        None => Ok(request.await),
    }
}

impl<V: 'static> Drop for Poller<'_, V> {
    fn drop(&mut self) {
        if !self.options.cancel_on_drop || self.ended {
            return;
        }
        // Outside of a runtime nobody is left to send the request.
        if let (Some(cancel), Ok(runtime)) = (self.monitor.job.cancel(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move {
                if let Err(error) = cancel.await {
                    tracing::warn!(target: "mlhub", %error, "the job could not be cancelled");
                }
            });
        }
    }
}

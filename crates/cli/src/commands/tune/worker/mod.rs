//! Worker: asks a study for trials, keeps so many of them running, and tells what came out.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use mlhub::clock::{Clock as _, SystemClock};
use mlhub::{Error, ErrorKind};
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::heartbeat::heartbeat;
use super::study::{AskReply, Study, Trial};
use super::trial::{RunOutcome, RunResult, StopRequest, stop_requested};

/// First pause after a failure; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Longest absence of a hub: longer than a restart or an upgrade takes.
const LONGEST_ABSENCE: Duration = Duration::from_secs(10 * 60);

/// Plan of a worker.
#[derive(Clone, Copy, Debug)]
pub(super) struct WorkPlan {
    /// How many at once.
    pub(super) parallel: u32,
    /// How many the study is to have.
    pub(super) trials: u64,
    /// How long a trial is this worker's without being renewed.
    pub(super) lease: Duration,
    /// After how many failures in a row this worker stops; never at nought.
    pub(super) max_failures: usize,
}

/// Why work has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum WorkEnd {
    /// The study has its trials.
    Complete,
    /// Every point of its space was tried.
    Exhausted,
    /// It was asked to stop.
    Stopped,
    /// Too many trials in a row failed here: why.
    Failing(Vec<String>),
}

/// Finished trial: one that this worker has no more to do with.
#[derive(Debug)]
pub(super) struct FinishedTrial {
    /// The trial.
    pub(super) trial: Trial,
    /// What became of it.
    pub(super) outcome: TrialOutcome,
    /// Processes that it had left behind.
    pub(super) left: usize,
}

/// Outcome of a trial, as the hub knows it.
#[derive(Debug)]
pub(super) enum TrialOutcome {
    /// The hub has its value.
    Told(f64),
    /// The hub knows that it failed, and why.
    Failed(String),
    /// It was given back.
    Released,
    /// It was given to somebody else after a silence; with the value that came too late, if one did.
    Lost(Option<f64>),
    /// The hub could not be told.
    Untold(Result<f64, String>, Error),
}

/// Event of the work, as it happens.
#[derive(Debug)]
pub(super) enum WorkEvent {
    /// The hub's counts.
    Counts(AskReply),
    /// A trial is done with.
    Finished(FinishedTrial),
    /// The other trials of the study are with other workers.
    Waiting,
}

/// Works until the study has its trials, or work is to stop. An error is one that ends all work; what runs by then is
/// stopped and given back first.
pub(super) async fn work<S, R, F>(
    study: Arc<S>,
    run: R,
    plan: WorkPlan,
    (stop, requests): (&watch::Sender<StopRequest>, watch::Receiver<StopRequest>),
    mut tell: impl FnMut(WorkEvent),
) -> Result<WorkEnd, Error>
where
    S: Study,
    R: Fn(Trial, watch::Receiver<StopRequest>) -> F,
    F: Future<Output = RunResult> + Send + 'static,
{
    let mut running = JoinSet::new();
    let mut open: BTreeSet<Uuid> = BTreeSet::new();
    let mut heard = requests.clone();
    let mut backoff = Backoff::new();
    let mut end = None;
    let mut failures = Vec::new();
    let mut result = Ok(());
    loop {
        let free = plan.parallel.saturating_sub(u32::try_from(running.len()).unwrap_or(u32::MAX));
        let mut pause = None;
        if free > 0 && end.is_none() && *heard.borrow() == StopRequest::No {
            match ask(&*study, free, &mut heard).await {
                Ok(Some(asked)) => {
                    // A trial that was asked while it runs here had its lease end unnoticed; now it has a new one.
                    let fresh: Vec<_> = asked.trials.iter().filter(|trial| open.insert(trial.id)).cloned().collect();
                    if asked.trials.is_empty() {
                        let complete = (asked.finished() >= plan.trials).then_some(WorkEnd::Complete);
                        end = complete.or(asked.exhausted.then_some(WorkEnd::Exhausted));
                    }
                    tell(WorkEvent::Counts(asked));
                    if !fresh.is_empty() {
                        backoff = Backoff::new();
                    }
                    // The rest is with others, who may lose it.
                    if fresh.len() < free as usize {
                        pause = Some(backoff.next());
                    }
                    for trial in fresh {
                        let (stop, stopped) = watch::channel(StopRequest::No);
                        let run = run(trial.clone(), stopped);
                        let (study, requests) = (study.clone(), requests.clone());
                        let trial = RunningTrial { study, trial, lease: plan.lease, requests };
                        running.spawn(trial.work(run, stop));
                    }
                }
                Ok(None) => pause = Some(backoff.next()),
                Err(error) => {
                    result = Err(error);
                    request_stop(stop, StopRequest::Gently);
                }
            }
        }
        let working = end.is_none() && *heard.borrow() == StopRequest::No;
        if running.is_empty() && !working {
            return result.map(|()| end.unwrap_or(WorkEnd::Stopped));
        }
        if running.is_empty() {
            tell(WorkEvent::Waiting);
        }
        tokio::select! {
            Some(done) = running.join_next() => {
                if let Ok(done) = done {
                    open.remove(&done.trial.id);
                    if let (TrialOutcome::Untold(_, error), Ok(())) = (&done.outcome, &result) {
                        result = Err(error.clone());
                        request_stop(stop, StopRequest::Gently);
                    }
                    match &done.outcome {
                        TrialOutcome::Told(_) => failures.clear(),
                        TrialOutcome::Failed(reason) => failures.push(reason.clone()),
                        _ => {}
                    }
                    if plan.max_failures > 0 && failures.len() == plan.max_failures && end.is_none() {
                        end = Some(WorkEnd::Failing(failures.clone()));
                        request_stop(stop, StopRequest::Gently);
                    }
                    tell(WorkEvent::Finished(done));
                }
            }
            () = wait_out(pause) => {}
            _ = stop_requested(&mut heard, StopRequest::No), if working => {}
        }
    }
}

/// Asks everything to stop, if it was not asked for more already.
fn request_stop(stop: &watch::Sender<StopRequest>, wanted: StopRequest) {
    stop.send_if_modified(|request| std::mem::replace(request, wanted.max(*request)) < wanted);
}

/// Asks; none when too many trials are open just now.
async fn ask<S: Study>(
    study: &S,
    count: u32,
    requests: &mut watch::Receiver<StopRequest>,
) -> Result<Option<AskReply>, Error> {
    let mut stopped = requests.clone();
    tokio::select! {
        asked = retry_while_away(requests, || study.ask(count)) => match asked {
            Ok(asked) => Ok(Some(asked)),
            Err(error) if error.kind() == ErrorKind::Conflict => Ok(None),
            Err(error) => Err(error),
        },
        // An answer that is not waited for leaves trials that nobody works on: their lease ends.
        _ = stop_requested(&mut stopped, StopRequest::No) => Ok(None),
    }
}

/// The pause, or no end.
async fn wait_out(pause: Option<Duration>) {
    match pause {
        Some(pause) => SystemClock::new().sleep(pause).await,
        None => std::future::pending().await,
    }
}

/// Running trial of this worker: its lease is renewed, and its outcome is told.
struct RunningTrial<S> {
    study: Arc<S>,
    trial: Trial,
    lease: Duration,
    requests: watch::Receiver<StopRequest>,
}

impl<S: Study> RunningTrial<S> {
    /// Waits for the run, which `stop` stops, and sees that the hub knows how it ended.
    async fn work(mut self, run: impl Future<Output = RunResult>, stop: watch::Sender<StopRequest>) -> FinishedTrial {
        tokio::pin!(run);
        let mut lost = false;
        let mut heard = StopRequest::No;
        let RunResult { outcome, left } = {
            let lease_lost = heartbeat(&*self.study, self.trial.id, self.lease);
            tokio::pin!(lease_lost);
            let mut requests = self.requests.clone();
            loop {
                tokio::select! {
                    biased;
                    result = &mut run => break result,
                    () = &mut lease_lost, if !lost => {
                        lost = true;
                        stop.send_replace(heard.max(StopRequest::Gently));
                    }
                    now = stop_requested(&mut requests, heard) => {
                        heard = now;
                        stop.send_replace(heard);
                    }
                }
            }
        };
        let outcome = match outcome {
            RunOutcome::Stopped if lost => TrialOutcome::Lost(None),
            RunOutcome::Stopped => self.give_back().await,
            RunOutcome::Value(value) => self.deliver(Ok(value)).await,
            RunOutcome::Failed(_) if lost => TrialOutcome::Lost(None),
            RunOutcome::Failed(reason) => self.deliver(Err(reason)).await,
        };
        FinishedTrial { trial: self.trial, outcome, left }
    }

    /// Tells the hub what came out, however long it takes.
    async fn deliver(&mut self, what: Result<f64, String>) -> TrialOutcome {
        let (study, id, key) = (self.study.clone(), self.trial.id, Uuid::new_v4());
        let sent = retry_while_away(&mut self.requests, || {
            let (study, what) = (study.clone(), what.clone());
            async move {
                match &what {
                    Ok(value) => study.tell(id, *value, key).await,
                    Err(reason) => study.fail(id, reason, key).await,
                }
            }
        });
        match (sent.await, what) {
            (Ok(()), Ok(value)) => TrialOutcome::Told(value),
            (Ok(()), Err(reason)) => TrialOutcome::Failed(reason),
            // Somebody else was quicker after this worker had been silent for too long.
            (Err(error), what) if error.kind() == ErrorKind::Conflict => TrialOutcome::Lost(what.ok()),
            (Err(error), what) => TrialOutcome::Untold(what, error),
        }
    }

    /// Gives the trial back. Where that fails the lease ends by itself.
    async fn give_back(&self) -> TrialOutcome {
        if *self.requests.borrow() != StopRequest::AtOnce {
            let mut requests = self.requests.clone();
            tokio::select! {
                _ = self.study.release(self.trial.id) => {}
                _ = stop_requested(&mut requests, StopRequest::Gently) => {}
            }
        }
        TrialOutcome::Released
    }
}

/// Backoff: pauses that double up to a cap.
#[derive(Debug)]
struct Backoff {
    next: Duration,
    sum: Duration,
}

impl Backoff {
    fn new() -> Backoff {
        Backoff { next: FIRST_PAUSE, sum: Duration::ZERO }
    }

    /// The next pause.
    fn next(&mut self) -> Duration {
        let pause = self.next;
        self.sum += pause;
        self.next = (2 * pause).min(LONGEST_PAUSE);
        pause
    }
}

/// Retries a call until the hub answers, or work stops. A call that work's end finds waiting is made once more, so that
/// it fails with what is true then.
async fn retry_while_away<T, F: Future<Output = Result<T, Error>>>(
    requests: &mut watch::Receiver<StopRequest>,
    mut call: impl FnMut() -> F,
) -> Result<T, Error> {
    let mut backoff = Backoff::new();
    loop {
        let error = match call().await {
            Err(error) if is_transient(&error) => error,
            result => return result,
        };
        if backoff.sum >= LONGEST_ABSENCE || *requests.borrow() != StopRequest::No {
            return Err(error);
        }
        tokio::select! {
            () = SystemClock::new().sleep(backoff.next()) => {}
            _ = stop_requested(requests, StopRequest::No) => {}
        }
    }
}

/// Whether it may go well later without anybody's doing.
fn is_transient(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Server | ErrorKind::RateLimited
    )
}

//! The loop of a worker: ask for points, keep so many of them going, tell what came out.

mod slot;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use mlhub::{Error, ErrorKind};
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::attempt::{Attempt, Halt, halted};
use super::patience::{Pauses, patiently};
use super::study::{Asked, Study, Trial};
use crate::clock;

/// How trials are worked on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// How many at once.
    pub(crate) parallel: u32,
    /// How many the study is to have.
    pub(crate) trials: u64,
    /// How long a trial is this worker's without being renewed.
    pub(crate) lease: Duration,
}

/// What became of a trial.
#[derive(Debug)]
pub(crate) struct Done {
    /// The trial.
    pub(crate) trial: Trial,
    /// What became of it.
    pub(crate) fate: Fate,
    /// Processes that it had left behind.
    pub(crate) left: usize,
}

/// What became of a trial.
#[derive(Debug)]
pub(crate) enum Fate {
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

/// What happens, as it happens.
#[derive(Debug)]
pub(crate) enum Event {
    /// The hub's counts.
    Counts(Asked),
    /// A trial is done with.
    Done(Done),
    /// The other trials of the study are with other workers.
    Waiting,
}

/// Works until the study has its trials, or work is to stop. An error is one that ends all work; what runs by then is
/// stopped and given back first.
pub(crate) async fn work<S, R, F>(
    study: Arc<S>,
    run: R,
    plan: Plan,
    (stop, halt): (&watch::Sender<Halt>, watch::Receiver<Halt>),
    mut tell: impl FnMut(Event),
) -> Result<(), Error>
where
    S: Study,
    R: Fn(Trial, watch::Receiver<Halt>) -> F,
    F: Future<Output = Attempt> + Send + 'static,
{
    let mut slots = JoinSet::new();
    let mut open: BTreeSet<Uuid> = BTreeSet::new();
    let mut heard = halt.clone();
    let mut pauses = Pauses::new();
    let mut complete = false;
    let mut result = Ok(());
    loop {
        let free = plan.parallel.saturating_sub(u32::try_from(slots.len()).unwrap_or(u32::MAX));
        let mut pause = None;
        if free > 0 && !complete && *heard.borrow() == Halt::No {
            match ask(&*study, free, &mut heard).await {
                Ok(Some(asked)) => {
                    // A trial that was asked while it runs here had its lease end unnoticed; now it has a new one.
                    let fresh: Vec<_> = asked.trials.iter().filter(|trial| open.insert(trial.id)).cloned().collect();
                    complete = asked.finished() >= plan.trials && asked.trials.is_empty();
                    tell(Event::Counts(asked));
                    if !fresh.is_empty() {
                        pauses = Pauses::new();
                    }
                    // The rest is with others, who may lose it.
                    if fresh.len() < free as usize {
                        pause = Some(pauses.next());
                    }
                    for trial in fresh {
                        let slot = slot::Slot { study: study.clone(), trial, lease: plan.lease, halt: halt.clone() };
                        let run = |halt| run(slot.trial.clone(), halt);
                        let (stop, stopped) = watch::channel(Halt::No);
                        let running = run(stopped);
                        slots.spawn(slot.work(running, stop));
                    }
                }
                Ok(None) => pause = Some(pauses.next()),
                Err(error) => {
                    result = Err(error);
                    at_least(stop, Halt::Gently);
                }
            }
        }
        let working = !complete && *heard.borrow() == Halt::No;
        if slots.is_empty() && !working {
            return result;
        }
        if slots.is_empty() {
            tell(Event::Waiting);
        }
        tokio::select! {
            Some(done) = slots.join_next() => {
                if let Ok(done) = done {
                    open.remove(&done.trial.id);
                    if let (Fate::Untold(_, error), Ok(())) = (&done.fate, &result) {
                        result = Err(error.clone());
                        at_least(stop, Halt::Gently);
                    }
                    tell(Event::Done(done));
                }
            }
            () = rest(pause) => {}
            _ = halted(&mut heard, Halt::No), if working => {}
        }
    }
}

/// Asks everything to stop, if it was not asked for more already.
fn at_least(stop: &watch::Sender<Halt>, wanted: Halt) {
    stop.send_if_modified(|halt| std::mem::replace(halt, wanted.max(*halt)) < wanted);
}

/// Asks; none when too many trials are open just now.
async fn ask<S: Study>(study: &S, count: u32, halt: &mut watch::Receiver<Halt>) -> Result<Option<Asked>, Error> {
    let mut stopped = halt.clone();
    tokio::select! {
        asked = patiently(halt, || study.ask(count)) => match asked {
            Ok(asked) => Ok(Some(asked)),
            Err(error) if error.kind() == ErrorKind::Conflict => Ok(None),
            Err(error) => Err(error),
        },
        // An answer that is not waited for leaves trials that nobody works on: their lease ends.
        _ = halted(&mut stopped, Halt::No) => Ok(None),
    }
}

/// The pause, or no end.
async fn rest(pause: Option<Duration>) {
    match pause {
        Some(pause) => clock::sleep(pause).await,
        None => std::future::pending().await,
    }
}

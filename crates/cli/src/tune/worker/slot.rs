//! One trial in the hands of a worker: kept alive on the hub while it runs, and told when it is done.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use mlhub::{Error, ErrorKind};
use tokio::sync::watch;
use uuid::Uuid;

use super::{Done, Fate};
use crate::clock;
use crate::tune::attempt::{Attempt, Halt, Outcome, halted};
use crate::tune::patience::patiently;
use crate::tune::study::{Study, Trial};

/// Renewals in the time of a lease: two may fail before it ends.
const RENEWALS: u32 = 3;

/// A trial that this worker has.
pub(super) struct Slot<S> {
    pub(super) study: Arc<S>,
    pub(super) trial: Trial,
    pub(super) lease: Duration,
    pub(super) halt: watch::Receiver<Halt>,
}

impl<S: Study> Slot<S> {
    /// Waits for the run, which `stop` stops, and sees that the hub knows how it ended.
    pub(super) async fn work(mut self, run: impl Future<Output = Attempt>, stop: watch::Sender<Halt>) -> Done {
        tokio::pin!(run);
        let mut lost = false;
        let mut heard = Halt::No;
        let Attempt { outcome, left } = {
            let taken = self.taken();
            tokio::pin!(taken);
            let mut halt = self.halt.clone();
            loop {
                tokio::select! {
                    biased;
                    attempt = &mut run => break attempt,
                    () = &mut taken, if !lost => {
                        lost = true;
                        stop.send_replace(heard.max(Halt::Gently));
                    }
                    now = halted(&mut halt, heard) => {
                        heard = now;
                        stop.send_replace(heard);
                    }
                }
            }
        };
        let fate = match outcome {
            Outcome::Stopped if lost => Fate::Lost(None),
            Outcome::Stopped => self.give_back().await,
            Outcome::Value(value) => self.deliver(Ok(value)).await,
            Outcome::Failed(_) if lost => Fate::Lost(None),
            Outcome::Failed(reason) => self.deliver(Err(reason)).await,
        };
        Done { trial: self.trial, fate, left }
    }

    /// Renews the lease for as long as the hub lets this worker have the trial; ends when it does not.
    async fn taken(&self) {
        loop {
            clock::sleep(self.lease / RENEWALS).await;
            // Any other failure may pass, and the next renewal is not far.
            if self.study.renew(self.trial.id).await.is_err_and(|error| is_gone(&error)) {
                return;
            }
        }
    }

    /// Tells the hub what came out, however long it takes.
    async fn deliver(&mut self, what: Result<f64, String>) -> Fate {
        let (study, id, key) = (self.study.clone(), self.trial.id, Uuid::new_v4());
        let sent = patiently(&mut self.halt, || {
            let (study, what) = (study.clone(), what.clone());
            async move {
                match &what {
                    Ok(value) => study.tell(id, *value, key).await,
                    Err(reason) => study.fail(id, reason, key).await,
                }
            }
        });
        match (sent.await, what) {
            (Ok(()), Ok(value)) => Fate::Told(value),
            (Ok(()), Err(reason)) => Fate::Failed(reason),
            // Somebody else was quicker after this worker had been silent for too long.
            (Err(error), what) if error.kind() == ErrorKind::Conflict => Fate::Lost(what.ok()),
            (Err(error), what) => Fate::Untold(what, error),
        }
    }

    /// Gives the trial back. Where that fails the lease ends by itself.
    async fn give_back(&self) -> Fate {
        if *self.halt.borrow() != Halt::AtOnce {
            let mut halt = self.halt.clone();
            tokio::select! {
                _ = self.study.release(self.trial.id) => {}
                _ = halted(&mut halt, Halt::Gently) => {}
            }
        }
        Fate::Released
    }
}

/// Whether the trial is not this worker's any more: told by somebody else, or deleted.
fn is_gone(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Conflict | ErrorKind::NotFound)
}

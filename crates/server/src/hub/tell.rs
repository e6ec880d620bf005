//! A tell: one value, stored once.

use super::Hub;
use super::ask::key_reused;
use crate::http::fault::Fault;
use crate::store::{Experiment, NewTell, Once, Stored, Subject, Tell, Trial};

impl Hub {
    /// Stores `value` for a trial or a point, unless the trial was told before.
    pub(crate) async fn tell(
        &self,
        experiment: &Experiment,
        subject: Subject<'_>,
        value: f64,
        once: Option<&Once>,
    ) -> Result<(Trial, Tell), Fault> {
        let tell = NewTell { experiment, subject, value, at: self.clock.now(), once };
        match self.store.tell(tell).await? {
            Stored::Trial(trial, tell) => {
                self.metrics.tells.inc();
                Ok((trial, tell))
            }
            Stored::AlreadyTold => Err(Fault::conflict(
                "This trial was told before, and a trial is told once. A request that is repeated has to carry the \
                 Idempotency-Key of the first; a new measurement is a new trial.",
            )),
            Stored::KeyReused => Err(key_reused()),
        }
    }
}

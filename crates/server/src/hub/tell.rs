//! How trials end: with a value or without one, each once.

use super::Hub;
use crate::http::fault::Fault;
use crate::store::{Experiment, Once, Outcome, Settled, Settlement, StoreError, Subject, Tell, Trial, TrialState};

impl Hub {
    /// Stores `value` for a trial or a point, unless the trial has ended before.
    pub(crate) async fn tell(
        &self,
        experiment: &Experiment,
        subject: Subject<'_>,
        value: f64,
        once: Option<&Once>,
    ) -> Result<(Trial, Tell), Fault> {
        let trial = self.settle(experiment, subject, Outcome::Value(value), once).await?;
        let lost = || Fault::from(StoreError::Failed(format!("trial {} lost its tell", trial.uuid)));
        let tell = trial.tell.ok_or_else(lost)?;
        self.metrics.tells.inc();
        Ok((trial, tell))
    }

    /// Gives a trial up for `reason`, unless it has ended before.
    pub(crate) async fn fail(
        &self,
        experiment: &Experiment,
        trial: &Trial,
        reason: String,
        once: Option<&Once>,
    ) -> Result<Trial, Fault> {
        self.settle(experiment, Subject::Trial(trial), Outcome::Failed(reason), once).await
    }

    async fn settle(
        &self,
        experiment: &Experiment,
        subject: Subject<'_>,
        outcome: Outcome,
        once: Option<&Once>,
    ) -> Result<Trial, Fault> {
        let settlement = Settlement { experiment, subject, outcome, at: self.clock.now(), once };
        match self.store.settle(settlement).await? {
            Settled::Trial(trial) => Ok(trial),
            Settled::Before(trial) => Err(ended(&trial)),
        }
    }
}

/// Why nothing more can happen to a trial.
pub(super) fn ended(trial: &Trial) -> Fault {
    Fault::conflict(match trial.state {
        TrialState::Failed => {
            "This trial failed, which is how it ended. A new measurement is a new trial: ask for one."
        }
        _ => {
            "This trial was told before, and a trial is told once. A request that is repeated has to carry the \
             Idempotency-Key of the first; a new measurement is a new trial."
        }
    })
}

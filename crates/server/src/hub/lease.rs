//! Leases that go on or end before their time.

use super::Hub;
use super::tell::ended;
use crate::http::fault::Fault;
use crate::store::{Experiment, Trial, TrialState};

impl Hub {
    /// Starts the lease of an open trial anew.
    pub(crate) async fn renew(&self, experiment: &Experiment, trial: &Trial) -> Result<Trial, Fault> {
        open(self.store.renew(experiment, trial, self.clock.now()).await?)
    }

    /// Ends the lease of an open trial, so that it is given out again.
    pub(crate) async fn release(&self, trial: &Trial) -> Result<Trial, Fault> {
        open(self.store.release(trial, self.clock.now()).await?)
    }
}

/// The trial, unless it has ended.
fn open(trial: Trial) -> Result<Trial, Fault> {
    match trial.state {
        TrialState::Pending | TrialState::Expired => Ok(trial),
        TrialState::Told | TrialState::Failed => Err(ended(&trial)),
    }
}

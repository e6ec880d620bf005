//! Outcomes: how trials end, with a value or without one, each once; and experiments that are opened by name or filled
//! with results from elsewhere.

use super::{Hub, HubError};
use crate::store::{
    Experiment, IdempotencyRecord, Import, Imported, NewExperiment, Observation, Outcome, OutcomeReport, OutcomeTarget,
    RecordStatus, Tell, Trial, TrialState,
};
use crate::study::{Scalar, Variable, json_text};

impl Hub {
    /// Stores `value` for a trial or a point, unless the trial has ended before.
    pub(crate) async fn tell(
        &self,
        experiment: &Experiment,
        target: OutcomeTarget<'_>,
        value: f64,
        idempotency: Option<&IdempotencyRecord>,
    ) -> Result<(Trial, Tell), HubError> {
        let trial = self.record_outcome(experiment, target, Outcome::Value(value), idempotency).await?;
        let lost = || HubError::internal(format_args!("the database failed: trial {} lost its tell", trial.uuid));
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
        idempotency: Option<&IdempotencyRecord>,
    ) -> Result<Trial, HubError> {
        self.record_outcome(experiment, OutcomeTarget::Trial(trial), Outcome::Failed(reason), idempotency).await
    }

    async fn record_outcome(
        &self,
        experiment: &Experiment,
        target: OutcomeTarget<'_>,
        outcome: Outcome,
        idempotency: Option<&IdempotencyRecord>,
    ) -> Result<Trial, HubError> {
        let report = OutcomeReport { experiment, target, outcome, at: self.clock.now(), idempotency };
        match self.store.record_outcome(report).await? {
            RecordStatus::Recorded(trial) => Ok(trial),
            RecordStatus::EndedBefore(trial) => Err(ended(&trial)),
        }
    }

    /// Starts the lease of an open trial anew.
    pub(crate) async fn renew(&self, experiment: &Experiment, trial: &Trial) -> Result<Trial, HubError> {
        still_open(self.store.renew(experiment, trial, self.clock.now()).await?)
    }

    /// Ends the lease of an open trial, so that it is given out again.
    pub(crate) async fn release(&self, trial: &Trial) -> Result<Trial, HubError> {
        still_open(self.store.release(trial, self.clock.now()).await?)
    }

    /// Opens a failed trial again, so that it is given out once more.
    pub(crate) async fn retry(&self, trial: &Trial) -> Result<Trial, HubError> {
        still_open(self.store.retry(trial, self.clock.now()).await?)
    }

    /// Stores trials that have ended elsewhere, all or none, but for those that are known.
    pub(crate) async fn import(
        &self,
        experiment: &Experiment,
        trials: &[(Vec<Scalar>, Outcome)],
        idempotency: Option<&IdempotencyRecord>,
    ) -> Result<Imported, HubError> {
        let imported = self.store.import(Import { experiment, trials, at: self.clock.now(), idempotency }).await?;
        self.metrics.tells.inc_by(imported.new);
        Ok(imported)
    }

    /// The trial with the best value.
    pub(crate) async fn best(&self, experiment: &Experiment) -> Result<Observation, HubError> {
        let none = || HubError::NotFound("Nothing was told yet, so there is no best. Tell a trial first.".to_owned());
        self.store.best(experiment).await?.ok_or_else(none)
    }

    /// The oldest experiment of this name and owner, or this one where there is none. What was found has to have the
    /// same settings; its seed only where the caller named one (`seeded`).
    pub(crate) async fn open(&self, wanted: NewExperiment, seeded: bool) -> Result<Experiment, HubError> {
        let found = self.store.open_experiment(wanted.clone()).await?;
        match difference(&wanted, seeded, &found) {
            None => Ok(found),
            Some(difference) => Err(HubError::Conflict(format!(
                "Your experiment `{}` has other settings: {difference}. Send the settings that it has, or choose another \
                 name.",
                wanted.name
            ))),
        }
    }
}

/// The trial, unless it has ended.
fn still_open(trial: Trial) -> Result<Trial, HubError> {
    match trial.state {
        TrialState::Pending | TrialState::Expired => Ok(trial),
        TrialState::Told | TrialState::Failed => Err(ended(&trial)),
    }
}

/// Why nothing more can happen to a trial.
fn ended(trial: &Trial) -> HubError {
    let detail = match trial.state {
        TrialState::Failed => {
            "This trial failed, which is how it ended. A new measurement is a new trial: ask for one."
        }
        _ => {
            "This trial was told before, and a trial is told once. A request that is repeated has to carry the \
             Idempotency-Key of the first; a new measurement is a new trial."
        }
    };
    HubError::Conflict(detail.to_owned())
}

/// The first setting in which what is wanted is not what was found, in words.
fn difference(wanted: &NewExperiment, seeded: bool, found: &Experiment) -> Option<String> {
    let settings = [
        ("direction", found.direction.to_string(), wanted.direction.to_string()),
        ("model_type", found.model_type.clone(), wanted.model_type.clone()),
        ("acq_func", found.acq_func.clone(), wanted.acq_func.clone()),
        ("trial_lifetime", found.trial_lifetime.to_string(), wanted.trial_lifetime.to_string()),
        ("open_trials", found.open_trials.to_string(), wanted.open_trials.to_string()),
        ("seed", found.seed.to_string(), if seeded { wanted.seed } else { found.seed }.to_string()),
    ];
    variable_difference(&wanted.space, &found.space).or_else(|| {
        let (name, theirs, ours) = settings.into_iter().find(|(_, theirs, ours)| theirs != ours)?;
        Some(format!("its {name} is {theirs}, and {ours} was sent"))
    })
}

/// The first variable that is not the same. Their order does not count: it makes no other experiment.
fn variable_difference(wanted: &[Variable], found: &[Variable]) -> Option<String> {
    let named = |space: &[Variable], name: &str| space.iter().find(|variable| variable.name == name).cloned();
    for variable in wanted {
        match named(found, &variable.name) {
            None => return Some(format!("it has no variable `{}`", variable.name)),
            Some(theirs) if theirs != *variable => {
                let (theirs, ours) = (json_text(&theirs), json_text(variable));
                return Some(format!("its variable `{}` is {theirs}, and {ours} was sent", variable.name));
            }
            Some(_) => {}
        }
    }
    let more = found.iter().find(|variable| named(wanted, &variable.name).is_none())?;
    Some(format!("it has a variable `{}` that was not sent", more.name))
}

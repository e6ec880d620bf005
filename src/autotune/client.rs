//! Client of AutoTune: experiments, ask and tell, leases of trials, the best so far.

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use super::experiment::{Experiment, NewExperiment};
use super::legacy_format::{self, RESPONSE};
use super::protocol::{Protocol, ServerState, detect};
use super::trial::{Best, ImportedTrial, Trial, TrialBatch, params_of, trial_of};
use super::{Client, types};
use crate::error::{Error, ErrorKind};
use crate::platform::Platform;

/// How many results one request of an import carries; the hub takes no more.
const IMPORTED_AT_ONCE: usize = 100_000;

impl Client {
    /// Creates an experiment.
    ///
    /// # Errors
    ///
    /// What the server refuses about the variables, by name; on the original
    /// also what it would pass over, such as [`NewExperiment::minimize`]; a
    /// variable without a guess, which [`open_experiment`](Self::open_experiment) takes. A
    /// failure after the request was sent leaves it open whether the experiment
    /// exists: [`Error::may_have_been_applied`] says so.
    pub async fn create_experiment(&self, experiment: NewExperiment) -> Result<Experiment, Error> {
        if let Some(what) = experiment.beyond_the_original()
            && self.protocol().await? == Protocol::Original
        {
            let detail = format!("this server is the original AutoTune, which does not know {what}");
            return Err(Error::new(ErrorKind::Request, detail));
        }
        if let Some(name) = experiment.without_guess() {
            let detail = format!("the variable {name:?} has no guess; give it one");
            return Err(Error::new(ErrorKind::Request, detail));
        }
        let body: types::NewExperiment = experiment.body()?;
        let made = self.experiment().create().body(body).send().await?;
        Ok(Experiment { id: made.exp_uuid, name: made.name })
    }

    /// The experiment of that name: the one that there is, if its settings are
    /// the same, else a new one. Safe to repeat, and for many at once: all get
    /// the same one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] where the one that there is has other variables,
    /// another direction and so on, which the message names. The original has
    /// no such route.
    pub async fn open_experiment(&self, experiment: NewExperiment) -> Result<Experiment, Error> {
        self.needs_v1("experiments by name").await?;
        let body: types::OpenExperiment = experiment.body()?;
        let opened = self.experiment().open().body(body).send().await?;
        Ok(Experiment { id: opened.id, name: opened.name })
    }

    /// Deletes an experiment with all its trials.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is none. The original cannot delete.
    pub async fn delete_experiment(&self, experiment: Uuid) -> Result<(), Error> {
        self.needs_v1("deleting").await?;
        self.experiment().delete(experiment).send().await.map(|_| ())
    }

    /// Asks for the next point to try.
    ///
    /// Where the server gives its trials ids, every call is a trial of its own
    /// and several can be open at a time. The original has one open point.
    ///
    /// # Errors
    ///
    /// An experiment that is not there or not yours; see [`Error`].
    pub async fn ask(&self, experiment: Uuid) -> Result<Trial, Error> {
        match self.protocol().await? {
            Protocol::V1 => trial_of(&self.trial().create(experiment).send().await?),
            Protocol::Original => {
                let asked = self.experiment().ask(experiment).send().await?;
                let params = legacy_format::point(&asked.covars_next_exp)?;
                Ok(Trial { experiment, id: None, params })
            }
        }
    }

    /// Tells what came out of a trial; greater is better, unless the experiment
    /// [minimizes](super::NewExperiment::minimize).
    ///
    /// A trial with an id is told safely: repeated after a failure, it counts
    /// once. Without an id there is no such promise, so a failure after the
    /// request was sent is never repeated.
    ///
    /// # Errors
    ///
    /// A value that is not finite, a point outside its bounds, a trial that
    /// was told already.
    pub async fn tell(&self, trial: &Trial, value: f64) -> Result<(), Error> {
        if !value.is_finite() {
            let detail = format!("{value} cannot be told: a trial's value is a finite number");
            return Err(Error::new(ErrorKind::Request, detail));
        }
        if let (Some(id), Protocol::V1) = (trial.id, self.protocol().await?) {
            let result = types::TrialResult::builder().value(value);
            self.trial().tell(id).body(result).send().await?;
            return Ok(());
        }
        let table = |row: Value| Value::Array(vec![row]).to_string();
        let body = types::Tell::builder()
            .covars_tell(table(Value::Object(trial.params.clone())))
            .response_tell(table(json!({RESPONSE: value})));
        let told = self.experiment().tell(trial.experiment).body(body).send().await?;
        self.remember_best(trial.experiment, &told);
        Ok(())
    }

    /// The best trial so far.
    ///
    /// The original has no such route. There the answer is what this client
    /// and its clones learnt from the replies to their own tells, which hold
    /// the whole record of the experiment.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] before anything was told; see [`Error`].
    pub async fn best(&self, experiment: Uuid) -> Result<Best, Error> {
        match self.protocol().await? {
            Protocol::V1 => {
                let best = self.experiment().best(experiment).send().await?;
                let params = params_of(&best.params)?;
                Ok(Best { value: best.value, params, trial: Some(best.trial_id) })
            }
            Protocol::Original => self.remembered_best(experiment).ok_or_else(|| {
                let detail = format!(
                    "this server has no route for the best of experiment {experiment}, and this client has told it \
                     nothing yet; tell a trial and the best so far comes back with it"
                );
                Error::new(ErrorKind::NotFound, detail)
            }),
        }
    }

    /// Keeps the best that a reply to a tell carries.
    fn remember_best(&self, experiment: Uuid, told: &types::Told) {
        let covars = told.covars_best_response.as_deref().unwrap_or(&told.covars_best_reponse);
        if let Some((value, params)) = legacy_format::best(&told.best_response, covars) {
            self.state().bests().insert(experiment, Best { value, params, trial: None });
        }
    }

    fn remembered_best(&self, experiment: Uuid) -> Option<Best> {
        self.state().bests().get(&experiment).cloned()
    }

    /// Asks for up to `count` trials. With `total` no more are given than make
    /// the experiment have that many in all (told, failed and open), however
    /// many ask; trials that somebody left are given again first.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] where too many are open already. The original
    /// gives one at a time.
    pub async fn ask_many(&self, experiment: Uuid, count: u32, total: Option<u32>) -> Result<TrialBatch, Error> {
        self.needs_v1("asking for several trials").await?;
        let body = types::TrialOrder::builder().count(count).total(total);
        let asked = self.trial().create_many(experiment).body(body).send().await?;
        let trials = asked.items.iter().map(trial_of).collect::<Result<_, _>>()?;
        Ok(TrialBatch { trials, told: asked.told, failed: asked.failed, pending: asked.pending })
    }

    /// Says that a trial gave nothing, and why. Its point is not proposed
    /// again, and its neighbourhood counts as bad.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] where it was told or failed already. The
    /// original knows no failures.
    pub async fn fail(&self, trial: &Trial, reason: impl Into<String>) -> Result<(), Error> {
        let body = types::TrialFailure::builder().reason(reason.into());
        self.trial().fail(self.leased(trial).await?).body(body).send().await.map(|_| ())
    }

    /// Goes on with a trial: its lifetime begins anew.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] where somebody told or failed it meanwhile.
    pub async fn renew(&self, trial: &Trial) -> Result<(), Error> {
        self.trial().renew(self.leased(trial).await?).send().await.map(|_| ())
    }

    /// Gives a trial back: the next ask gives it out again, to anybody.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] where it was told or failed already.
    pub async fn release(&self, trial: &Trial) -> Result<(), Error> {
        self.trial().release(self.leased(trial).await?).send().await.map(|_| ())
    }

    /// The id under which the hub keeps a trial.
    async fn leased(&self, trial: &Trial) -> Result<Uuid, Error> {
        self.needs_v1("trials with ids").await?;
        trial.id.ok_or_else(|| {
            let detail = "this trial was not asked for, so the hub knows nothing of it; tell it or leave it";
            Error::new(ErrorKind::Request, detail)
        })
    }

    /// Brings results along, in the order given; how many were taken.
    ///
    /// They travel together, and are taken whole or not at all; beyond a
    /// hundred thousand so many at a time. What the experiment has already is
    /// not taken once more, so that an import can be repeated.
    ///
    /// # Errors
    ///
    /// A point that does not belong to the experiment, with its place; a value
    /// that is not finite. The original takes results one by one, by a tell.
    pub async fn import(&self, experiment: Uuid, past: impl IntoIterator<Item = ImportedTrial>) -> Result<u64, Error> {
        self.needs_v1("bringing results along").await?;
        let past: Vec<Value> = past.into_iter().map(|past| Value::Object(past.0)).collect();
        let mut taken = 0;
        for part in past.chunks(IMPORTED_AT_ONCE) {
            let body: types::Import = serde_json::from_value(json!({"trials": part})).map_err(|cause| {
                let detail = "a result does not fit the documented shape (is its value no finite number?)";
                Error::new(ErrorKind::Request, detail).with_source(cause)
            })?;
            taken += self.experiment().import(experiment).body(body).send().await?.imported;
        }
        Ok(taken)
    }

    /// Which protocol the server speaks; asked of it once.
    ///
    /// # Errors
    ///
    /// A server that cannot be reached or that fails, or an answer that neither
    /// of the two gives (a proxy's page): nothing is concluded from it.
    pub async fn protocol(&self) -> Result<Protocol, Error> {
        let state = self.state();
        if let Some(known) = state.protocol.get() {
            return Ok(*known);
        }
        let found = detect(self).await?;
        Ok(*state.protocol.get_or_init(|| found))
    }

    /// Fails on the original, which lacks `what`.
    async fn needs_v1(&self, what: &str) -> Result<(), Error> {
        match self.protocol().await? {
            Protocol::V1 => Ok(()),
            Protocol::Original => {
                let detail = format!("{what}: this server is the original AutoTune, which has no such thing");
                Err(Error::new(ErrorKind::Request, detail))
            }
        }
    }

    fn state(&self) -> Arc<ServerState> {
        self.pipeline().memory::<ServerState>()
    }
}

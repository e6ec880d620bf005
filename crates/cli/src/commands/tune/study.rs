//! Study: trials of an experiment on a hub, which several workers may share.

use std::time::Duration;

use futures::TryStreamExt as _;
use mlhub::autotune::{Client, Params, types};
use mlhub::{Error, ErrorKind};
use serde_json::{Value, json};
use uuid::Uuid;

use super::space::Space;
use crate::direction::Direction;
use crate::platforms::autotune::{failure_reason, params_of};

/// How many trials of a study may be open at once, over all workers: as many as a hub takes.
const OPEN_TRIALS: u32 = 1000;
/// The most that is asked for at once: as many as a hub gives.
const AT_ONCE: u32 = 100;

/// Trial: a point to try.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Trial {
    /// Its id.
    pub(super) id: Uuid,
    /// The values to try.
    pub(super) params: Params,
}

/// Reply to an ask.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct AskReply {
    /// What to try: as many as were asked for, or fewer.
    pub(super) trials: Vec<Trial>,
    /// How many trials of the study have a value.
    pub(super) told: u64,
    /// How many failed.
    pub(super) failed: u64,
    /// Whether each point of a finite space was tried, and none of them is under way.
    pub(super) exhausted: bool,
}

impl AskReply {
    /// How many trials of the study are done with.
    pub(super) fn finished(&self) -> u64 {
        self.told + self.failed
    }
}

/// Study as a worker needs it, wherever it lies.
pub(super) trait Study: Send + Sync + 'static {
    /// Points to try; none when the study has all the trials it is to have, though some of them may still be open.
    fn ask(&self, count: u32) -> impl Future<Output = Result<AskReply, Error>> + Send;

    /// The value of a trial. With the same key it counts once, however often it is told.
    fn tell(&self, trial: Uuid, value: f64, key: Uuid) -> impl Future<Output = Result<(), Error>> + Send;

    /// A trial that gave no value, and why. The key is as in a tell.
    fn fail(&self, trial: Uuid, reason: &str, key: Uuid) -> impl Future<Output = Result<(), Error>> + Send;

    /// Keeps a trial for this worker for another while.
    fn renew(&self, trial: Uuid) -> impl Future<Output = Result<(), Error>> + Send;

    /// Gives a trial back, for whoever asks next.
    fn release(&self, trial: Uuid) -> impl Future<Output = Result<(), Error>> + Send;
}

/// Settings that make a study the same one when it is opened again.
#[derive(Debug)]
pub(super) struct StudySettings<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Its variables.
    pub(super) space: &'a Space,
    /// Whether greater or lesser values are better.
    pub(super) direction: Direction,
    /// What makes its points repeatable.
    pub(super) seed: Option<i64>,
    /// How long a trial belongs to a worker that is silent.
    pub(super) lease: Duration,
}

impl StudySettings<'_> {
    fn body(&self) -> Value {
        let mut body = json!({
            "name": self.name,
            "covars": self.space.covars(),
            "direction": self.direction.name(),
            "trial_lifetime": self.lease.as_secs(),
            "open_trials": OPEN_TRIALS,
        });
        if let (Some(seed), Some(fields)) = (self.seed, body.as_object_mut()) {
            fields.insert("seed".to_owned(), seed.into());
        }
        body
    }
}

/// Error code of a hub whose finite space has no point left to give.
const SPACE_EXHAUSTED: &str = "space_exhausted";

/// Whether a hub has no point left to give.
fn is_exhausted(error: &Error) -> bool {
    let body = error.body().and_then(|body| serde_json::from_slice::<Value>(body).ok());
    error.kind() == ErrorKind::Conflict && body.is_some_and(|body| body["code"] == SPACE_EXHAUSTED)
}

/// Told trial: a point and its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ToldTrial {
    /// Its id.
    pub(super) id: Uuid,
    /// The values that were tried.
    pub(super) params: Params,
    /// What came out.
    pub(super) value: f64,
}

/// Study on a hub, through the public client.
#[derive(Clone)]
pub(super) struct HubStudy {
    client: Client,
    experiment: Uuid,
    trials: u32,
}

impl HubStudy {
    /// Opens the study, which is made if there is none of that name; it is to have so many trials.
    pub(super) async fn open(client: Client, settings: &StudySettings<'_>, trials: u32) -> Result<HubStudy, Error> {
        let body: types::OpenExperiment = serde_json::from_value(settings.body()).map_err(|cause| {
            Error::new(ErrorKind::Request, "a variable of the space is not as the hub has them").with_source(cause)
        })?;
        let experiment = client.experiment().open().body(body).send().await?.id;
        Ok(HubStudy { client, experiment, trials })
    }

    /// Gives back all trials that somebody has: only where nobody works on them any more.
    pub(super) async fn release_all(&self) -> Result<(), Error> {
        let open: Vec<_> = self.client.trial().list(self.experiment).state("pending").items().try_collect().await?;
        for trial in open {
            self.release(trial.id).await?;
        }
        Ok(())
    }

    /// Opens all failed trials again.
    pub(super) async fn retry_failed(&self) -> Result<(), Error> {
        for (trial, _) in self.failed_trials().await? {
            match self.client.trial().retry(trial.id).send().await {
                // Told by somebody else meanwhile.
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                retried => drop(retried?),
            }
        }
        Ok(())
    }

    /// How many trials are done with, and whether none is open.
    pub(super) async fn counts(&self) -> Result<AskReply, Error> {
        let now = self.client.experiment().get(self.experiment).send().await?;
        let (told, failed) = (now.told, now.failed);
        Ok(AskReply { trials: Vec::new(), told, failed, exhausted: now.pending == 0 && now.expired == 0 })
    }

    /// Trials that failed, each with its reason.
    pub(super) async fn failed_trials(&self) -> Result<Vec<(Trial, String)>, Error> {
        let failed: Vec<_> = self.client.trial().list(self.experiment).state("failed").items().try_collect().await?;
        let params = |trial: &types::Trial| Trial { id: trial.id, params: params_of(&trial.params) };
        Ok(failed.into_iter().map(|trial| (params(&trial), failure_reason(trial))).collect())
    }

    /// What was told, in the order of telling.
    pub(super) async fn told_trials(&self) -> Result<Vec<ToldTrial>, Error> {
        let told: Vec<_> = self.client.experiment().history(self.experiment).items().try_collect().await?;
        Ok(told.into_iter().map(told_trial).collect())
    }
}

fn told_trial(entry: types::HistoryEntry) -> ToldTrial {
    ToldTrial { id: entry.trial_id, params: params_of(&entry.params), value: entry.value }
}

impl Study for HubStudy {
    async fn ask(&self, count: u32) -> Result<AskReply, Error> {
        let asked = match self.client.ask_many(self.experiment, count.min(AT_ONCE), Some(self.trials)).await {
            Err(error) if is_exhausted(&error) => return self.counts().await,
            asked => asked?,
        };
        let trials = asked.trials.into_iter().filter_map(|trial| Some(Trial { id: trial.id?, params: trial.params }));
        Ok(AskReply { trials: trials.collect(), told: asked.told, failed: asked.failed, exhausted: false })
    }

    async fn tell(&self, trial: Uuid, value: f64, key: Uuid) -> Result<(), Error> {
        let body = types::TrialResult::builder().value(value);
        self.client.trial().tell(trial).idempotency_key(key.to_string()).body(body).send().await.map(drop)
    }

    async fn fail(&self, trial: Uuid, reason: &str, key: Uuid) -> Result<(), Error> {
        let body = types::TrialFailure::builder().reason(reason);
        self.client.trial().fail(trial).idempotency_key(key.to_string()).body(body).send().await.map(drop)
    }

    async fn renew(&self, trial: Uuid) -> Result<(), Error> {
        self.client.trial().renew(trial).send().await.map(drop)
    }

    async fn release(&self, trial: Uuid) -> Result<(), Error> {
        self.client.trial().release(trial).send().await.map(drop)
    }
}

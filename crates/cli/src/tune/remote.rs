//! The study as an experiment of a hub, through the public client.

use std::time::Duration;

use futures::TryStreamExt as _;
use mlhub::autotune::{Client, Params, types};
use mlhub::{Error, ErrorKind};
use serde_json::{Value, json};
use uuid::Uuid;

use super::space::Space;
use super::study::{Asked, Study, Trial};
use crate::direction::Direction;

/// How many trials of a study may be open at once, over all workers: as many as a hub takes.
const OPEN_TRIALS: u32 = 1000;
/// The most that is asked for at once: as many as a hub gives.
const AT_ONCE: u32 = 100;

/// What makes a study the same one when it is opened again.
#[derive(Debug)]
pub(crate) struct Settings<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Its variables.
    pub(crate) space: &'a Space,
    /// What is looked for.
    pub(crate) direction: Direction,
    /// What makes its points repeatable.
    pub(crate) seed: Option<i64>,
    /// How long a trial belongs to a worker that is silent.
    pub(crate) lease: Duration,
}

impl Settings<'_> {
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

/// A told trial.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Point {
    /// Its id.
    pub(crate) id: Uuid,
    /// The values that were tried.
    pub(crate) params: Params,
    /// What came out.
    pub(crate) value: f64,
}

/// A study on a hub.
#[derive(Clone)]
pub(crate) struct Remote {
    client: Client,
    experiment: Uuid,
    trials: u32,
}

impl Remote {
    /// Opens the study, which is made if there is none of that name; it is to have so many trials.
    pub(crate) async fn open(client: Client, settings: &Settings<'_>, trials: u32) -> Result<Remote, Error> {
        let body: types::OpenExperiment = serde_json::from_value(settings.body()).map_err(|cause| {
            Error::new(ErrorKind::Request, "a variable of the space is not as the hub has them").with_source(cause)
        })?;
        let experiment = client.experiment().open().body(body).send().await?.id;
        Ok(Remote { client, experiment, trials })
    }

    /// Gives back all trials that somebody has: only where nobody works on them any more.
    pub(crate) async fn release_all(&self) -> Result<(), Error> {
        let open: Vec<_> = self.client.trial().list(self.experiment).state("pending").items().try_collect().await?;
        for trial in open {
            self.release(trial.id).await?;
        }
        Ok(())
    }

    /// How many trials are done with: for when nothing is under way that would be counted here as well.
    pub(crate) async fn counts(&self) -> Result<Asked, Error> {
        let now = self.client.experiment().get(self.experiment).send().await?;
        Ok(Asked { trials: Vec::new(), told: now.told, failed: now.failed })
    }

    /// What was told, in the order of telling.
    pub(crate) async fn points(&self) -> Result<Vec<Point>, Error> {
        let told: Vec<_> = self.client.experiment().history(self.experiment).items().try_collect().await?;
        Ok(told.into_iter().map(point).collect())
    }
}

fn point(entry: types::HistoryEntry) -> Point {
    let params = match serde_json::to_value(&entry.params) {
        Ok(Value::Object(params)) => params,
        _ => Params::new(),
    };
    Point { id: entry.trial_id, params, value: entry.value }
}

impl Study for Remote {
    async fn ask(&self, count: u32) -> Result<Asked, Error> {
        let asked = self.client.ask_many(self.experiment, count.min(AT_ONCE), Some(self.trials)).await?;
        let trials = asked.trials.into_iter().filter_map(|trial| Some(Trial { id: trial.id?, params: trial.params }));
        Ok(Asked { trials: trials.collect(), told: asked.told, failed: asked.failed })
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

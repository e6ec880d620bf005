//! The study as an experiment of a hub, through the public client.

use std::time::Duration;

use futures::TryStreamExt as _;
use mlhub::Error;
use mlhub::autotune::{Client, Params};
use serde_json::{Map, Value, json};
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
    trials: u64,
}

impl Remote {
    /// Opens the study, which is made if there is none of that name; it is to have so many trials.
    pub(crate) async fn open(client: Client, settings: &Settings<'_>, trials: u64) -> Result<Remote, Error> {
        #[derive(serde::Deserialize)]
        struct Opened {
            id: Uuid,
        }
        let call = client.raw(http::Method::POST, "/v1/experiments").body(settings.body()).idempotent();
        let experiment = call.send::<Opened>().await?.id;
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

    /// What was told, in the order of telling.
    pub(crate) async fn points(&self) -> Result<Vec<Point>, Error> {
        let told: Vec<_> = self.client.experiment().history(self.experiment).items().try_collect().await?;
        let point = |entry: mlhub::autotune::types::HistoryEntry| {
            let params = match serde_json::to_value(&entry.params) {
                Ok(Value::Object(params)) => params,
                _ => Map::new(),
            };
            Point { id: entry.trial_id, params, value: entry.value }
        };
        Ok(told.into_iter().map(point).collect())
    }

    async fn post<T: serde::de::DeserializeOwned>(
        &self,
        trial: Uuid,
        verb: &str,
        body: Option<Value>,
        key: Option<Uuid>,
    ) -> Result<T, Error> {
        let mut call = self.client.raw(http::Method::POST, &format!("/v1/trials/{trial}/{verb}")).idempotent();
        if let Some(body) = body {
            call = call.body(body);
        }
        if let Some(key) = key {
            call = call.header("Idempotency-Key", &key.to_string());
        }
        call.send().await
    }
}

impl Study for Remote {
    async fn ask(&self, count: u32) -> Result<Asked, Error> {
        #[derive(serde::Deserialize)]
        struct Batch {
            items: Vec<Item>,
            told: u64,
            failed: u64,
        }
        #[derive(serde::Deserialize)]
        struct Item {
            id: Uuid,
            params: Map<String, Value>,
        }
        let body = json!({"count": count.min(AT_ONCE), "total": self.trials});
        let call = self
            .client
            .raw(http::Method::POST, &format!("/v1/experiments/{}/trials/batch", self.experiment))
            .body(body);
        let batch = call.header("Idempotency-Key", &Uuid::new_v4().to_string()).idempotent().send::<Batch>().await?;
        let trials = batch.items.into_iter().map(|item| Trial { id: item.id, params: item.params });
        Ok(Asked { trials: trials.collect(), told: batch.told, failed: batch.failed })
    }

    async fn tell(&self, trial: Uuid, value: f64, key: Uuid) -> Result<(), Error> {
        self.post::<Value>(trial, "tell", Some(json!({"value": value})), Some(key)).await.map(drop)
    }

    async fn fail(&self, trial: Uuid, reason: &str, key: Uuid) -> Result<(), Error> {
        self.post::<Value>(trial, "fail", Some(json!({"reason": reason})), Some(key)).await.map(drop)
    }

    async fn renew(&self, trial: Uuid) -> Result<(), Error> {
        self.post::<Value>(trial, "renew", None, None).await.map(drop)
    }

    async fn release(&self, trial: Uuid) -> Result<(), Error> {
        self.post::<Value>(trial, "release", None, None).await.map(drop)
    }
}

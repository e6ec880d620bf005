//! Hub: the state that all routes share, and the ask, from the caller's experiment to the trials that are given out.

mod accounts;
mod error;
mod keyed_mutex;
mod outcomes;

use std::sync::Arc;
use std::time::Duration;

use mlhub_engine::Cancellation;
use uuid::Uuid;

use crate::auth::{PasswordHasher, TokenSigner};
use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::model::{FitPool, ModelError, ModelInput};
use crate::settings::{ProxySettings, Settings};
use crate::store::{
    Batch, Candidates, Experiment, LeaseOutcome, LeaseRequest, Proposal, Store, StoreError, Trial, User,
};
use accounts::Accounts;
use keyed_mutex::KeyedMutex;

pub(crate) use accounts::{AccessToken, NewAccount, PasswordProof, SessionRef, TokenGrant};
pub(crate) use error::HubError;

/// Deadline for choosing the points of one batch. Whoever asks waits for all of them, and a client has its own timeout:
/// thirty seconds for an attempt of mlhub's.
const BATCH_DEADLINE: Duration = Duration::from_secs(10);

/// How often the database is written at most to see whether it can be.
const WRITTEN_EVERY: Duration = Duration::from_millis(200);

/// Number of attempts to choose points where another replica proposed them first. Each time that one got ahead, so this
/// is only reached where very many replicas ask the same experiment at once.
const ATTEMPTS: usize = 32;

/// The state of a running hub. Nothing in it is needed after a restart: what counts is in the store.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) proxy: ProxySettings,
    pub(crate) accounts: Accounts,
    fits: FitPool,
    asks: KeyedMutex<Uuid>,
    written: tokio::sync::Mutex<Option<Duration>>,
}

impl Hub {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        tokens: TokenSigner,
        passwords: PasswordHasher,
        settings: Settings,
    ) -> Self {
        let Settings { clock, model, fits, proxy, accounts: policy, .. } = settings;
        let metrics = Arc::new(Metrics::new(passwords.checked.clone()));
        let accounts = Accounts::new(store.clone(), clock.clone(), metrics.clone(), tokens, passwords, policy);
        let fits = FitPool::new(model, fits, metrics.clone(), clock.clone());
        Self {
            store,
            clock,
            metrics,
            proxy,
            accounts,
            fits,
            asks: KeyedMutex::default(),
            written: tokio::sync::Mutex::default(),
        }
    }

    /// Whether the hub can do its work: the database is there, and can be read and written. It is not written more often than
    /// some times a second, however often somebody asks.
    pub(crate) async fn check_health(&self) -> Result<(), StoreError> {
        self.store.check().await?;
        let mut written = self.written.lock().await;
        let now = self.clock.monotonic();
        if written.is_none_or(|at| now.saturating_sub(at) >= WRITTEN_EVERY) {
            match self.store.check_writing(self.clock.now()).await {
                // Reads go on, and each write is refused with the reason.
                Ok(()) | Err(StoreError::Full) => *written = Some(now),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The caller's experiment, refused as the original does: forbidden where it is somebody else's.
    pub(crate) async fn legacy_experiment(&self, user: &User, uuid: Uuid) -> Result<Experiment, HubError> {
        match self.store.experiment(uuid).await? {
            Some(experiment) if experiment.owner != user.id => {
                Err(HubError::Forbidden("Forbidden. User does not have access to this experiment".to_owned()))
            }
            found => found.ok_or_else(|| no_experiment(uuid)),
        }
    }

    /// The caller's experiment; for somebody else's the error is the same as for none, so that nobody learns which exist.
    pub(crate) async fn experiment(&self, user: &User, uuid: Uuid) -> Result<Experiment, HubError> {
        let experiment = self.store.experiment(uuid).await?;
        experiment.filter(|experiment| experiment.owner == user.id).ok_or_else(|| no_experiment(uuid))
    }

    /// The caller's trial with its experiment; for somebody else's the error is the same as for none.
    pub(crate) async fn trial(&self, user: &User, uuid: Uuid) -> Result<(Experiment, Trial), HubError> {
        let none =
            || HubError::NotFound(format!("There is no trial {uuid} of yours. GET /v1/experiments lists what is."));
        let trial = self.store.trial(uuid, self.clock.now()).await?.ok_or_else(none)?;
        let experiment = self.store.experiment(trial.experiment).await?;
        let experiment = experiment.filter(|experiment| experiment.owner == user.id).ok_or_else(none)?;
        Ok((experiment, trial))
    }

    /// An ask without identifiers: the point that is open, else a new one. It is the same until something is told.
    pub(crate) async fn ask(&self, experiment: &Experiment) -> Result<Trial, HubError> {
        self.metrics.asks.inc();
        // An ask that is open needs no fit, so it waits for nobody's.
        let mut lock = self.asks.try_lock(experiment.uuid);
        loop {
            if let Some(open) = self.store.open_ask(experiment, self.clock.now()).await? {
                return Ok(open);
            }
            if lock.is_some() {
                break;
            }
            lock = Some(self.asks.lock(experiment.uuid).await);
        }
        for _ in 0..ATTEMPTS {
            let candidates = self.candidates(experiment, 1).await?;
            let point = candidates.points.first().ok_or(HubError::SpaceExhausted)?;
            let proposal = Proposal { experiment, point, newest: candidates.newest, at: self.clock.now() };
            if let Some(trial) = self.store.ask(proposal).await? {
                return Ok(trial);
            }
        }
        Err(HubError::Contention)
    }

    /// One trial under a lease.
    pub(crate) async fn lease_one(&self, request: LeaseRequest<'_>) -> Result<Trial, HubError> {
        self.lease(request).await?.items.into_iter().next().ok_or(HubError::SpaceExhausted)
    }

    /// As many trials under a lease as there is room for, of those that are asked for: first the ones that came back.
    pub(crate) async fn lease(&self, request: LeaseRequest<'_>) -> Result<Batch, HubError> {
        let batch = self.lease_batch(request).await?;
        self.metrics.asks.inc_by(batch.items.len() as u64);
        Ok(batch)
    }

    async fn lease_batch(&self, request: LeaseRequest<'_>) -> Result<Batch, HubError> {
        let experiment = request.experiment;
        // Trials that came back need no fit, so they wait for nobody's.
        let mut lock = self.asks.try_lock(experiment.uuid);
        let missing = loop {
            match self.store.lease(request, None, self.clock.now()).await? {
                LeaseOutcome::Batch(batch) => return Ok(batch),
                LeaseOutcome::Full => return Err(full(experiment)),
                LeaseOutcome::Missing(missing) if lock.is_some() => break missing,
                LeaseOutcome::Missing(_) | LeaseOutcome::Excluded => {
                    lock = Some(self.asks.lock(experiment.uuid).await);
                }
            }
        };
        for _ in 0..ATTEMPTS {
            let candidates = self.candidates(experiment, missing).await?;
            match self.store.lease(request, Some(&candidates), self.clock.now()).await? {
                LeaseOutcome::Batch(batch) if batch.items.is_empty() && candidates.points.is_empty() => {
                    return Err(HubError::SpaceExhausted);
                }
                LeaseOutcome::Batch(batch) => return Ok(batch),
                LeaseOutcome::Full => return Err(full(experiment)),
                LeaseOutcome::Missing(_) | LeaseOutcome::Excluded => {}
            }
        }
        Err(HubError::Contention)
    }

    /// At most `count` points, each chosen as if the ones before it were being tried: fewer where none is left or it takes
    /// long, and at least one where one is left.
    async fn candidates(&self, experiment: &Experiment, count: usize) -> Result<Candidates, HubError> {
        let from = self.clock.monotonic();
        let snapshot = self.store.snapshot(experiment, self.clock.now()).await?;
        let seen = |value: Option<f64>| value.map_or(f64::NAN, |value| experiment.direction.ascending(value));
        let mut input = ModelInput {
            space: experiment.space.clone(),
            model_type: experiment.model_type.clone(),
            acq_func: experiment.acq_func.clone(),
            seed: experiment.seed.unsigned_abs(),
            history: snapshot.ended.into_iter().map(|(point, value)| (point, seen(value))).collect(),
            pending: snapshot.pending,
            cancellation: Cancellation::default(),
        };
        let mut points = Vec::new();
        while points.len() < count
            && (points.is_empty() || self.clock.monotonic().saturating_sub(from) < BATCH_DEADLINE)
        {
            // Each fit has a cancellation of its own, which ends with it.
            let next = ModelInput { cancellation: Cancellation::default(), ..input.clone() };
            let point = match self.fits.suggest(experiment.owner, next).await {
                Ok(point) => point,
                Err(ModelError::Exhausted) => break,
                Err(error) => return Err(HubError::internal(error)),
            };
            input.pending.push(point.clone());
            points.push(point);
        }
        Ok(Candidates { points, newest: snapshot.newest })
    }
}

fn no_experiment(uuid: Uuid) -> HubError {
    HubError::NotFound(format!("There is no experiment {uuid} of yours. GET /v1/experiments lists those there are."))
}

fn full(experiment: &Experiment) -> HubError {
    HubError::Conflict(format!(
        "{} trials of this experiment are open, and open_trials allows no more. Tell, fail or release some, or make an \
         experiment with a larger open_trials.",
        experiment.open_trials
    ))
}

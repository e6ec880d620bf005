//! Model: chooses the next point from what was told, on a pool of threads. It sees rows and keeps nothing.

use std::fmt;
use std::sync::Arc;

use mlhub_engine::{Acquisition, Study};
use tokio::sync::Semaphore;

use crate::clock::Clock;
use crate::metrics::{GaugeGuard, Metrics};
use crate::study::{Scalar, Variable, search_space};

/// The input of a model: everything that a choice rests on. The same input gives the same point, on whichever machine.
#[derive(Debug, Clone)]
pub struct ModelInput {
    /// The variables.
    pub space: Vec<Variable>,
    /// The name of the model, one of those that an experiment may have. The hub's own fits one process for all of them.
    pub model_type: String,
    /// The name of the acquisition function, one of those that an experiment may have.
    pub acq_func: String,
    /// What makes the choice repeatable.
    pub seed: u64,
    /// The points told so far with their values, of which the greater is the better, in the order of telling; then those
    /// that failed, whose value is no number.
    pub history: Vec<(Vec<Scalar>, f64)>,
    /// The points that others are trying at this moment or will try again.
    pub pending: Vec<Vec<Scalar>>,
}

/// An error of a model: why there is no next point.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelError {
    /// Every point of the space has been tried or is pending.
    Exhausted,
    /// The model failed, with its reason.
    Failed(String),
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exhausted => f.write_str("every point of the space has been tried or is pending"),
            Self::Failed(why) => write!(f, "the model failed: {why}"),
        }
    }
}

impl std::error::Error for ModelError {}

/// A model: a way of choosing points. It runs on a thread of its own and may take its time.
pub trait Model: fmt::Debug + Send + Sync + 'static {
    /// The next point: a value for each variable, in their order.
    fn suggest(&self, input: &ModelInput) -> Result<Vec<Scalar>, ModelError>;

    /// Whether the choice takes so little time that it need not wait for those that take long.
    fn is_quick(&self, _input: &ModelInput) -> bool {
        false
    }
}

/// Bayesian optimisation with a Gaussian process: the hub's own model.
#[derive(Debug, Clone, Copy, Default)]
pub struct GaussianProcess;

impl Model for GaussianProcess {
    fn suggest(&self, input: &ModelInput) -> Result<Vec<Scalar>, ModelError> {
        let study = study(input)?;
        let engine = |point: &Vec<Scalar>| point.iter().cloned().map(Into::into).collect();
        let history: Vec<_> = input
            .history
            .iter()
            .map(|(point, value)| mlhub_engine::Observation { point: engine(point), value: *value })
            .collect();
        let pending: Vec<_> = input.pending.iter().map(engine).collect();
        Ok(study.suggest(&history, &pending)?.into_iter().map(Scalar::from).collect())
    }

    /// The first points are a fixed design, for which nothing is fitted.
    fn is_quick(&self, input: &ModelInput) -> bool {
        let tried = input.history.len() + input.pending.len();
        study(input).is_ok_and(|study| tried < study.initial_points())
    }
}

fn study(input: &ModelInput) -> Result<Study, ModelError> {
    Ok(Study {
        space: search_space(&input.space)?,
        acquisition: Acquisition::from_name(&input.acq_func)?,
        seed: input.seed,
    })
}

/// A fit pool: the threads on which models are fitted, a bounded number at once. Who waits for one holds up nobody.
#[derive(Debug)]
pub(crate) struct FitPool {
    model: Arc<dyn Model>,
    permits: Arc<Semaphore>,
    metrics: Arc<Metrics>,
    clock: Arc<dyn Clock>,
}

impl FitPool {
    pub(crate) fn new(model: Arc<dyn Model>, at_once: usize, metrics: Arc<Metrics>, clock: Arc<dyn Clock>) -> Self {
        Self { model, permits: Arc::new(Semaphore::new(at_once)), metrics, clock }
    }

    /// The point that the model suggests.
    pub(crate) async fn suggest(&self, input: ModelInput) -> Result<Vec<Scalar>, ModelError> {
        // What needs no fit waits for none.
        let permit = if self.model.is_quick(&input) {
            None
        } else {
            let _waiting = GaugeGuard::new(&self.metrics.fits_waiting);
            Some(self.permits.clone().acquire_owned().await.map_err(failed)?)
        };
        let (model, metrics, clock) = (self.model.clone(), self.metrics.clone(), self.clock.clone());
        let fit = tokio::task::spawn_blocking(move || {
            // The permit ends with the fit and not with the request, which its caller may have given up meanwhile.
            let Some(_permit) = permit else { return model.suggest(&input) };
            let _running = GaugeGuard::new(&metrics.fits_running);
            let from = clock.now();
            let point = model.suggest(&input);
            metrics.fit_seconds.observe(from.duration_until(clock.now()).as_secs_f64());
            point
        });
        match fit.await {
            Ok(point) => point,
            // The runtime ends, and this request with it: nobody is left to be told of a failure.
            Err(error) if error.is_cancelled() => std::future::pending().await,
            Err(error) => Err(failed(error)),
        }
    }
}

fn failed(why: impl fmt::Display) -> ModelError {
    ModelError::Failed(why.to_string())
}

impl From<mlhub_engine::Error> for ModelError {
    fn from(error: mlhub_engine::Error) -> Self {
        match error {
            mlhub_engine::Error::Exhausted => Self::Exhausted,
            other => failed(other),
        }
    }
}

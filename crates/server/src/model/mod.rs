//! Model: chooses the next point from what was told, on a pool of threads. It sees rows and keeps nothing.

mod fair_semaphore;
mod fit_pool;

use std::fmt;

use mlhub_engine::{Acquisition, Cancellation, Study};

pub(crate) use fit_pool::FitPool;

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
    /// Whether nobody waits for the point any more. A model that takes its time looks at it now and then.
    pub cancellation: Cancellation,
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
        let point = study.suggest_unless_cancelled(&history, &pending, &input.cancellation)?;
        Ok(point.into_iter().map(Scalar::from).collect())
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

//! Chooses the next point. The hub keeps rows and knows nothing of how; a model sees rows and keeps nothing.

use std::fmt;

use mlhub_engine::{Acquisition, Observation, Study};

use crate::study::{Scalar, Variable, searchable};

/// Everything that a choice rests on. The same question has the same answer, on whichever machine it is asked.
#[derive(Debug, Clone)]
pub struct Question {
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

/// Why there is no next point.
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

/// A way of choosing points. It runs on a thread of its own and may take its time.
pub trait Model: fmt::Debug + Send + Sync + 'static {
    /// The next point: a value for each variable, in their order.
    fn suggest(&self, question: &Question) -> Result<Vec<Scalar>, ModelError>;

    /// Whether the answer takes so little time that it need not wait for those that take long.
    fn is_quick(&self, _question: &Question) -> bool {
        false
    }
}

/// The hub's own model: Bayesian optimisation with a Gaussian process.
#[derive(Debug, Clone, Copy, Default)]
pub struct GaussianProcess;

impl Model for GaussianProcess {
    fn suggest(&self, question: &Question) -> Result<Vec<Scalar>, ModelError> {
        let study = study(question)?;
        let engine = |point: &Vec<Scalar>| point.iter().cloned().map(Into::into).collect();
        let history: Vec<_> =
            question.history.iter().map(|(point, value)| Observation { point: engine(point), value: *value }).collect();
        let pending: Vec<_> = question.pending.iter().map(engine).collect();
        Ok(study.suggest(&history, &pending)?.into_iter().map(Scalar::from).collect())
    }

    /// The first points are a fixed design, for which nothing is fitted.
    fn is_quick(&self, question: &Question) -> bool {
        let tried = question.history.len() + question.pending.len();
        study(question).is_ok_and(|study| tried < study.initial_points())
    }
}

fn study(question: &Question) -> Result<Study, ModelError> {
    Ok(Study {
        space: searchable(&question.space)?,
        acquisition: Acquisition::from_name(&question.acq_func)?,
        seed: question.seed,
    })
}

impl From<mlhub_engine::Error> for ModelError {
    fn from(error: mlhub_engine::Error) -> Self {
        match error {
            mlhub_engine::Error::Exhausted => Self::Exhausted,
            other => Self::Failed(other.to_string()),
        }
    }
}

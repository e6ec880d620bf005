//! The best so far, from whichever server.

use std::fmt;

use uuid::Uuid;

use super::protocol::Protocol;
use super::trial::{Params, params_of};
use super::{Client, original, types};
use crate::error::{Error, ErrorKind};

/// The best trial of an experiment.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Best {
    /// What was told.
    pub value: f64,
    /// The values that gave it.
    pub params: Params,
    /// The trial's id; the original has none.
    pub trial: Option<Uuid>,
}

/// `0.93 at criterion=gini n_estimators=120`.
impl fmt::Display for Best {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at", self.value)?;
        self.params.iter().try_for_each(|(name, value)| match value.as_str() {
            Some(word) => write!(f, " {name}={word}"),
            None => write!(f, " {name}={value}"),
        })
    }
}

impl Client {
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
    pub(super) fn remember_best(&self, experiment: Uuid, told: &types::Told) {
        let covars = told.covars_best_response.as_deref().unwrap_or(&told.covars_best_reponse);
        if let Some((value, params)) = original::best(&told.best_response, covars) {
            self.memory().bests().insert(experiment, Best { value, params, trial: None });
        }
    }

    fn remembered_best(&self, experiment: Uuid) -> Option<Best> {
        self.memory().bests().get(&experiment).cloned()
    }
}

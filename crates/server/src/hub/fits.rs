//! Fits models away from the async threads, a bounded number at once.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::http::fault::Fault;
use crate::model::{Model, ModelError, Question};
use crate::study::Scalar;

/// The threads on which models are fitted. Those who wait for one hold up nobody else.
#[derive(Debug)]
pub(crate) struct Fits {
    model: Arc<dyn Model>,
    turns: Arc<Semaphore>,
}

impl Fits {
    pub(crate) fn new(model: Arc<dyn Model>, at_once: usize) -> Self {
        Self { model, turns: Arc::new(Semaphore::new(at_once)) }
    }

    /// The model's answer.
    pub(crate) async fn suggest(&self, question: Question) -> Result<Vec<Scalar>, Fault> {
        let turn = self.turns.clone().acquire_owned().await.map_err(Fault::internal)?;
        let model = self.model.clone();
        let fit = tokio::task::spawn_blocking(move || {
            // The turn ends with the fit and not with the request, which its caller may have given up meanwhile.
            let _turn = turn;
            model.suggest(&question)
        });
        match fit.await.map_err(Fault::internal)? {
            Ok(point) => Ok(point),
            Err(ModelError::Exhausted) => Err(Fault::conflict(
                "Every point of this space has been told or is pending. Tell the pending trials, or make an experiment \
                 with a larger space.",
            )),
            Err(error) => Err(Fault::internal(error)),
        }
    }
}

//! Fits models away from the async threads, a bounded number at once.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::clock::Clock;
use crate::http::fault::Fault;
use crate::metrics::{Held, Metrics};
use crate::model::{Model, ModelError, Question};
use crate::study::Scalar;

/// The threads on which models are fitted. Those who wait for one hold up nobody else.
#[derive(Debug)]
pub(crate) struct Fits {
    model: Arc<dyn Model>,
    turns: Arc<Semaphore>,
    metrics: Arc<Metrics>,
    clock: Arc<dyn Clock>,
}

impl Fits {
    pub(crate) fn new(model: Arc<dyn Model>, at_once: usize, metrics: Arc<Metrics>, clock: Arc<dyn Clock>) -> Self {
        Self { model, turns: Arc::new(Semaphore::new(at_once)), metrics, clock }
    }

    /// The model's answer.
    pub(crate) async fn suggest(&self, question: Question) -> Result<Vec<Scalar>, Fault> {
        let waiting = Held::of(&self.metrics.fits_waiting);
        let turn = self.turns.clone().acquire_owned().await.map_err(Fault::internal)?;
        drop(waiting);
        let (model, metrics, clock) = (self.model.clone(), self.metrics.clone(), self.clock.clone());
        let fit = tokio::task::spawn_blocking(move || {
            // The turn ends with the fit and not with the request, which its caller may have given up meanwhile.
            let _turn = turn;
            let _running = Held::of(&metrics.fits_running);
            let from = clock.now();
            let point = model.suggest(&question);
            metrics.fit_seconds.observe(from.duration_until(clock.now()).as_secs_f64());
            point
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

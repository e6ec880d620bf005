//! Fits models away from the async threads, a bounded number at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

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

    /// The model's answer; `None` where no point is left.
    pub(crate) async fn suggest(&self, question: Question) -> Result<Option<Vec<Scalar>>, Fault> {
        // What needs no fit waits for none.
        let turn = if self.model.is_quick(&question) { None } else { Some(self.turn().await?) };
        let (model, metrics, clock) = (self.model.clone(), self.metrics.clone(), self.clock.clone());
        let answer = tokio::task::spawn_blocking(move || {
            // The turn ends with the fit and not with the request, which its caller may have given up meanwhile.
            let Some(_turn) = turn else { return model.suggest(&question) };
            let _running = Held::of(&metrics.fits_running);
            let from = clock.now();
            let point = model.suggest(&question);
            metrics.fit_seconds.observe(from.duration_until(clock.now()).as_secs_f64());
            point
        });
        match answer.await.map_err(Fault::internal)? {
            Ok(point) => Ok(Some(point)),
            Err(ModelError::Exhausted) => Ok(None),
            Err(error) => Err(Fault::internal(error)),
        }
    }

    /// Waits until fewer models are fitted than may be at once.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, Fault> {
        let _waiting = Held::of(&self.metrics.fits_waiting);
        self.turns.clone().acquire_owned().await.map_err(Fault::internal)
    }
}

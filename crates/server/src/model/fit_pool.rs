//! Fit pool: the threads on which models are fitted, a bounded number at once, whose accounts take turns.

use std::sync::Arc;

use mlhub_engine::Cancellation;

use super::fair_semaphore::FairSemaphore;
use super::{Model, ModelError, ModelInput, failed};
use crate::clock::Clock;
use crate::metrics::{GaugeGuard, Metrics};
use crate::study::Scalar;

/// A fit pool. Who waits for a fit holds up nobody, and a fit that nobody waits for any more ends.
#[derive(Debug)]
pub(crate) struct FitPool {
    model: Arc<dyn Model>,
    turns: Arc<FairSemaphore>,
    metrics: Arc<Metrics>,
    clock: Arc<dyn Clock>,
}

impl FitPool {
    pub(crate) fn new(model: Arc<dyn Model>, at_once: usize, metrics: Arc<Metrics>, clock: Arc<dyn Clock>) -> Self {
        Self { model, turns: Arc::new(FairSemaphore::new(at_once)), metrics, clock }
    }

    /// The point that the model suggests to an account.
    pub(crate) async fn suggest(&self, account: i64, input: ModelInput) -> Result<Vec<Scalar>, ModelError> {
        // Whoever gives up the request drops this.
        let _given_up = CancelOnDrop(input.cancellation.clone());
        // What needs no fit waits for none.
        let permit = if self.model.is_quick(&input) {
            None
        } else {
            let _waiting = GaugeGuard::new(&self.metrics.fits_waiting);
            Some(self.turns.acquire(account).await)
        };
        let (model, metrics, clock) = (self.model.clone(), self.metrics.clone(), self.clock.clone());
        let fit = tokio::task::spawn_blocking(move || {
            // The permit ends with the fit and not with the request, since the thread is busy until then.
            let Some(_permit) = permit else { return model.suggest(&input) };
            let _running = GaugeGuard::new(&metrics.fits_running);
            let from = clock.monotonic();
            let point = model.suggest(&input);
            metrics.fit_seconds.observe(clock.monotonic().saturating_sub(from).as_secs_f64());
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

struct CancelOnDrop(Cancellation);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

//! Choosing points: what is known is read, and a model is fitted to it.

use jiff::SignedDuration;

use super::Hub;
use crate::http::fault::Fault;
use crate::model::Question;
use crate::store::{Chosen, Experiment, Snapshot};

/// How long points of one batch go on being chosen. Whoever asks waits for all of them, and a client has its own patience:
/// thirty seconds for an attempt of mlhub's.
const PATIENCE: SignedDuration = SignedDuration::from_secs(10);

/// How often points that another replica proposed first are chosen anew. Each time that one got ahead, so this is only
/// reached where very many replicas ask the same experiment at once.
pub(super) const ATTEMPTS: usize = 32;
/// After how many seconds a caller may try again where even that did not do.
const RETRY_AFTER: u32 = 1;

impl Hub {
    /// At most `count` points, each chosen as if the ones before it were being tried: fewer where none is left or it takes
    /// long, and at least one where one is left.
    pub(super) async fn choose(&self, experiment: &Experiment, count: usize) -> Result<Chosen, Fault> {
        let from = self.clock.now();
        let Snapshot { settled, open, newest } = self.store.snapshot(experiment, from).await?;
        let seen = |value: Option<f64>| value.map_or(f64::NAN, |value| experiment.direction.ascending(value));
        let mut question = Question {
            space: experiment.space.clone(),
            model_type: experiment.model_type.clone(),
            acq_func: experiment.acq_func.clone(),
            seed: experiment.seed.unsigned_abs(),
            history: settled.into_iter().map(|(point, value)| (point, seen(value))).collect(),
            pending: open,
        };
        let mut points = Vec::new();
        while points.len() < count && (points.is_empty() || from.duration_until(self.clock.now()) < PATIENCE) {
            let Some(point) = self.fits.suggest(question.clone()).await? else { break };
            question.pending.push(point.clone());
            points.push(point);
        }
        Ok(Chosen { points, newest })
    }
}

/// Why there is no point to give.
pub(super) fn exhausted() -> Fault {
    Fault::conflict(
        "Every point of this space has been tried or is pending. Tell the pending trials, or make an experiment with a \
         larger space.",
    )
}

/// Why nobody is answered although a point is left.
pub(super) fn crowded() -> Fault {
    Fault::busy("Too many ask this experiment at once. Ask again.", RETRY_AFTER)
}

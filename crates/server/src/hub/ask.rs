//! An ask: what is known is read, a model is fitted to it, and its point becomes a pending trial.

use uuid::Uuid;

use super::Hub;
use crate::http::fault::Fault;
use crate::model::Question;
use crate::store::{Experiment, Once, Origin, Proposal, Proposed, Snapshot, Trial};

/// How often a point that another replica proposed first is chosen anew. Each time that one got ahead, so this is only
/// reached where very many replicas ask the same experiment at once.
const ATTEMPTS: usize = 32;
/// After how many seconds a caller may try again where even that did not do.
const RETRY_AFTER: u32 = 1;

impl Hub {
    /// The point to try next, as a pending trial.
    pub(crate) async fn ask(
        &self,
        experiment: &Experiment,
        origin: Origin,
        once: Option<&Once>,
    ) -> Result<Trial, Fault> {
        let _turn = self.queue.turn(experiment.uuid).await;
        self.metrics.asks.inc();
        if let Some(trial) = self.asked_before(experiment, origin, once).await? {
            return Ok(trial);
        }
        for _ in 0..ATTEMPTS {
            let Snapshot { history, pending, newest } = self.store.snapshot(experiment).await?;
            let question = Question {
                space: experiment.space.clone(),
                model_type: experiment.model_type.clone(),
                acq_func: experiment.acq_func.clone(),
                seed: experiment.seed.unsigned_abs(),
                history,
                pending,
            };
            let point = self.fits.suggest(question).await?;
            let (uuid, at) = (Uuid::new_v4(), self.clock.now());
            let proposal = Proposal { uuid, experiment, origin, point: &point, newest, at, once };
            match self.store.propose(proposal).await? {
                Proposed::Trial(trial) => return Ok(trial),
                Proposed::Taken => {}
                Proposed::KeyReused => return Err(key_reused()),
            }
        }
        Err(Fault::busy("Too many ask this experiment at once. Ask again.", RETRY_AFTER))
    }

    /// The trial that needs no fit: the ask that is still open, or what the same key made before.
    async fn asked_before(
        &self,
        experiment: &Experiment,
        origin: Origin,
        once: Option<&Once>,
    ) -> Result<Option<Trial>, Fault> {
        if let Some(once) = once {
            match self.store.made_before(experiment.owner, once).await? {
                Some(Proposed::Trial(trial)) => return Ok(Some(trial)),
                Some(Proposed::KeyReused) => return Err(key_reused()),
                Some(Proposed::Taken) | None => {}
            }
        }
        match origin {
            Origin::Ask => Ok(self.store.open_ask(experiment, self.clock.now()).await?),
            Origin::Trial => Ok(None),
        }
    }
}

/// 422 as the draft of the Idempotency-Key header asks for, section 2.7.
pub(super) fn key_reused() -> Fault {
    Fault::unprocessable("This Idempotency-Key was used for another request. Send a new key with a new request.")
}

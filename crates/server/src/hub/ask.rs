//! An ask without identifiers: the point that is open, else a new one.

use super::Hub;
use super::choose::{ATTEMPTS, crowded, exhausted};
use crate::http::fault::Fault;
use crate::store::{Experiment, Proposal, Trial};

impl Hub {
    /// The point to try next: the same one until something is told.
    pub(crate) async fn ask(&self, experiment: &Experiment) -> Result<Trial, Fault> {
        self.metrics.asks.inc();
        // An ask that is open needs no fit, so it waits for nobody's.
        let mut turn = self.queue.free_turn(experiment.uuid);
        loop {
            if let Some(open) = self.store.open_ask(experiment, self.clock.now()).await? {
                return Ok(open);
            }
            if turn.is_some() {
                break;
            }
            turn = Some(self.queue.turn(experiment.uuid).await);
        }
        for _ in 0..ATTEMPTS {
            let chosen = self.choose(experiment, 1).await?;
            let point = chosen.points.first().ok_or_else(exhausted)?;
            let at = self.clock.now();
            let proposal = Proposal { experiment, point, newest: chosen.newest, at };
            if let Some(trial) = self.store.ask(proposal).await? {
                return Ok(trial);
            }
        }
        Err(crowded())
    }
}

//! Trials for those who ask: first the ones that came back, then new ones.

use super::Hub;
use super::choose::{ATTEMPTS, crowded, exhausted};
use crate::http::fault::Fault;
use crate::store::{Batch, Chosen, Experiment, Given, Trial, Wanted};

impl Hub {
    /// One trial.
    pub(crate) async fn give_one(&self, wanted: Wanted<'_>) -> Result<Trial, Fault> {
        self.give(wanted).await?.items.into_iter().next().ok_or_else(exhausted)
    }

    /// As many trials as there is room for, of those that are wanted.
    pub(crate) async fn give(&self, wanted: Wanted<'_>) -> Result<Batch, Fault> {
        let batch = self.find(wanted).await?;
        self.metrics.asks.inc_by(batch.items.len() as u64);
        Ok(batch)
    }

    async fn find(&self, wanted: Wanted<'_>) -> Result<Batch, Fault> {
        // Trials that came back need no fit, so they wait for nobody's.
        let mut turn = self.queue.free_turn(wanted.experiment.uuid);
        let missing = loop {
            match self.store.give(wanted, None, self.clock.now()).await? {
                Given::Batch(batch) => return Ok(batch),
                Given::Full => return Err(full(wanted.experiment)),
                Given::Missing(missing) if turn.is_some() => break missing,
                Given::Missing(_) | Given::Taken => turn = Some(self.queue.turn(wanted.experiment.uuid).await),
            }
        };
        for _ in 0..ATTEMPTS {
            let chosen: Chosen = self.choose(wanted.experiment, missing).await?;
            match self.store.give(wanted, Some(&chosen), self.clock.now()).await? {
                Given::Batch(batch) if batch.items.is_empty() && chosen.points.is_empty() => return Err(exhausted()),
                Given::Batch(batch) => return Ok(batch),
                Given::Full => return Err(full(wanted.experiment)),
                Given::Missing(_) | Given::Taken => {}
            }
        }
        Err(crowded())
    }
}

fn full(experiment: &Experiment) -> Fault {
    Fault::conflict(format!(
        "{} trials of this experiment are open, and open_trials allows no more. Tell, fail or release some, or make an \
         experiment with a larger open_trials.",
        experiment.open_trials
    ))
}

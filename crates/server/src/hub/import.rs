//! Results from elsewhere.

use sha2::{Digest, Sha256};

use super::Hub;
use crate::http::fault::Fault;
use crate::http::once::IdempotencyKey;
use crate::store::{Experiment, Import, Outcome};
use crate::study::Scalar;
use crate::wire::experiment::json_text;

impl Hub {
    /// Stores trials that have ended elsewhere, all or none; gives their number.
    pub(crate) async fn import(
        &self,
        experiment: &Experiment,
        trials: &[(Vec<Scalar>, Outcome)],
        key: IdempotencyKey,
    ) -> Result<u64, Fault> {
        let once = key.once(format!("experiment_import {} {}", experiment.uuid, digest(trials)));
        let import = Import { experiment, trials, at: self.clock.now(), once: once.as_ref() };
        let imported = self.store.import(import).await?;
        self.metrics
            .tells
            .inc_by(trials.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Value(_))).count() as u64);
        Ok(imported)
    }
}

/// A short stand-in for up to a megabyte of results, the same for the same results.
fn digest(trials: &[(Vec<Scalar>, Outcome)]) -> String {
    let mut digest = Sha256::new();
    for (point, outcome) in trials {
        digest.update(json_text(point));
        digest.update(format!("{outcome:?}\n"));
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

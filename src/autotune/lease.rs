//! Several trials at once, for as long as somebody works on them: asked together, kept, given back, or failed.

use uuid::Uuid;

use super::trial::trial_of;
use super::{Client, Trial, types};
use crate::error::{Error, ErrorKind};

/// What an ask for several trials gave, and where the experiment stood then.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Asked {
    /// The trials; fewer than asked for, perhaps none, where a limit is reached.
    pub trials: Vec<Trial>,
    /// How many trials have a value.
    pub told: u64,
    /// How many failed.
    pub failed: u64,
    /// How many are open, these included.
    pub pending: u64,
}

impl Client {
    /// Asks for up to `count` trials. With `total` no more are given than make
    /// the experiment have that many in all (told, failed and open), however
    /// many ask; trials that somebody left are given again first.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] where too many are open already. The original
    /// gives one at a time.
    pub async fn ask_many(&self, experiment: Uuid, count: u32, total: Option<u32>) -> Result<Asked, Error> {
        self.needs_v1("asking for several trials").await?;
        let mut body = types::TrialOrder::builder().count(count);
        if let Some(total) = total {
            body = body.total(total);
        }
        let asked = self.trial().create_many(experiment).body(body).send().await?;
        let trials = asked.items.iter().map(trial_of).collect::<Result<_, _>>()?;
        Ok(Asked { trials, told: asked.told, failed: asked.failed, pending: asked.pending })
    }

    /// Says that a trial gave nothing, and why. Its point is not proposed
    /// again, and its neighbourhood counts as bad.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] where it was told or failed already. The
    /// original knows no failures.
    pub async fn fail(&self, trial: &Trial, reason: impl Into<String>) -> Result<(), Error> {
        let body = types::TrialFailure::builder().reason(reason.into());
        self.trial().fail(self.leased(trial).await?).body(body).send().await.map(|_| ())
    }

    /// Goes on with a trial: its lifetime begins anew.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] where somebody told or failed it meanwhile.
    pub async fn renew(&self, trial: &Trial) -> Result<(), Error> {
        self.trial().renew(self.leased(trial).await?).send().await.map(|_| ())
    }

    /// Gives a trial back: the next ask gives it out again, to anybody.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] where it was told or failed already.
    pub async fn release(&self, trial: &Trial) -> Result<(), Error> {
        self.trial().release(self.leased(trial).await?).send().await.map(|_| ())
    }

    /// The id under which the hub keeps a trial.
    async fn leased(&self, trial: &Trial) -> Result<Uuid, Error> {
        self.needs_v1("trials with ids").await?;
        trial.id.ok_or_else(|| {
            let detail = "this trial was not asked for, so the hub knows nothing of it; tell it or leave it";
            Error::new(ErrorKind::Request, detail)
        })
    }
}

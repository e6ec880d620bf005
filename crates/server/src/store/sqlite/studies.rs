//! The statements about experiments, trials and tells, gathered behind their trait.

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::super::{
    Experiment, Listed, NewExperiment, NewTell, Once, Page, Proposal, Proposed, Snapshot, StoreError, Stored, Studies,
    Told, Trial, TrialState,
};
use super::{Sqlite, experiments, tells, trials};

#[async_trait]
impl Studies for Sqlite {
    async fn add_experiment(&self, experiment: NewExperiment) -> Result<Experiment, StoreError> {
        experiments::add(self, experiment).await
    }

    async fn experiment(&self, uuid: Uuid) -> Result<Option<Experiment>, StoreError> {
        experiments::by_uuid(self, uuid).await
    }

    async fn experiments(&self, owner: i64, page: Page) -> Result<Listed<Experiment>, StoreError> {
        experiments::page(self, owner, page).await
    }

    async fn experiments_by_use(&self, owner: i64) -> Result<Vec<Experiment>, StoreError> {
        experiments::by_use(self, owner).await
    }

    async fn snapshot(&self, experiment: &Experiment) -> Result<Snapshot, StoreError> {
        trials::snapshot(self, experiment).await
    }

    async fn open_ask(&self, experiment: &Experiment, at: Timestamp) -> Result<Option<Trial>, StoreError> {
        trials::open_ask(self, experiment, at).await
    }

    async fn made_before(&self, owner: i64, once: &Once) -> Result<Option<Proposed>, StoreError> {
        trials::made_before(self, owner, once).await
    }

    async fn propose(&self, proposal: Proposal<'_>) -> Result<Proposed, StoreError> {
        trials::propose(self, proposal).await
    }

    async fn tell(&self, tell: NewTell<'_>) -> Result<Stored, StoreError> {
        tells::tell(self, tell).await
    }

    async fn trial(&self, uuid: Uuid) -> Result<Option<Trial>, StoreError> {
        trials::by_uuid(self, uuid).await
    }

    async fn trials(
        &self,
        experiment: &Experiment,
        state: Option<TrialState>,
        page: Page,
    ) -> Result<Listed<Trial>, StoreError> {
        trials::page(self, experiment, state, page).await
    }

    async fn history(&self, experiment: &Experiment, page: Page) -> Result<Listed<Told>, StoreError> {
        tells::page(self, experiment, page).await
    }

    async fn history_until(&self, experiment: &Experiment, last: i64) -> Result<Vec<Told>, StoreError> {
        tells::until(self, experiment, last).await
    }

    async fn best(&self, experiment: &Experiment) -> Result<Option<Told>, StoreError> {
        tells::best(self, experiment).await
    }
}

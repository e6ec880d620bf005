//! The statements about experiments and trials, gathered behind their trait.

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::super::{
    Chosen, Counts, Experiment, Given, Import, Listed, NewExperiment, Page, Proposal, Settled, Settlement, Snapshot,
    StoreError, Studies, Told, Trial, TrialState, Wanted,
};
use super::{Sqlite, asks, experiments, leases, tells, trials};

#[async_trait]
impl Studies for Sqlite {
    async fn add_experiment(&self, experiment: NewExperiment) -> Result<Experiment, StoreError> {
        experiments::add(self, experiment).await
    }

    async fn open_experiment(&self, experiment: NewExperiment) -> Result<Experiment, StoreError> {
        experiments::open(self, experiment).await
    }

    async fn experiment(&self, uuid: Uuid) -> Result<Option<Experiment>, StoreError> {
        experiments::by_uuid(self, uuid).await
    }

    async fn experiments(
        &self,
        owner: i64,
        name: Option<&str>,
        at: Timestamp,
        page: Page,
    ) -> Result<Listed<(Experiment, Counts)>, StoreError> {
        experiments::page(self, owner, name, at, page).await
    }

    async fn experiments_by_use(&self, owner: i64) -> Result<Vec<Experiment>, StoreError> {
        experiments::by_use(self, owner).await
    }

    async fn delete_experiment(&self, experiment: &Experiment) -> Result<u64, StoreError> {
        experiments::delete(self, experiment).await
    }

    async fn counts(&self, experiment: &Experiment, at: Timestamp) -> Result<Counts, StoreError> {
        trials::counts(&self.reads, experiment, at).await
    }

    async fn snapshot(&self, experiment: &Experiment, at: Timestamp) -> Result<Snapshot, StoreError> {
        trials::snapshot(self, experiment, at).await
    }

    async fn open_ask(&self, experiment: &Experiment, at: Timestamp) -> Result<Option<Trial>, StoreError> {
        asks::open_ask(self, experiment, at).await
    }

    async fn ask(&self, proposal: Proposal<'_>) -> Result<Option<Trial>, StoreError> {
        asks::ask(self, proposal).await
    }

    async fn give(&self, wanted: Wanted<'_>, chosen: Option<&Chosen>, at: Timestamp) -> Result<Given, StoreError> {
        leases::give(self, wanted, chosen, at).await
    }

    async fn renew(&self, experiment: &Experiment, trial: &Trial, at: Timestamp) -> Result<Trial, StoreError> {
        leases::renew(self, experiment, trial, at).await
    }

    async fn release(&self, trial: &Trial, at: Timestamp) -> Result<Trial, StoreError> {
        leases::release(self, trial, at).await
    }

    async fn settle(&self, settlement: Settlement<'_>) -> Result<Settled, StoreError> {
        tells::settle(self, settlement).await
    }

    async fn import(&self, import: Import<'_>) -> Result<u64, StoreError> {
        tells::import(self, import).await
    }

    async fn trial(&self, uuid: Uuid, at: Timestamp) -> Result<Option<Trial>, StoreError> {
        trials::by_uuid(self, uuid, at).await
    }

    async fn trials(
        &self,
        experiment: &Experiment,
        state: Option<TrialState>,
        at: Timestamp,
        page: Page,
    ) -> Result<Listed<Trial>, StoreError> {
        trials::page(self, experiment, state, at, page).await
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

//! Experiments in SQLite: made, found, listed and removed with all that belongs to them.

use std::collections::HashMap;

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::Row;
use uuid::Uuid;

use super::super::{Experiment, ExperimentStore, ListPage, NewExperiment, Page, StoreError, TrialCounts};
use super::trials::{counts_at, trials_at};
use super::{Sqlite, WriteTransaction, decode};

#[async_trait]
impl ExperimentStore for Sqlite {
    async fn add_experiment(&self, experiment: NewExperiment) -> Result<Experiment, StoreError> {
        let mut transaction = self.begin().await?;
        let experiment = insert(&mut transaction, experiment).await?;
        transaction.commit().await?;
        Ok(experiment)
    }

    async fn open_experiment(&self, experiment: NewExperiment) -> Result<Experiment, StoreError> {
        let mut transaction = self.begin().await?;
        let row = sqlx::query("SELECT * FROM experiment_rows WHERE user_id = $1 AND name = $2 ORDER BY id LIMIT 1")
            .bind(experiment.owner)
            .bind(&experiment.name)
            .fetch_optional(&mut *transaction)
            .await?;
        if let Some(row) = row {
            return decode::experiment(&row);
        }
        let experiment = insert(&mut transaction, experiment).await?;
        transaction.commit().await?;
        Ok(experiment)
    }

    async fn experiment(&self, uuid: Uuid) -> Result<Option<Experiment>, StoreError> {
        let row = sqlx::query("SELECT * FROM experiment_rows WHERE uuid = $1").bind(uuid.to_string());
        row.fetch_optional(&self.reads).await?.as_ref().map(decode::experiment).transpose()
    }

    async fn experiments(
        &self,
        owner: i64,
        name: Option<&str>,
        at: Timestamp,
        page: Page,
    ) -> Result<ListPage<(Experiment, TrialCounts)>, StoreError> {
        // One transaction, so that what is counted belongs to what is listed.
        let mut transaction = self.reads.begin().await?;
        let total =
            sqlx::query("SELECT COUNT(*) AS total FROM experiments WHERE user_id = $1 AND ($2 IS NULL OR name = $2)")
                .bind(owner)
                .bind(name)
                .fetch_one(&mut *transaction)
                .await?;
        let rows = sqlx::query(
            "SELECT * FROM experiment_rows WHERE user_id = $1 AND ($2 IS NULL OR name = $2) ORDER BY id LIMIT $3 OFFSET $4",
        )
        .bind(owner)
        .bind(name)
        .bind(page.limit)
        .bind(page.sql_offset())
        .fetch_all(&mut *transaction)
        .await?;
        let counted = sqlx::query(counts_at!(
            "WHERE experiment_id IN (SELECT id FROM experiments WHERE user_id = $2 AND ($3 IS NULL OR name = $3)
                                     ORDER BY id LIMIT $4 OFFSET $5)
             GROUP BY experiment_id"
        ))
        .bind(at.as_microsecond())
        .bind(owner)
        .bind(name)
        .bind(page.limit)
        .bind(page.sql_offset())
        .fetch_all(&mut *transaction)
        .await?;
        let counts: HashMap<i64, TrialCounts> =
            decode::all(&counted, |row| Ok((row.try_get("experiment_id")?, decode::counts(row)?)))?
                .into_iter()
                .collect();
        let items = decode::all(&rows, |row| {
            let experiment = decode::experiment(row)?;
            let counts = counts.get(&experiment.id).copied().unwrap_or_default();
            Ok((experiment, counts))
        })?;
        Ok(ListPage { items, total: decode::total(&total)? })
    }

    async fn experiments_by_use(&self, owner: i64) -> Result<Vec<Experiment>, StoreError> {
        let rows = sqlx::query("SELECT * FROM experiment_rows WHERE user_id = $1 ORDER BY updated_at DESC, id DESC")
            .bind(owner)
            .fetch_all(&self.reads)
            .await?;
        decode::all(&rows, decode::experiment)
    }

    async fn delete_experiment(&self, experiment: &Experiment) -> Result<u64, StoreError> {
        let mut transaction = self.begin().await?;
        let trials = erase(&mut transaction, experiment.id).await?;
        transaction.commit().await?;
        Ok(trials)
    }
}

async fn insert(transaction: &mut WriteTransaction, experiment: NewExperiment) -> Result<Experiment, StoreError> {
    sqlx::query(
        "INSERT INTO experiments (uuid, user_id, name, description, space, model_type, acq_func, seed, direction,
                                  trial_lifetime, open_trials, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)",
    )
    .bind(experiment.uuid.to_string())
    .bind(experiment.owner)
    .bind(experiment.name)
    .bind(experiment.description)
    .bind(decode::text(&experiment.space)?)
    .bind(experiment.model_type)
    .bind(experiment.acq_func)
    .bind(experiment.seed)
    .bind(experiment.direction.name())
    .bind(experiment.trial_lifetime)
    .bind(experiment.open_trials)
    .bind(experiment.at.as_microsecond())
    .execute(&mut **transaction)
    .await?;
    let row = sqlx::query("SELECT * FROM experiment_rows WHERE uuid = $1").bind(experiment.uuid.to_string());
    decode::experiment(&row.fetch_one(&mut **transaction).await?)
}

/// Notes in an open transaction that the experiment was used, unless it was deleted since it was read.
pub(super) async fn touch(
    transaction: &mut WriteTransaction,
    experiment: &Experiment,
    at: Timestamp,
) -> Result<(), StoreError> {
    let done = sqlx::query("UPDATE experiments SET updated_at = $2 WHERE id = $1")
        .bind(experiment.id)
        .bind(at.as_microsecond())
        .execute(&mut **transaction)
        .await?;
    if done.rows_affected() == 0 { Err(StoreError::Gone) } else { Ok(()) }
}

/// Removes an experiment with its tells, trials and keys in an open transaction; gives the number of its trials.
pub(super) async fn erase(transaction: &mut WriteTransaction, experiment: i64) -> Result<u64, StoreError> {
    // What refers to something goes before it.
    for statement in
        ["DELETE FROM idempotency_keys WHERE experiment_id = $1", "DELETE FROM tells WHERE experiment_id = $1"]
    {
        sqlx::query(statement).bind(experiment).execute(&mut **transaction).await?;
    }
    let trials = sqlx::query("DELETE FROM trials WHERE experiment_id = $1").bind(experiment);
    let trials = trials.execute(&mut **transaction).await?.rows_affected();
    let done =
        sqlx::query("DELETE FROM experiments WHERE id = $1").bind(experiment).execute(&mut **transaction).await?;
    if done.rows_affected() == 0 { Err(StoreError::Gone) } else { Ok(trials) }
}

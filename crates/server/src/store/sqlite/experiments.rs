//! Experiments.

use jiff::Timestamp;
use sqlx::{Sqlite as Driver, Transaction};
use uuid::Uuid;

use super::super::{Experiment, Listed, NewExperiment, Page, StoreError};
use super::{Sqlite, decode};

pub(super) async fn add(store: &Sqlite, experiment: NewExperiment) -> Result<Experiment, StoreError> {
    let mut transaction = store.begin().await?;
    sqlx::query(
        "INSERT INTO experiments
         (uuid, user_id, name, description, space, model_type, acq_func, seed, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
    )
    .bind(experiment.uuid.to_string())
    .bind(experiment.owner)
    .bind(experiment.name)
    .bind(experiment.description)
    .bind(decode::text(&experiment.space)?)
    .bind(experiment.model_type)
    .bind(experiment.acq_func)
    .bind(experiment.seed)
    .bind(experiment.at.as_microsecond())
    .execute(&mut *transaction)
    .await?;
    let row = sqlx::query("SELECT * FROM experiment_rows WHERE uuid = $1").bind(experiment.uuid.to_string());
    let experiment = decode::experiment(&row.fetch_one(&mut *transaction).await?)?;
    transaction.commit().await?;
    Ok(experiment)
}

/// Notes in an open transaction that the experiment was used.
pub(super) async fn touch(
    transaction: &mut Transaction<'static, Driver>,
    experiment: &Experiment,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE experiments SET updated_at = $2 WHERE id = $1")
        .bind(experiment.id)
        .bind(at.as_microsecond())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

pub(super) async fn by_uuid(store: &Sqlite, uuid: Uuid) -> Result<Option<Experiment>, StoreError> {
    let row = sqlx::query("SELECT * FROM experiment_rows WHERE uuid = $1").bind(uuid.to_string());
    row.fetch_optional(&store.reads).await?.as_ref().map(decode::experiment).transpose()
}

pub(super) async fn page(store: &Sqlite, owner: i64, page: Page) -> Result<Listed<Experiment>, StoreError> {
    let total = sqlx::query("SELECT COUNT(*) AS total FROM experiments WHERE user_id = $1")
        .bind(owner)
        .fetch_one(&store.reads)
        .await?;
    let rows = sqlx::query("SELECT * FROM experiment_rows WHERE user_id = $1 ORDER BY id LIMIT $2 OFFSET $3")
        .bind(owner)
        .bind(page.limit)
        .bind(page.sql_offset())
        .fetch_all(&store.reads)
        .await?;
    Ok(Listed { items: decode::all(&rows, decode::experiment)?, total: decode::total(&total)? })
}

pub(super) async fn by_use(store: &Sqlite, owner: i64) -> Result<Vec<Experiment>, StoreError> {
    let rows = sqlx::query("SELECT * FROM experiment_rows WHERE user_id = $1 ORDER BY updated_at DESC, id DESC")
        .bind(owner)
        .fetch_all(&store.reads)
        .await?;
    decode::all(&rows, decode::experiment)
}

//! Idempotency key in the store: what was done under one, so that the same request has its effect once.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::super::{Batch, Experiment, IdempotencyRecord, StoreError, Trial, TrialCounts, TrialState};
use super::{WriteTransaction, decode, trials};

/// The effect of a request, as it is kept.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RecordedEffect {
    /// Trials were given out.
    Given { trials: Vec<LeaseRow>, counts: TrialCounts },
    /// This trial came to its end, which is how it stands ever since.
    Settled(i64),
    /// So many trials were imported.
    Imported(u64),
}

/// A lease: a trial as it was given out.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LeaseRow {
    trial: i64,
    asked: u32,
    expires_at: Option<i64>,
}

impl RecordedEffect {
    pub(super) fn of_batch(batch: &Batch) -> Self {
        let lease = |trial: &Trial| LeaseRow {
            trial: trial.id,
            asked: trial.asked,
            expires_at: trial.expires_at.map(Timestamp::as_microsecond),
        };
        Self::Given { trials: batch.items.iter().map(lease).collect(), counts: batch.counts }
    }

    /// Fingerprints begin with the name of the operation, so this takes a database that somebody else wrote to.
    pub(super) fn unexpected(self) -> StoreError {
        StoreError::Failed(format!("an idempotency key was used for something else: {self:?}"))
    }
}

/// The effect that the same request had before.
pub(super) async fn recall(
    transaction: &mut WriteTransaction,
    experiment: &Experiment,
    record: &IdempotencyRecord,
) -> Result<Option<RecordedEffect>, StoreError> {
    let row = sqlx::query("SELECT fingerprint, done FROM idempotency_keys WHERE user_id = $1 AND key = $2")
        .bind(experiment.owner)
        .bind(&record.key)
        .fetch_optional(&mut **transaction)
        .await?;
    match row {
        None => Ok(None),
        Some(row) if row.try_get::<&str, _>("fingerprint")? == record.fingerprint => {
            decode::json(&row, "done").map(Some)
        }
        Some(_) => Err(StoreError::KeyReused),
    }
}

/// Keeps in mind what was done under a key.
pub(super) async fn remember(
    transaction: &mut WriteTransaction,
    experiment: &Experiment,
    record: &IdempotencyRecord,
    effect: &RecordedEffect,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO idempotency_keys (user_id, key, fingerprint, experiment_id, done, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(experiment.owner)
    .bind(&record.key)
    .bind(&record.fingerprint)
    .bind(experiment.id)
    .bind(decode::text(effect)?)
    .bind(at.as_microsecond())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// The trials as they were given out then, whatever happened to them since.
pub(super) async fn batch_then(
    transaction: &mut WriteTransaction,
    leases: &[LeaseRow],
    counts: TrialCounts,
    at: Timestamp,
) -> Result<Batch, StoreError> {
    let mut items = Vec::with_capacity(leases.len());
    for lease in leases {
        let trial = trials::by_id(transaction, lease.trial, at).await?;
        let expires_at = lease.expires_at.map(decode::moment).transpose()?;
        let (state, tell, reason) = (TrialState::Pending, None, None);
        items.push(Trial { state, asked: lease.asked, expires_at, tell, reason, ..trial });
    }
    Ok(Batch { items, counts })
}

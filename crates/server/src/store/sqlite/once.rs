//! What was done under an Idempotency-Key, so that the same request has its effect once and the same answer again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{Row, Sqlite as Driver, Transaction};

use super::super::{Batch, Counts, Experiment, Once, StoreError, Trial, TrialState};
use super::{decode, trials};

type Open = Transaction<'static, Driver>;

/// What was done, as it is kept.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Done {
    /// Trials were given out.
    Given { trials: Vec<Lease>, counts: Counts },
    /// This trial came to its end, which is how it stands ever since.
    Settled(i64),
    /// So many trials were imported.
    Imported(u64),
}

/// A trial as it was given out.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Lease {
    trial: i64,
    asked: u32,
    expires_at: Option<i64>,
}

impl Done {
    pub(super) fn given(batch: &Batch) -> Self {
        let lease = |trial: &Trial| Lease {
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

/// What the same request did before.
pub(super) async fn recall(
    transaction: &mut Open,
    experiment: &Experiment,
    once: Option<&Once>,
) -> Result<Option<Done>, StoreError> {
    let Some(once) = once else { return Ok(None) };
    let row = sqlx::query("SELECT fingerprint, done FROM idempotency_keys WHERE user_id = $1 AND key = $2")
        .bind(experiment.owner)
        .bind(&once.key)
        .fetch_optional(&mut **transaction)
        .await?;
    match row {
        None => Ok(None),
        Some(row) if row.try_get::<&str, _>("fingerprint")? == once.fingerprint => decode::json(&row, "done").map(Some),
        Some(_) => Err(StoreError::KeyReused),
    }
}

/// Keeps in mind what was done under a key.
pub(super) async fn remember(
    transaction: &mut Open,
    experiment: &Experiment,
    once: Option<&Once>,
    done: &Done,
    at: Timestamp,
) -> Result<(), StoreError> {
    let Some(once) = once else { return Ok(()) };
    sqlx::query(
        "INSERT INTO idempotency_keys (user_id, key, fingerprint, experiment_id, done, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(experiment.owner)
    .bind(&once.key)
    .bind(&once.fingerprint)
    .bind(experiment.id)
    .bind(decode::text(done)?)
    .bind(at.as_microsecond())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// The trials as they were given out then, whatever happened to them since.
pub(super) async fn given_then(
    transaction: &mut Open,
    leases: &[Lease],
    counts: Counts,
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

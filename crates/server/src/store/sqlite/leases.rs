//! Lease of a trial: it is given to one caller at a time, and to another one when it comes back or is lost.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use sqlx::Row;

use super::super::{
    Batch, Candidates, Experiment, LeaseOutcome, LeaseRequest, LeaseStore, MOST_LEASES, Proposal, StoreError, Trial,
    TrialState,
};
use super::idempotency::{self, RecordedEffect};
use super::trials::{self, NewTrial, TrialOrigin, trials_at};
use super::{Sqlite, WriteTransaction, decode, experiments};
use crate::study::Scalar;

#[async_trait]
impl LeaseStore for Sqlite {
    async fn open_ask(&self, experiment: &Experiment, at: Timestamp) -> Result<Option<Trial>, StoreError> {
        let mut transaction = self.begin().await?;
        let trial = find_open_ask(&mut transaction, experiment, at).await?;
        if trial.is_some() {
            experiments::touch(&mut transaction, experiment, at).await?;
            transaction.commit().await?;
        }
        Ok(trial)
    }

    async fn ask(&self, proposal: Proposal<'_>) -> Result<Option<Trial>, StoreError> {
        let Proposal { experiment, point, newest, at } = proposal;
        let mut transaction = self.begin().await?;
        experiments::touch(&mut transaction, experiment, at).await?;
        if let Some(open) = find_open_ask(&mut transaction, experiment, at).await? {
            return Ok(Some(open));
        }
        if trials::is_taken(&mut transaction, experiment, newest, point).await? {
            return Ok(None);
        }
        let trial = NewTrial { origin: TrialOrigin::Ask, point, reason: None, at };
        let id = trials::insert(&mut transaction, experiment, trial).await?;
        let trial = trials::by_id(&mut transaction, id, at).await?;
        transaction.commit().await?;
        Ok(Some(trial))
    }

    async fn lease(
        &self,
        request: LeaseRequest<'_>,
        candidates: Option<&Candidates>,
        at: Timestamp,
    ) -> Result<LeaseOutcome, StoreError> {
        let LeaseRequest { experiment, count, total, idempotency } = request;
        let mut transaction = self.begin().await?;
        if let Some(record) = idempotency
            && let Some(effect) = idempotency::recall(&mut transaction, experiment, record).await?
        {
            let RecordedEffect::Given { trials, counts } = effect else { return Err(effect.unexpected()) };
            return Ok(LeaseOutcome::Batch(idempotency::batch_then(&mut transaction, &trials, counts, at).await?));
        }
        let counts = trials::counts(&mut *transaction, experiment, at).await?;
        let again = expired(&mut transaction, experiment, count, at).await?;
        let left = total.map_or(u64::MAX, |total| total.saturating_sub(counts.all()));
        if again.is_empty() && left == 0 {
            return Ok(LeaseOutcome::Batch(Batch { items: Vec::new(), counts }));
        }
        let room = u64::from(experiment.open_trials).saturating_sub(counts.pending);
        if room == 0 {
            return Ok(LeaseOutcome::Full);
        }
        let count = count.min(usize::try_from(room).unwrap_or(usize::MAX));
        let again = &again[..again.len().min(count)];
        let missing = (count - again.len()).min(usize::try_from(left).unwrap_or(usize::MAX));
        let candidates = match candidates {
            None if missing > 0 => return Ok(LeaseOutcome::Missing(missing)),
            None => &Candidates { points: Vec::new(), newest: i64::MAX },
            Some(candidates) => candidates,
        };
        let points = &candidates.points[..candidates.points.len().min(missing)];
        for point in points {
            if trials::is_taken(&mut transaction, experiment, candidates.newest, point).await? {
                return Ok(LeaseOutcome::Excluded);
            }
        }
        let items = give_out(&mut transaction, experiment, again, points, at).await?;
        if items.is_empty() {
            return Ok(LeaseOutcome::Batch(Batch { items, counts }));
        }
        let batch = Batch { items, counts: trials::counts(&mut *transaction, experiment, at).await? };
        if let Some(record) = idempotency {
            idempotency::remember(&mut transaction, experiment, record, &RecordedEffect::of_batch(&batch), at).await?;
        }
        transaction.commit().await?;
        Ok(LeaseOutcome::Batch(batch))
    }

    async fn renew(&self, experiment: &Experiment, trial: &Trial, at: Timestamp) -> Result<Trial, StoreError> {
        let expires_at = lease_end(experiment, at)?;
        let statement = "UPDATE trials SET expires_at = $2 WHERE id = $1 AND expires_at IS NOT NULL";
        change(self, trial, &[TrialState::Pending, TrialState::Expired], statement, expires_at, at).await
    }

    async fn release(&self, trial: &Trial, at: Timestamp) -> Result<Trial, StoreError> {
        // A lease that is handed back is none that was lost, so its chance comes back too.
        let statement =
            "UPDATE trials SET expires_at = $2, chances = chances + 1 WHERE id = $1 AND expires_at IS NOT NULL";
        change(self, trial, &[TrialState::Pending], statement, at, at).await
    }

    async fn retry(&self, trial: &Trial, at: Timestamp) -> Result<Trial, StoreError> {
        let statement = "UPDATE trials SET expires_at = $2, chances = chances + 1, reason = NULL WHERE id = $1";
        change(self, trial, &[TrialState::Failed], statement, at, at).await
    }
}

/// The oldest ask that has not ended.
pub(super) async fn find_open_ask(
    transaction: &mut WriteTransaction,
    experiment: &Experiment,
    at: Timestamp,
) -> Result<Option<Trial>, StoreError> {
    let row = sqlx::query(trials_at!(
        "SELECT *",
        "WHERE experiment_id = $2 AND origin = 'ask' AND state = 'pending' ORDER BY id LIMIT 1"
    ))
    .bind(at.as_microsecond())
    .bind(experiment.id)
    .fetch_optional(&mut **transaction)
    .await?;
    row.as_ref().map(decode::trial).transpose()
}

/// The trials whose lease ended, the oldest first.
async fn expired(
    transaction: &mut WriteTransaction,
    experiment: &Experiment,
    most: usize,
    at: Timestamp,
) -> Result<Vec<i64>, StoreError> {
    let rows =
        sqlx::query(trials_at!("SELECT id", "WHERE experiment_id = $2 AND state = 'expired' ORDER BY id LIMIT $3"))
            .bind(at.as_microsecond())
            .bind(experiment.id)
            .bind(i64::try_from(most).unwrap_or(i64::MAX))
            .fetch_all(&mut **transaction)
            .await?;
    rows.iter().map(|row| Ok(row.try_get("id")?)).collect()
}

/// Gives out `again` once more and `points` for the first time.
async fn give_out(
    transaction: &mut WriteTransaction,
    experiment: &Experiment,
    again: &[i64],
    points: &[Vec<Scalar>],
    at: Timestamp,
) -> Result<Vec<Trial>, StoreError> {
    experiments::touch(transaction, experiment, at).await?;
    let expires_at = lease_end(experiment, at)?;
    for id in again {
        sqlx::query("UPDATE trials SET asked = asked + 1, chances = chances - 1, expires_at = $2 WHERE id = $1")
            .bind(id)
            .bind(expires_at.as_microsecond())
            .execute(&mut **transaction)
            .await?;
    }
    let mut ids = again.to_vec();
    for point in points {
        let origin = TrialOrigin::Lease { expires_at, chances: MOST_LEASES - 1 };
        ids.push(trials::insert(transaction, experiment, NewTrial { origin, point, reason: None, at }).await?);
    }
    let mut items = Vec::with_capacity(ids.len());
    for id in ids {
        items.push(trials::by_id(transaction, id, at).await?);
    }
    Ok(items)
}

/// Moves the end of a lease where the trial is in one of these states; another one stays as it is.
async fn change(
    store: &Sqlite,
    trial: &Trial,
    from: &[TrialState],
    statement: &'static str,
    expires_at: Timestamp,
    at: Timestamp,
) -> Result<Trial, StoreError> {
    let mut transaction = store.begin().await?;
    let now = trials::by_id(&mut transaction, trial.id, at).await?;
    if !from.contains(&now.state) {
        return Ok(now);
    }
    sqlx::query(statement).bind(trial.id).bind(expires_at.as_microsecond()).execute(&mut *transaction).await?;
    let changed = trials::by_id(&mut transaction, trial.id, at).await?;
    transaction.commit().await?;
    Ok(changed)
}

fn lease_end(experiment: &Experiment, at: Timestamp) -> Result<Timestamp, StoreError> {
    let lifetime = SignedDuration::from_secs(experiment.trial_lifetime.into());
    at.checked_add(lifetime).map_err(|why| StoreError::Failed(why.to_string()))
}

//! Outcomes of trials in SQLite: one row for each value, whoever else is telling at the same moment.

use std::collections::HashMap;

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::Row;

use super::super::{
    Experiment, Import, Imported, ListPage, Observation, Outcome, OutcomeReport, OutcomeStore, OutcomeTarget, Page,
    RecordStatus, StoreError, TrialState,
};
use super::idempotency::{self, RecordedEffect};
use super::trials::{self, NewTrial, TrialOrigin};
use super::{Sqlite, WriteTransaction, decode, experiments, leases};
use crate::study::{Direction, Scalar};

#[async_trait]
impl OutcomeStore for Sqlite {
    async fn record_outcome(&self, report: OutcomeReport<'_>) -> Result<RecordStatus, StoreError> {
        let OutcomeReport { experiment, target, outcome, at, idempotency } = report;
        let mut transaction = self.begin().await?;
        if let Some(record) = idempotency
            && let Some(effect) = idempotency::recall(&mut transaction, experiment, record).await?
        {
            let RecordedEffect::Settled(id) = effect else { return Err(effect.unexpected()) };
            return Ok(RecordStatus::Recorded(trials::by_id(&mut transaction, id, at).await?));
        }
        experiments::touch(&mut transaction, experiment, at).await?;
        let id = match target {
            OutcomeTarget::Trial(trial) => {
                let trial = trials::by_id(&mut transaction, trial.id, at).await?;
                // One that failed because its leases ran out may still be told: its worker was late and not lost.
                if trial.state == TrialState::Told || trial.reason.is_some() {
                    return Ok(RecordStatus::EndedBefore(trial));
                }
                trial.id
            }
            OutcomeTarget::Point(point) => trial_of(&mut transaction, experiment, point, at).await?,
        };
        match &outcome {
            Outcome::Value(value) => tell(&mut transaction, experiment, id, *value, at).await?,
            Outcome::Failed(reason) => {
                sqlx::query("UPDATE trials SET reason = $2 WHERE id = $1")
                    .bind(id)
                    .bind(reason)
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        if let Some(record) = idempotency {
            idempotency::remember(&mut transaction, experiment, record, &RecordedEffect::Settled(id), at).await?;
        }
        let trial = trials::by_id(&mut transaction, id, at).await?;
        transaction.commit().await?;
        Ok(RecordStatus::Recorded(trial))
    }

    async fn import(&self, import: Import<'_>) -> Result<Imported, StoreError> {
        let Import { experiment, trials, at, idempotency } = import;
        let mut transaction = self.begin().await?;
        if let Some(record) = idempotency
            && let Some(effect) = idempotency::recall(&mut transaction, experiment, record).await?
        {
            let RecordedEffect::Imported(count) = effect else { return Err(effect.unexpected()) };
            return Ok(Imported { new: count, known: 0 });
        }
        experiments::touch(&mut transaction, experiment, at).await?;
        let mut before = outcomes(&mut transaction, experiment).await?;
        let mut new = 0;
        for (point, outcome) in trials {
            if let Some(left) = before.get_mut(&content(&decode::text(point)?, outcome)).filter(|left| **left > 0) {
                *left -= 1;
                continue;
            }
            new += 1;
            let (value, reason) = match outcome {
                Outcome::Value(value) => (Some(*value), None),
                Outcome::Failed(reason) => (None, Some(reason.as_str())),
            };
            let trial = NewTrial { origin: TrialOrigin::Tell, point, reason, at };
            let id = trials::insert(&mut transaction, experiment, trial).await?;
            if let Some(value) = value {
                tell(&mut transaction, experiment, id, value, at).await?;
            }
        }
        if let Some(record) = idempotency {
            idempotency::remember(&mut transaction, experiment, record, &RecordedEffect::Imported(new), at).await?;
        }
        transaction.commit().await?;
        Ok(Imported { new, known: trials.len() as u64 - new })
    }

    async fn history(&self, experiment: &Experiment, page: Page) -> Result<ListPage<Observation>, StoreError> {
        let total = sqlx::query("SELECT COUNT(*) AS total FROM tells WHERE experiment_id = $1")
            .bind(experiment.id)
            .fetch_one(&self.reads)
            .await?;
        let rows = sqlx::query("SELECT * FROM told_rows WHERE experiment_id = $1 ORDER BY id LIMIT $2 OFFSET $3")
            .bind(experiment.id)
            .bind(page.limit)
            .bind(page.sql_offset())
            .fetch_all(&self.reads)
            .await?;
        Ok(ListPage { items: decode::all(&rows, decode::told)?, total: decode::total(&total)? })
    }

    async fn history_until(&self, experiment: &Experiment, last: i64) -> Result<Vec<Observation>, StoreError> {
        let rows = sqlx::query("SELECT * FROM told_rows WHERE experiment_id = $1 AND id <= $2 ORDER BY id")
            .bind(experiment.id)
            .bind(last)
            .fetch_all(&self.reads)
            .await?;
        decode::all(&rows, decode::told)
    }

    async fn best(&self, experiment: &Experiment) -> Result<Option<Observation>, StoreError> {
        let statement = match experiment.direction {
            Direction::Maximize => "SELECT * FROM told_rows WHERE experiment_id = $1 ORDER BY value DESC, id LIMIT 1",
            Direction::Minimize => "SELECT * FROM told_rows WHERE experiment_id = $1 ORDER BY value, id LIMIT 1",
        };
        let row = sqlx::query(statement).bind(experiment.id).fetch_optional(&self.reads).await?;
        row.as_ref().map(decode::told).transpose()
    }
}

/// A trial that has ended, by what is known of it.
fn content(point: &str, outcome: &Outcome) -> String {
    match outcome {
        // All zeros are one.
        Outcome::Value(value) => format!("{point} {}", value + 0.0),
        Outcome::Failed(reason) => format!("{point} failed {reason}"),
    }
}

/// How often an experiment has which outcome at which point.
async fn outcomes(
    transaction: &mut WriteTransaction,
    experiment: &Experiment,
) -> Result<HashMap<String, u64>, StoreError> {
    let ended = "SELECT point, value, reason FROM trial_rows
                 WHERE experiment_id = $1 AND (tell_id IS NOT NULL OR reason IS NOT NULL)";
    let rows = sqlx::query(ended).bind(experiment.id).fetch_all(&mut **transaction).await?;
    let mut counts = HashMap::with_capacity(rows.len());
    for row in &rows {
        let outcome = match row.try_get::<Option<f64>, _>("value")? {
            Some(value) => Outcome::Value(value),
            None => Outcome::Failed(row.try_get("reason")?),
        };
        *counts.entry(content(row.try_get("point")?, &outcome)).or_default() += 1;
    }
    Ok(counts)
}

async fn tell(
    transaction: &mut WriteTransaction,
    experiment: &Experiment,
    trial: i64,
    value: f64,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO tells (experiment_id, trial_id, value, told_at) VALUES ($1, $2, $3, $4)")
        .bind(experiment.id)
        .bind(trial)
        .bind(value)
        .bind(at.as_microsecond())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// The trial that a told point belongs to. An open ask takes the point that was really tried: callers round values or
/// change them before they run, and an ask that waits for the exact point would be given out for ever.
async fn trial_of(
    transaction: &mut WriteTransaction,
    experiment: &Experiment,
    point: &[Scalar],
    at: Timestamp,
) -> Result<i64, StoreError> {
    let Some(open) = leases::find_open_ask(transaction, experiment, at).await? else {
        let trial = NewTrial { origin: TrialOrigin::Tell, point, reason: None, at };
        return trials::insert(transaction, experiment, trial).await;
    };
    sqlx::query("UPDATE trials SET point = $2 WHERE id = $1")
        .bind(open.id)
        .bind(decode::text(point)?)
        .execute(&mut **transaction)
        .await?;
    Ok(open.id)
}

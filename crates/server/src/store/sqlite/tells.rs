//! How trials end: one row for each value, whoever else is telling at the same moment.

use jiff::Timestamp;
use sqlx::{Sqlite as Driver, Transaction};

use super::super::{
    Experiment, Import, Listed, Outcome, Page, Settled, Settlement, StoreError, Subject, Told, TrialState,
};
use super::once::{self, Done};
use super::trials::{self, NewTrial, Origin};
use super::{Sqlite, asks, decode, experiments};
use crate::study::{Direction, Scalar};

type Open = Transaction<'static, Driver>;

pub(super) async fn settle(store: &Sqlite, settlement: Settlement<'_>) -> Result<Settled, StoreError> {
    let Settlement { experiment, subject, outcome, at, once } = settlement;
    let mut transaction = store.begin().await?;
    match once::recall(&mut transaction, experiment, once).await? {
        None => {}
        Some(Done::Settled(id)) => return Ok(Settled::Trial(trials::by_id(&mut transaction, id, at).await?)),
        Some(other) => return Err(other.unexpected()),
    }
    experiments::touch(&mut transaction, experiment, at).await?;
    let id = match subject {
        Subject::Trial(trial) => {
            let trial = trials::by_id(&mut transaction, trial.id, at).await?;
            // One that failed because its leases ran out may still be told: its worker was late and not lost.
            if trial.state == TrialState::Told || trial.reason.is_some() {
                return Ok(Settled::Before(trial));
            }
            trial.id
        }
        Subject::Point(point) => trial_of(&mut transaction, experiment, point, at).await?,
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
    once::remember(&mut transaction, experiment, once, &Done::Settled(id), at).await?;
    let trial = trials::by_id(&mut transaction, id, at).await?;
    transaction.commit().await?;
    Ok(Settled::Trial(trial))
}

async fn tell(
    transaction: &mut Open,
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
    transaction: &mut Open,
    experiment: &Experiment,
    point: &[Scalar],
    at: Timestamp,
) -> Result<i64, StoreError> {
    let Some(open) = asks::find_open(transaction, experiment, at).await? else {
        let trial = NewTrial { origin: Origin::Tell, point, reason: None, at };
        return trials::insert(transaction, experiment, trial).await;
    };
    sqlx::query("UPDATE trials SET point = $2 WHERE id = $1")
        .bind(open.id)
        .bind(decode::text(point)?)
        .execute(&mut **transaction)
        .await?;
    Ok(open.id)
}

pub(super) async fn import(store: &Sqlite, import: Import<'_>) -> Result<u64, StoreError> {
    let Import { experiment, trials, at, once } = import;
    let mut transaction = store.begin().await?;
    match once::recall(&mut transaction, experiment, once).await? {
        None => {}
        Some(Done::Imported(count)) => return Ok(count),
        Some(other) => return Err(other.unexpected()),
    }
    experiments::touch(&mut transaction, experiment, at).await?;
    for (point, outcome) in trials {
        let (value, reason) = match outcome {
            Outcome::Value(value) => (Some(*value), None),
            Outcome::Failed(reason) => (None, Some(reason.as_str())),
        };
        let trial = NewTrial { origin: Origin::Tell, point, reason, at };
        let id = trials::insert(&mut transaction, experiment, trial).await?;
        if let Some(value) = value {
            tell(&mut transaction, experiment, id, value, at).await?;
        }
    }
    let count = trials.len() as u64;
    once::remember(&mut transaction, experiment, once, &Done::Imported(count), at).await?;
    transaction.commit().await?;
    Ok(count)
}

pub(super) async fn page(store: &Sqlite, experiment: &Experiment, page: Page) -> Result<Listed<Told>, StoreError> {
    let total = sqlx::query("SELECT COUNT(*) AS total FROM tells WHERE experiment_id = $1")
        .bind(experiment.id)
        .fetch_one(&store.reads)
        .await?;
    let rows = sqlx::query("SELECT * FROM told_rows WHERE experiment_id = $1 ORDER BY id LIMIT $2 OFFSET $3")
        .bind(experiment.id)
        .bind(page.limit)
        .bind(page.sql_offset())
        .fetch_all(&store.reads)
        .await?;
    Ok(Listed { items: decode::all(&rows, decode::told)?, total: decode::total(&total)? })
}

pub(super) async fn until(store: &Sqlite, experiment: &Experiment, last: i64) -> Result<Vec<Told>, StoreError> {
    let rows = sqlx::query("SELECT * FROM told_rows WHERE experiment_id = $1 AND id <= $2 ORDER BY id")
        .bind(experiment.id)
        .bind(last)
        .fetch_all(&store.reads)
        .await?;
    decode::all(&rows, decode::told)
}

pub(super) async fn best(store: &Sqlite, experiment: &Experiment) -> Result<Option<Told>, StoreError> {
    let statement = match experiment.direction {
        Direction::Maximize => "SELECT * FROM told_rows WHERE experiment_id = $1 ORDER BY value DESC, id LIMIT 1",
        Direction::Minimize => "SELECT * FROM told_rows WHERE experiment_id = $1 ORDER BY value, id LIMIT 1",
    };
    let row = sqlx::query(statement).bind(experiment.id).fetch_optional(&store.reads).await?;
    row.as_ref().map(decode::told).transpose()
}

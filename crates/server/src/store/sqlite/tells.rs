//! Tells: one row each, whoever else is telling at the same moment.

use sqlx::{Sqlite as Driver, Transaction};
use uuid::Uuid;

use super::super::{Experiment, Listed, NewTell, Page, StoreError, Stored, Subject, Told};
use super::trials::{self, Before};
use super::{Sqlite, decode, experiments};

pub(super) async fn tell(store: &Sqlite, tell: NewTell<'_>) -> Result<Stored, StoreError> {
    let NewTell { experiment, subject, value, at, once } = tell;
    let mut transaction = store.begin().await?;
    match trials::before(&mut transaction, experiment.owner, once).await? {
        Some(Before::Trial(trial)) => {
            let told = trial.tell.ok_or_else(|| StoreError::Failed(format!("trial {} lost its tell", trial.uuid)))?;
            return Ok(Stored::Trial(trial, told));
        }
        Some(Before::OtherRequest) => return Ok(Stored::KeyReused),
        None => {}
    }
    let id = match subject {
        Subject::Trial(trial) if trials::by_id(&mut transaction, trial.id).await?.tell.is_some() => {
            return Ok(Stored::AlreadyTold);
        }
        Subject::Trial(trial) => trial.id,
        Subject::Point(point) => settle(&mut transaction, experiment, &decode::text(point)?, at).await?,
    };
    sqlx::query("INSERT INTO tells (experiment_id, trial_id, value, told_at) VALUES ($1, $2, $3, $4)")
        .bind(experiment.id)
        .bind(id)
        .bind(value)
        .bind(at.as_microsecond())
        .execute(&mut *transaction)
        .await?;
    trials::remember(&mut transaction, experiment.owner, once, id, at).await?;
    experiments::touch(&mut transaction, experiment, at).await?;
    let trial = trials::by_id(&mut transaction, id).await?;
    transaction.commit().await?;
    let told = trial.tell.ok_or_else(|| StoreError::Failed(format!("trial {} was not told", trial.uuid)))?;
    Ok(Stored::Trial(trial, told))
}

/// The trial that a told point belongs to. An open ask takes the point that was really tried: callers round values or
/// change them before they run, and an ask that waits for the exact point would be given out for ever.
async fn settle(
    transaction: &mut Transaction<'static, Driver>,
    experiment: &Experiment,
    point: &str,
    at: jiff::Timestamp,
) -> Result<i64, StoreError> {
    let Some(open) = trials::find_open_ask(transaction, experiment).await? else {
        return trials::insert(transaction, Uuid::new_v4(), experiment, "tell", point, at).await;
    };
    sqlx::query("UPDATE trials SET point = $2 WHERE id = $1")
        .bind(open.id)
        .bind(point)
        .execute(&mut **transaction)
        .await?;
    Ok(open.id)
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
    let row = sqlx::query("SELECT * FROM told_rows WHERE experiment_id = $1 ORDER BY value DESC, id LIMIT 1")
        .bind(experiment.id)
        .fetch_optional(&store.reads)
        .await?;
    row.as_ref().map(decode::told).transpose()
}

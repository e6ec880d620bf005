//! Asks without identifiers: one point is open at a time, and it has no lease.

use jiff::Timestamp;
use sqlx::{Sqlite as Driver, Transaction};

use super::super::{Experiment, Proposal, StoreError, Trial};
use super::trials::{self, NewTrial, Origin, trials_at};
use super::{Sqlite, decode, experiments};

type Open = Transaction<'static, Driver>;

pub(super) async fn open_ask(
    store: &Sqlite,
    experiment: &Experiment,
    at: Timestamp,
) -> Result<Option<Trial>, StoreError> {
    let mut transaction = store.begin().await?;
    let trial = find_open(&mut transaction, experiment, at).await?;
    if trial.is_some() {
        experiments::touch(&mut transaction, experiment, at).await?;
        transaction.commit().await?;
    }
    Ok(trial)
}

pub(super) async fn ask(store: &Sqlite, proposal: Proposal<'_>) -> Result<Option<Trial>, StoreError> {
    let Proposal { experiment, point, newest, at } = proposal;
    let mut transaction = store.begin().await?;
    experiments::touch(&mut transaction, experiment, at).await?;
    if let Some(open) = find_open(&mut transaction, experiment, at).await? {
        return Ok(Some(open));
    }
    if trials::is_taken(&mut transaction, experiment, newest, point).await? {
        return Ok(None);
    }
    let trial = NewTrial { origin: Origin::Ask, point, reason: None, at };
    let id = trials::insert(&mut transaction, experiment, trial).await?;
    let trial = trials::by_id(&mut transaction, id, at).await?;
    transaction.commit().await?;
    Ok(Some(trial))
}

/// The oldest ask that has not ended.
pub(super) async fn find_open(
    transaction: &mut Open,
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

//! Trials: proposed once, even where two ask at the same moment.

use jiff::Timestamp;
use sqlx::{Row, Sqlite as Driver, Transaction};
use uuid::Uuid;

use super::super::{
    Experiment, Listed, Once, Origin, Page, Proposal, Proposed, Snapshot, StoreError, Trial, TrialState,
};
use super::{Sqlite, decode, experiments};

type Open = Transaction<'static, Driver>;

pub(super) async fn snapshot(store: &Sqlite, experiment: &Experiment) -> Result<Snapshot, StoreError> {
    // One statement, so that what is told and what is pending are of the same moment.
    let rows =
        sqlx::query("SELECT id, point, tell_id, value FROM trial_rows WHERE experiment_id = $1 ORDER BY tell_id, id")
            .bind(experiment.id)
            .fetch_all(&store.reads)
            .await?;
    let mut snapshot = Snapshot { history: Vec::new(), pending: Vec::new(), newest: 0 };
    for row in &rows {
        let point = decode::json(row, "point")?;
        match row.try_get::<Option<f64>, _>("value")? {
            Some(value) => snapshot.history.push((point, value)),
            None => snapshot.pending.push(point),
        }
        snapshot.newest = snapshot.newest.max(row.try_get("id")?);
    }
    Ok(snapshot)
}

pub(super) async fn open_ask(
    store: &Sqlite,
    experiment: &Experiment,
    at: Timestamp,
) -> Result<Option<Trial>, StoreError> {
    let mut transaction = store.begin().await?;
    let trial = find_open_ask(&mut transaction, experiment).await?;
    if trial.is_some() {
        experiments::touch(&mut transaction, experiment, at).await?;
    }
    transaction.commit().await?;
    Ok(trial)
}

/// The oldest ask that nothing was told for.
pub(super) async fn find_open_ask(
    transaction: &mut Open,
    experiment: &Experiment,
) -> Result<Option<Trial>, StoreError> {
    let row = sqlx::query(
        "SELECT * FROM trial_rows WHERE experiment_id = $1 AND origin = 'ask' AND tell_id IS NULL ORDER BY id LIMIT 1",
    )
    .bind(experiment.id)
    .fetch_optional(&mut **transaction)
    .await?;
    row.as_ref().map(decode::trial).transpose()
}

/// What the same key did before.
pub(super) enum Before {
    Trial(Trial),
    OtherRequest,
}

pub(super) async fn before(
    transaction: &mut Open,
    owner: i64,
    once: Option<&Once>,
) -> Result<Option<Before>, StoreError> {
    let Some(once) = once else { return Ok(None) };
    let row = sqlx::query("SELECT fingerprint, trial_id FROM idempotency_keys WHERE user_id = $1 AND key = $2")
        .bind(owner)
        .bind(&once.key)
        .fetch_optional(&mut **transaction)
        .await?;
    let Some(row) = row else { return Ok(None) };
    if row.try_get::<&str, _>("fingerprint")? != once.fingerprint {
        return Ok(Some(Before::OtherRequest));
    }
    Ok(Some(Before::Trial(by_id(transaction, row.try_get("trial_id")?).await?)))
}

/// Keeps in mind what was done under a key.
pub(super) async fn remember(
    transaction: &mut Open,
    owner: i64,
    once: Option<&Once>,
    trial: i64,
    at: Timestamp,
) -> Result<(), StoreError> {
    let Some(once) = once else { return Ok(()) };
    sqlx::query(
        "INSERT INTO idempotency_keys (user_id, key, fingerprint, trial_id, created_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(owner)
    .bind(&once.key)
    .bind(&once.fingerprint)
    .bind(trial)
    .bind(at.as_microsecond())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

pub(super) async fn made_before(store: &Sqlite, owner: i64, once: &Once) -> Result<Option<Proposed>, StoreError> {
    let mut transaction = store.reads.begin().await?;
    Ok(before(&mut transaction, owner, Some(once)).await?.map(Proposed::from))
}

impl From<Before> for Proposed {
    fn from(before: Before) -> Self {
        match before {
            // The answer is the one that was given then: the trial as it was made, whatever happened to it since.
            Before::Trial(trial) => Self::Trial(Trial { tell: None, ..trial }),
            Before::OtherRequest => Self::KeyReused,
        }
    }
}

pub(super) async fn propose(store: &Sqlite, proposal: Proposal<'_>) -> Result<Proposed, StoreError> {
    let Proposal { uuid, experiment, origin, point, newest, at, once } = proposal;
    let mut transaction = store.begin().await?;
    if let Some(before) = before(&mut transaction, experiment.owner, once).await? {
        return Ok(before.into());
    }
    if origin == Origin::Ask
        && let Some(open) = find_open_ask(&mut transaction, experiment).await?
    {
        return Ok(Proposed::Trial(open));
    }
    let point = decode::text(point)?;
    let taken = sqlx::query("SELECT 1 FROM trials WHERE experiment_id = $1 AND id > $2 AND point = $3 LIMIT 1")
        .bind(experiment.id)
        .bind(newest)
        .bind(&point)
        .fetch_optional(&mut *transaction)
        .await?;
    if taken.is_some() {
        return Ok(Proposed::Taken);
    }
    let origin = match origin {
        Origin::Ask => "ask",
        Origin::Trial => "trial",
    };
    let id = insert(&mut transaction, uuid, experiment, origin, &point, at).await?;
    remember(&mut transaction, experiment.owner, once, id, at).await?;
    experiments::touch(&mut transaction, experiment, at).await?;
    let trial = by_id(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(Proposed::Trial(trial))
}

/// Adds a trial that nothing was told for yet.
pub(super) async fn insert(
    transaction: &mut Open,
    uuid: Uuid,
    experiment: &Experiment,
    origin: &str,
    point: &str,
    at: Timestamp,
) -> Result<i64, StoreError> {
    let done =
        sqlx::query("INSERT INTO trials (uuid, experiment_id, origin, point, created_at) VALUES ($1, $2, $3, $4, $5)")
            .bind(uuid.to_string())
            .bind(experiment.id)
            .bind(origin)
            .bind(point)
            .bind(at.as_microsecond())
            .execute(&mut **transaction)
            .await?;
    Ok(done.last_insert_rowid())
}

pub(super) async fn by_id(transaction: &mut Open, id: i64) -> Result<Trial, StoreError> {
    let row = sqlx::query("SELECT * FROM trial_rows WHERE id = $1").bind(id).fetch_one(&mut **transaction).await?;
    decode::trial(&row)
}

pub(super) async fn by_uuid(store: &Sqlite, uuid: Uuid) -> Result<Option<Trial>, StoreError> {
    let row = sqlx::query("SELECT * FROM trial_rows WHERE uuid = $1").bind(uuid.to_string());
    row.fetch_optional(&store.reads).await?.as_ref().map(decode::trial).transpose()
}

pub(super) async fn page(
    store: &Sqlite,
    experiment: &Experiment,
    state: Option<TrialState>,
    page: Page,
) -> Result<Listed<Trial>, StoreError> {
    let told = state.map(|state| state == TrialState::Told);
    let total = sqlx::query(
        "SELECT COUNT(*) AS total FROM trial_rows
         WHERE experiment_id = $1 AND ($2 IS NULL OR (tell_id IS NOT NULL) = $2)",
    )
    .bind(experiment.id)
    .bind(told)
    .fetch_one(&store.reads)
    .await?;
    let rows = sqlx::query(
        "SELECT * FROM trial_rows
         WHERE experiment_id = $1 AND ($2 IS NULL OR (tell_id IS NOT NULL) = $2) ORDER BY id LIMIT $3 OFFSET $4",
    )
    .bind(experiment.id)
    .bind(told)
    .bind(page.limit)
    .bind(page.sql_offset())
    .fetch_all(&store.reads)
    .await?;
    Ok(Listed { items: decode::all(&rows, decode::trial)?, total: decode::total(&total)? })
}

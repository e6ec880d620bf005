//! Trials: where each of them stands, and the points that are taken.

use jiff::Timestamp;
use sqlx::{Row, Sqlite as Driver, Transaction};
use uuid::Uuid;

use super::super::{Counts, Experiment, Listed, Page, Snapshot, StoreError, Trial, TrialState};
use super::{Sqlite, decode};
use crate::study::Scalar;

type Open = Transaction<'static, Driver>;

/// A statement about trials with their `state` at the moment `$1`. Time alone makes a trial expire and fail, so nothing
/// has to be written for it, and any hub on the same file sees the same.
macro_rules! trials_at {
    ($select:literal, $rest:literal) => {
        concat!(
            $select,
            " FROM (SELECT trial_rows.*,
                           CASE WHEN tell_id IS NOT NULL THEN 'told'
                                WHEN reason IS NOT NULL OR (expires_at <= $1 AND chances = 0) THEN 'failed'
                                WHEN expires_at <= $1 THEN 'expired'
                                ELSE 'pending' END AS state
                    FROM trial_rows) AS trials ",
            $rest
        )
    };
}
pub(super) use trials_at;

/// A statement that counts the trials of experiments by their state at the moment `$1`.
macro_rules! counts_at {
    ($rest:literal) => {
        trials_at!(
            "SELECT experiment_id,
                    COUNT(*) FILTER (WHERE state = 'told') AS told,
                    COUNT(*) FILTER (WHERE state = 'failed') AS failed,
                    COUNT(*) FILTER (WHERE state = 'pending') AS pending,
                    COUNT(*) FILTER (WHERE state = 'expired') AS expired",
            $rest
        )
    };
}
pub(super) use counts_at;

pub(super) async fn by_id(transaction: &mut Open, id: i64, at: Timestamp) -> Result<Trial, StoreError> {
    let row = sqlx::query(trials_at!("SELECT *", "WHERE id = $2"))
        .bind(at.as_microsecond())
        .bind(id)
        .fetch_optional(&mut **transaction)
        .await?;
    decode::trial(&row.ok_or(StoreError::Gone)?)
}

pub(super) async fn by_uuid(store: &Sqlite, uuid: Uuid, at: Timestamp) -> Result<Option<Trial>, StoreError> {
    let row = sqlx::query(trials_at!("SELECT *", "WHERE uuid = $2")).bind(at.as_microsecond()).bind(uuid.to_string());
    row.fetch_optional(&store.reads).await?.as_ref().map(decode::trial).transpose()
}

pub(super) async fn page(
    store: &Sqlite,
    experiment: &Experiment,
    state: Option<TrialState>,
    at: Timestamp,
    page: Page,
) -> Result<Listed<Trial>, StoreError> {
    let state = state.map(TrialState::name);
    let total =
        sqlx::query(trials_at!("SELECT COUNT(*) AS total", "WHERE experiment_id = $2 AND ($3 IS NULL OR state = $3)"))
            .bind(at.as_microsecond())
            .bind(experiment.id)
            .bind(state)
            .fetch_one(&store.reads)
            .await?;
    let rows = sqlx::query(trials_at!(
        "SELECT *",
        "WHERE experiment_id = $2 AND ($3 IS NULL OR state = $3) ORDER BY id LIMIT $4 OFFSET $5"
    ))
    .bind(at.as_microsecond())
    .bind(experiment.id)
    .bind(state)
    .bind(page.limit)
    .bind(page.sql_offset())
    .fetch_all(&store.reads)
    .await?;
    Ok(Listed { items: decode::all(&rows, decode::trial)?, total: decode::total(&total)? })
}

pub(super) async fn counts(
    reader: impl sqlx::Executor<'_, Database = Driver>,
    experiment: &Experiment,
    at: Timestamp,
) -> Result<Counts, StoreError> {
    let row = sqlx::query(counts_at!("WHERE experiment_id = $2 GROUP BY experiment_id"))
        .bind(at.as_microsecond())
        .bind(experiment.id)
        .fetch_optional(reader)
        .await?;
    Ok(row.as_ref().map(decode::counts).transpose()?.unwrap_or_default())
}

pub(super) async fn snapshot(store: &Sqlite, experiment: &Experiment, at: Timestamp) -> Result<Snapshot, StoreError> {
    // One statement, so that what has ended and what is open are of the same moment.
    let rows = sqlx::query(trials_at!(
        "SELECT id, point, state, value",
        "WHERE experiment_id = $2 ORDER BY tell_id IS NULL, tell_id, id"
    ))
    .bind(at.as_microsecond())
    .bind(experiment.id)
    .fetch_all(&store.reads)
    .await?;
    let mut snapshot = Snapshot { settled: Vec::new(), open: Vec::new(), newest: 0 };
    for row in &rows {
        let point = decode::json(row, "point")?;
        match decode::state(row)? {
            TrialState::Told => snapshot.settled.push((point, row.try_get("value")?)),
            TrialState::Failed => snapshot.settled.push((point, None)),
            // One that expired is given out again before anything new, so its point is taken.
            TrialState::Pending | TrialState::Expired => snapshot.open.push(point),
        }
        snapshot.newest = snapshot.newest.max(row.try_get("id")?);
    }
    Ok(snapshot)
}

/// Whether a trial newer than `newest` has this point.
pub(super) async fn is_taken(
    transaction: &mut Open,
    experiment: &Experiment,
    newest: i64,
    point: &[Scalar],
) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT 1 FROM trials WHERE experiment_id = $1 AND id > $2 AND point = $3 LIMIT 1")
        .bind(experiment.id)
        .bind(newest)
        .bind(decode::text(point)?)
        .fetch_optional(&mut **transaction)
        .await?;
    Ok(row.is_some())
}

/// A new trial, before anything is known of it.
pub(super) struct NewTrial<'a> {
    pub(super) origin: Origin,
    pub(super) point: &'a [Scalar],
    pub(super) reason: Option<&'a str>,
    pub(super) at: Timestamp,
}

/// Where a trial came from.
#[derive(Clone, Copy)]
pub(super) enum Origin {
    /// An ask without identifiers: the same point is given out until something is told.
    Ask,
    /// Given out with a lease, and so often again.
    Lease { expires_at: Timestamp, chances: u32 },
    /// Told or imported without having been asked for.
    Tell,
}

pub(super) async fn insert(
    transaction: &mut Open,
    experiment: &Experiment,
    trial: NewTrial<'_>,
) -> Result<i64, StoreError> {
    let NewTrial { origin, point, reason, at } = trial;
    let (origin, asked, expires_at, chances) = match origin {
        Origin::Ask => ("ask", 1, None, 0),
        Origin::Lease { expires_at, chances } => ("trial", 1, Some(expires_at.as_microsecond()), chances),
        Origin::Tell => ("tell", 0, None, 0),
    };
    let done = sqlx::query(
        "INSERT INTO trials (uuid, experiment_id, origin, point, created_at, asked, expires_at, chances, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(Uuid::new_v4().to_string())
    .bind(experiment.id)
    .bind(origin)
    .bind(decode::text(point)?)
    .bind(at.as_microsecond())
    .bind(asked)
    .bind(expires_at)
    .bind(chances)
    .bind(reason)
    .execute(&mut **transaction)
    .await?;
    Ok(done.last_insert_rowid())
}

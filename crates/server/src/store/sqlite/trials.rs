//! Trials in SQLite: where each of them stands, and the points that are taken.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{Row, Sqlite as Driver};
use uuid::Uuid;

use super::super::{Experiment, ListPage, Page, StoreError, StudySnapshot, Trial, TrialCounts, TrialState, TrialStore};
use super::{Sqlite, WriteTransaction, decode};
use crate::study::Scalar;

/// A statement about trials with their `state` at the moment `$1`. Time alone makes a trial expire and fail, so nothing
/// has to be written for it, and any hub on the same file sees the same. A lease that ends later than one that began in a
/// minute was given by a clock that was ahead, and is over as well.
macro_rules! trials_at {
    ($select:literal, $rest:literal) => {
        concat!(
            $select,
            " FROM (SELECT trial_rows.*,
                           CASE WHEN tell_id IS NOT NULL THEN 'told'
                                WHEN reason IS NOT NULL OR (is_over AND chances = 0) THEN 'failed'
                                WHEN is_over THEN 'expired'
                                ELSE 'pending' END AS state
                    FROM (SELECT trial_rows.*,
                                 expires_at <= $1 OR expires_at > $1 + (trial_lifetime + 60) * 1000000 AS is_over
                          FROM trial_rows) AS trial_rows) AS trials ",
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

#[async_trait]
impl TrialStore for Sqlite {
    async fn counts(&self, experiment: &Experiment, at: Timestamp) -> Result<TrialCounts, StoreError> {
        counts(&self.reads, experiment, at).await
    }

    async fn snapshot(&self, experiment: &Experiment, at: Timestamp) -> Result<StudySnapshot, StoreError> {
        // One statement, so that what has ended and what is open are of the same moment.
        let rows = sqlx::query(trials_at!(
            "SELECT id, point, state, value",
            "WHERE experiment_id = $2 ORDER BY tell_id IS NULL, tell_id, id"
        ))
        .bind(at.as_microsecond())
        .bind(experiment.id)
        .fetch_all(&self.reads)
        .await?;
        let mut snapshot = StudySnapshot { ended: Vec::new(), pending: Vec::new(), newest: 0 };
        for row in &rows {
            let point = decode::json(row, "point")?;
            match decode::state(row)? {
                TrialState::Told => snapshot.ended.push((point, row.try_get("value")?)),
                TrialState::Failed => snapshot.ended.push((point, None)),
                // One that expired is given out again before anything new, so its point is taken.
                TrialState::Pending | TrialState::Expired => snapshot.pending.push(point),
            }
            snapshot.newest = snapshot.newest.max(row.try_get("id")?);
        }
        Ok(snapshot)
    }

    async fn trial(&self, uuid: Uuid, at: Timestamp) -> Result<Option<Trial>, StoreError> {
        let row =
            sqlx::query(trials_at!("SELECT *", "WHERE uuid = $2")).bind(at.as_microsecond()).bind(uuid.to_string());
        row.fetch_optional(&self.reads).await?.as_ref().map(decode::trial).transpose()
    }

    async fn trials(
        &self,
        experiment: &Experiment,
        state: Option<TrialState>,
        at: Timestamp,
        page: Page,
    ) -> Result<ListPage<Trial>, StoreError> {
        let state = state.map(TrialState::name);
        let total = sqlx::query(trials_at!(
            "SELECT COUNT(*) AS total",
            "WHERE experiment_id = $2 AND ($3 IS NULL OR state = $3)"
        ))
        .bind(at.as_microsecond())
        .bind(experiment.id)
        .bind(state)
        .fetch_one(&self.reads)
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
        .fetch_all(&self.reads)
        .await?;
        Ok(ListPage { items: decode::all(&rows, decode::trial)?, total: decode::total(&total)? })
    }
}

pub(super) async fn by_id(transaction: &mut WriteTransaction, id: i64, at: Timestamp) -> Result<Trial, StoreError> {
    let row = sqlx::query(trials_at!("SELECT *", "WHERE id = $2"))
        .bind(at.as_microsecond())
        .bind(id)
        .fetch_optional(&mut **transaction)
        .await?;
    decode::trial(&row.ok_or(StoreError::Gone)?)
}

pub(super) async fn counts(
    reader: impl sqlx::Executor<'_, Database = Driver>,
    experiment: &Experiment,
    at: Timestamp,
) -> Result<TrialCounts, StoreError> {
    let row = sqlx::query(counts_at!("WHERE experiment_id = $2 GROUP BY experiment_id"))
        .bind(at.as_microsecond())
        .bind(experiment.id)
        .fetch_optional(reader)
        .await?;
    Ok(row.as_ref().map(decode::counts).transpose()?.unwrap_or_default())
}

/// Whether a trial newer than `newest` has this point.
pub(super) async fn is_taken(
    transaction: &mut WriteTransaction,
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
    pub(super) origin: TrialOrigin,
    pub(super) point: &'a [Scalar],
    pub(super) reason: Option<&'a str>,
    pub(super) at: Timestamp,
}

/// The origin of a trial.
#[derive(Clone, Copy)]
pub(super) enum TrialOrigin {
    /// An ask without identifiers: the same point is given out until something is told.
    Ask,
    /// Given out with a lease, and so often again.
    Lease { expires_at: Timestamp, chances: u32 },
    /// Told or imported without having been asked for.
    Tell,
}

pub(super) async fn insert(
    transaction: &mut WriteTransaction,
    experiment: &Experiment,
    trial: NewTrial<'_>,
) -> Result<i64, StoreError> {
    let NewTrial { origin, point, reason, at } = trial;
    let (origin, asked, expires_at, chances) = match origin {
        TrialOrigin::Ask => ("ask", 1, None, 0),
        TrialOrigin::Lease { expires_at, chances } => ("trial", 1, Some(expires_at.as_microsecond()), chances),
        TrialOrigin::Tell => ("tell", 0, None, 0),
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

//! Decoding of SQL rows into what they stand for, and back.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::super::{Experiment, Observation, StoreError, Tell, Trial, TrialCounts, TrialState, User};
use crate::study::Direction;

/// Something in the database that this program would not have written there.
fn foreign(column: &str, why: impl std::fmt::Display) -> StoreError {
    StoreError::Failed(format!("column {column}: {why}"))
}

pub(super) fn time(row: &SqliteRow, column: &str) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(row.try_get(column)?).map_err(|why| foreign(column, why))
}

/// The moment that a number of microseconds stands for.
pub(super) fn moment(microseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(microseconds).map_err(|why| StoreError::Failed(why.to_string()))
}

/// What a word stands for, of which there are few.
fn named<T>(row: &SqliteRow, column: &str, from_name: fn(&str) -> Option<T>) -> Result<T, StoreError> {
    let name: &str = row.try_get(column)?;
    from_name(name).ok_or_else(|| foreign(column, format_args!("`{name}` is not known")))
}

pub(super) fn uuid(row: &SqliteRow, column: &str) -> Result<Uuid, StoreError> {
    row.try_get::<&str, _>(column)?.parse().map_err(|why| foreign(column, why))
}

pub(super) fn json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T, StoreError> {
    serde_json::from_str(row.try_get(column)?).map_err(|why| foreign(column, why))
}

fn count(row: &SqliteRow, column: &str) -> Result<u64, StoreError> {
    u64::try_from(row.try_get::<i64, _>(column)?).map_err(|why| foreign(column, why))
}

/// A point or a space as text.
pub(super) fn text<T: Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|why| StoreError::Failed(why.to_string()))
}

pub(super) fn user(row: &SqliteRow) -> Result<User, StoreError> {
    Ok(User {
        id: row.try_get("id")?,
        uuid: uuid(row, "uuid")?,
        email: row.try_get("email")?,
        created_at: time(row, "created_at")?,
        active: row.try_get("active")?,
    })
}

pub(super) fn experiment(row: &SqliteRow) -> Result<Experiment, StoreError> {
    Ok(Experiment {
        id: row.try_get("id")?,
        uuid: uuid(row, "uuid")?,
        owner: row.try_get("user_id")?,
        owner_uuid: uuid(row, "owner_uuid")?,
        name: row.try_get("name")?,
        description: row.try_get("description")?,
        space: json(row, "space")?,
        model_type: row.try_get("model_type")?,
        acq_func: row.try_get("acq_func")?,
        seed: row.try_get("seed")?,
        direction: named(row, "direction", Direction::from_name)?,
        trial_lifetime: row.try_get("trial_lifetime")?,
        open_trials: row.try_get("open_trials")?,
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
        active: row.try_get("active")?,
    })
}

pub(super) fn counts(row: &SqliteRow) -> Result<TrialCounts, StoreError> {
    Ok(TrialCounts {
        told: count(row, "told")?,
        failed: count(row, "failed")?,
        pending: count(row, "pending")?,
        expired: count(row, "expired")?,
    })
}

pub(super) fn state(row: &SqliteRow) -> Result<TrialState, StoreError> {
    named(row, "state", TrialState::from_name)
}

pub(super) fn trial(row: &SqliteRow) -> Result<Trial, StoreError> {
    let tell = match row.try_get::<Option<i64>, _>("tell_id")? {
        Some(id) => Some(Tell { id, value: row.try_get("value")?, at: time(row, "told_at")? }),
        None => None,
    };
    Ok(Trial {
        id: row.try_get("id")?,
        uuid: uuid(row, "uuid")?,
        experiment: uuid(row, "experiment_uuid")?,
        point: json(row, "point")?,
        state: state(row)?,
        asked: row.try_get("asked")?,
        created_at: time(row, "created_at")?,
        expires_at: row.try_get::<Option<i64>, _>("expires_at")?.map(moment).transpose()?,
        tell,
        reason: row.try_get("reason")?,
    })
}

pub(super) fn told(row: &SqliteRow) -> Result<Observation, StoreError> {
    Ok(Observation {
        trial: uuid(row, "uuid")?,
        point: json(row, "point")?,
        value: row.try_get("value")?,
        best_so_far: row.try_get("best_so_far")?,
        at: time(row, "told_at")?,
    })
}

/// All of `rows`, or the first that cannot be read.
pub(super) fn all<T>(
    rows: &[SqliteRow],
    one: impl Fn(&SqliteRow) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    rows.iter().map(one).collect()
}

/// The one number that a counting statement gives.
pub(super) fn total(row: &SqliteRow) -> Result<u64, StoreError> {
    count(row, "total")
}

//! Leases: a trial is given to one caller at a time, and to another one when it comes back or is lost.

use jiff::{SignedDuration, Timestamp};
use sqlx::{Row, Sqlite as Driver, Transaction};

use super::super::{Batch, Chosen, Experiment, Given, MOST_LEASES, StoreError, Trial, TrialState, Wanted};
use super::once::{self, Done};
use super::trials::{self, NewTrial, Origin, trials_at};
use super::{Sqlite, experiments};
use crate::study::Scalar;

type Open = Transaction<'static, Driver>;

pub(super) async fn give(
    store: &Sqlite,
    wanted: Wanted<'_>,
    chosen: Option<&Chosen>,
    at: Timestamp,
) -> Result<Given, StoreError> {
    let Wanted { experiment, count, total, once } = wanted;
    let mut transaction = store.begin().await?;
    match once::recall(&mut transaction, experiment, once).await? {
        None => {}
        Some(Done::Given { trials, counts }) => {
            return Ok(Given::Batch(once::given_then(&mut transaction, &trials, counts, at).await?));
        }
        Some(other) => return Err(other.unexpected()),
    }
    let counts = trials::counts(&mut *transaction, experiment, at).await?;
    let again = expired(&mut transaction, experiment, count, at).await?;
    let left = total.map_or(u64::MAX, |total| total.saturating_sub(counts.all()));
    if again.is_empty() && left == 0 {
        return Ok(Given::Batch(Batch { items: Vec::new(), counts }));
    }
    let room = u64::from(experiment.open_trials).saturating_sub(counts.pending);
    if room == 0 {
        return Ok(Given::Full);
    }
    let count = count.min(usize::try_from(room).unwrap_or(usize::MAX));
    let again = &again[..again.len().min(count)];
    let missing = (count - again.len()).min(usize::try_from(left).unwrap_or(usize::MAX));
    let chosen = match chosen {
        None if missing > 0 => return Ok(Given::Missing(missing)),
        None => &Chosen { points: Vec::new(), newest: i64::MAX },
        Some(chosen) => chosen,
    };
    let points = &chosen.points[..chosen.points.len().min(missing)];
    for point in points {
        if trials::is_taken(&mut transaction, experiment, chosen.newest, point).await? {
            return Ok(Given::Taken);
        }
    }
    let items = lease(&mut transaction, experiment, again, points, at).await?;
    if items.is_empty() {
        return Ok(Given::Batch(Batch { items, counts }));
    }
    let batch = Batch { items, counts: trials::counts(&mut *transaction, experiment, at).await? };
    once::remember(&mut transaction, experiment, once, &Done::given(&batch), at).await?;
    transaction.commit().await?;
    Ok(Given::Batch(batch))
}

/// The trials whose lease ended, the oldest first.
async fn expired(
    transaction: &mut Open,
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
async fn lease(
    transaction: &mut Open,
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
        let origin = Origin::Lease { expires_at, chances: MOST_LEASES - 1 };
        ids.push(trials::insert(transaction, experiment, NewTrial { origin, point, reason: None, at }).await?);
    }
    let mut items = Vec::with_capacity(ids.len());
    for id in ids {
        items.push(trials::by_id(transaction, id, at).await?);
    }
    Ok(items)
}

pub(super) async fn renew(
    store: &Sqlite,
    experiment: &Experiment,
    trial: &Trial,
    at: Timestamp,
) -> Result<Trial, StoreError> {
    let expires_at = lease_end(experiment, at)?;
    let statement = "UPDATE trials SET expires_at = $2 WHERE id = $1 AND expires_at IS NOT NULL";
    change(store, trial, &[TrialState::Pending, TrialState::Expired], statement, expires_at, at).await
}

pub(super) async fn release(store: &Sqlite, trial: &Trial, at: Timestamp) -> Result<Trial, StoreError> {
    // A lease that is handed back is none that was lost, so its chance comes back too.
    let statement = "UPDATE trials SET expires_at = $2, chances = chances + 1 WHERE id = $1 AND expires_at IS NOT NULL";
    change(store, trial, &[TrialState::Pending], statement, at, at).await
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

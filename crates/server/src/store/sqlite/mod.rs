//! The store in one SQLite file: what is acknowledged is on the disk, and any number of requests may write at once.

mod decode;
mod experiments;
mod studies;
mod tells;
mod trials;
mod users;

use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqlSafeStr, Sqlite as Driver, Transaction};

use super::{Store, StoreError};
use crate::error::Error;

/// How long a writer waits for another process that holds the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How many requests read at once; a read is short, so more would only wait for the disk together.
const READERS: u32 = 8;

const MIGRATIONS: &[(i64, &str, &str)] =
    &[(1, "accounts and trials", include_str!("../../../migrations/sqlite/0001_accounts_and_trials.sql"))];

/// A hub's database in one file.
///
/// Writers of this process take turns on one connection, which is fair and never answers "busy"; readers see the last
/// commit and wait for nobody, which is what the write-ahead log is for.
#[derive(Debug)]
pub(crate) struct Sqlite {
    reads: SqlitePool,
    writes: SqlitePool,
}

impl Sqlite {
    /// Opens the file that `url` names, makes it where it is missing and brings it up to date.
    pub(crate) async fn open(url: &str) -> Result<Self, Error> {
        let failed = |error: &dyn std::fmt::Display| Error::Database { url: url.to_owned(), why: error.to_string() };
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|error| failed(&error))?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // The default of the write-ahead log loses the last commits when the power fails.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .disable_statement_logging();
        if url.contains(":memory:") || url.contains("mode=memory") {
            return Err(failed(&"a database in memory would be empty for every connection; name a file"));
        }
        let writes = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone());
        let writes = writes.await.map_err(|error| failed(&error))?;
        let migrations = MIGRATIONS.iter().map(|(version, description, sql)| {
            Migration::new(*version, (*description).into(), MigrationType::Simple, sql.into_sql_str(), false)
        });
        Migrator::with_migrations(migrations.collect()).run(&writes).await.map_err(|error| failed(&error))?;
        let reads = SqlitePoolOptions::new().max_connections(READERS).connect_with(options);
        let reads = reads.await.map_err(|error| failed(&error))?;
        Ok(Self { reads, writes })
    }

    /// A transaction that may write. It takes the lock at once: one that reads first and writes later can be refused.
    async fn begin(&self) -> Result<Transaction<'static, Driver>, StoreError> {
        Ok(self.writes.begin_with("BEGIN IMMEDIATE").await?)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        // 5 is SQLITE_BUSY; its extended codes have it in their low byte (https://www.sqlite.org/rescode.html).
        let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
        match error {
            sqlx::Error::PoolTimedOut => Self::Busy,
            _ if code.is_some_and(|code| code & 0xff == 5) => Self::Busy,
            other => Self::Failed(other.to_string()),
        }
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn close(&self) {
        self.reads.close().await;
        self.writes.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_connection_syncs_fully_before_a_commit_is_acknowledged() {
        let folder = tempfile::TempDir::new().unwrap();
        let store = Sqlite::open(&format!("sqlite://{}/hub.db", folder.path().display())).await.unwrap();
        for pool in [&store.reads, &store.writes] {
            // 2 is FULL (https://www.sqlite.org/pragma.html#pragma_synchronous).
            assert_eq!(sqlx::query_scalar::<_, i64>("PRAGMA synchronous").fetch_one(pool).await.unwrap(), 2);
            assert_eq!(sqlx::query_scalar::<_, String>("PRAGMA journal_mode").fetch_one(pool).await.unwrap(), "wal");
            assert_eq!(sqlx::query_scalar::<_, i64>("PRAGMA foreign_keys").fetch_one(pool).await.unwrap(), 1);
            assert_eq!(sqlx::query_scalar::<_, i64>("PRAGMA busy_timeout").fetch_one(pool).await.unwrap(), 5000);
        }
    }

    #[tokio::test]
    async fn a_file_of_a_newer_version_is_refused() {
        let folder = tempfile::TempDir::new().unwrap();
        let url = format!("sqlite://{}/hub.db", folder.path().display());
        let store = Sqlite::open(&url).await.unwrap();
        sqlx::query(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'from the future', TRUE, x'00', 0)",
        )
        .execute(&store.writes)
        .await
        .unwrap();
        store.close().await;
        let refused = Sqlite::open(&url).await.unwrap_err().to_string();
        assert!(refused.contains("9999"), "{refused}");
    }
}

//! SQLite: the store in one file. What is acknowledged is on the disk, and any number of requests may write at once.

mod decode;
mod experiments;
mod file;
mod idempotency;
mod leases;
mod outcomes;
mod sessions;
mod throttle;
mod trials;
mod users;

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection as _, SqlSafeStr, Sqlite as Driver, Transaction};

use super::{Store, StoreError};
use crate::error::Error;
use file::DatabaseFile;

pub(super) use file::is_hub;

/// Busy timeout: how long a writer waits for another process that holds the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Number of requests that read at once; a read is short, so more would only wait for the disk together.
const READERS: u32 = 8;

/// A transaction that may write.
type WriteTransaction = Transaction<'static, Driver>;

const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "accounts and trials", include_str!("../../../migrations/sqlite/0001_accounts_and_trials.sql")),
    (2, "leases and directions", include_str!("../../../migrations/sqlite/0002_leases_and_directions.sql")),
    (3, "sessions", include_str!("../../../migrations/sqlite/0003_sessions.sql")),
    (4, "login failures", include_str!("../../../migrations/sqlite/0004_login_failures.sql")),
    (5, "bounds", include_str!("../../../migrations/sqlite/0005_bounds.sql")),
];

/// A hub's database in one file.
///
/// Writers of this process take turns on one connection, which is fair and never answers "busy"; readers see the last
/// commit and wait for nobody, which is what the write-ahead log is for.
#[derive(Debug)]
pub(crate) struct Sqlite {
    reads: SqlitePool,
    writes: SqlitePool,
    file: Arc<DatabaseFile>,
}

impl Sqlite {
    /// Opens the file that `url` names, makes it where it is missing and brings it up to date. A file of somebody else's is
    /// left as it is.
    pub(crate) async fn open(url: &str) -> Result<Self, Error> {
        let failed = |error: &dyn std::fmt::Display| Error::Database { url: url.to_owned(), why: error.to_string() };
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|error| failed(&error))?
            .create_if_missing(false)
            .busy_timeout(BUSY_TIMEOUT)
            .disable_statement_logging();
        if url.contains(":memory:") || url.contains("mode=memory") {
            return Err(failed(&"a database in memory would be empty for every connection; name a file"));
        }
        let file = Arc::new(DatabaseFile::claim(url, &options).await?);
        let options = options
            .journal_mode(SqliteJournalMode::Wal)
            // The default of the write-ahead log loses the last commits when the power fails.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true);
        let writes =
            SqlitePoolOptions::new().max_connections(1).after_release(|connection, _| Box::pin(is_sound(connection)));
        let writes = in_place(writes, &file).connect_with(options.clone());
        let writes = writes.await.map_err(|error| failed(&error))?;
        file::check_version(url, &writes).await?;
        let migrations = MIGRATIONS.iter().map(|(version, description, sql)| {
            Migration::new(*version, (*description).into(), MigrationType::Simple, sql.into_sql_str(), false)
        });
        Migrator::with_migrations(migrations.collect()).run(&writes).await.map_err(|error| failed(&error))?;
        let reads = in_place(SqlitePoolOptions::new().max_connections(READERS), &file).connect_with(options);
        let reads = reads.await.map_err(|error| failed(&error))?;
        Ok(Self { reads, writes, file })
    }

    /// Begins a transaction that takes the lock at once: one that reads first and writes later can be refused.
    async fn begin(&self) -> Result<WriteTransaction, StoreError> {
        Ok(self.writer()?.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// The connection that writes, as long as what is written there is kept.
    fn writer(&self) -> Result<&SqlitePool, StoreError> {
        self.file.check()?;
        Ok(&self.writes)
    }
}

/// Connections of a pool that are opened later are to the same file or to none.
fn in_place(pool: SqlitePoolOptions, file: &Arc<DatabaseFile>) -> SqlitePoolOptions {
    let file = file.clone();
    pool.after_connect(move |_, _| {
        let same = file.check().map_err(|lost| sqlx::Error::Io(std::io::Error::other(lost.to_string())));
        Box::pin(async move { same })
    })
}

/// Whether a connection may be used again. Where a commit finds the disk full, SQLite ends the transaction by itself and
/// the driver goes on counting it: it would refuse the next one, and a statement without one might never be committed.
async fn is_sound(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // A rollback that was begun comes to its end first.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        // https://www.sqlite.org/rescode.html; an extended code has the plain one in its low byte.
        const BUSY: u32 = 5;
        const FULL: u32 = 13;
        // What else a full disk answers with: a write over a quota, a sync that has to find room, and the index of the
        // write-ahead log that cannot grow.
        const IO_WRITE: u32 = 778;
        const IO_SYNC: u32 = 1034;
        const IO_INDEX_SIZE: u32 = 4874;
        // A row that is to belong to one that there is no more.
        const FOREIGN_KEY: u32 = 787;
        let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
        match (&error, code) {
            (sqlx::Error::PoolTimedOut, _) => Self::Busy,
            (_, Some(code)) if code & 0xff == BUSY => Self::Busy,
            (_, Some(FULL | IO_WRITE | IO_SYNC | IO_INDEX_SIZE)) => Self::Full,
            (_, Some(FOREIGN_KEY)) => Self::Gone,
            _ => Self::Failed(error.to_string()),
        }
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn check(&self) -> Result<(), StoreError> {
        self.file.check()?;
        sqlx::query("SELECT COUNT(*) FROM (SELECT 1 FROM users LIMIT 1)").fetch_one(&self.reads).await?;
        Ok(())
    }

    async fn check_writing(&self, at: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let write = sqlx::query("UPDATE health SET checked_at = $1").bind(at.as_microsecond());
        write.execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    async fn size(&self) -> Result<i64, StoreError> {
        let size = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
        Ok(sqlx::query_scalar(size).fetch_one(&self.reads).await?)
    }

    async fn close(&self) {
        self.reads.close().await;
        self.writes.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AccountStore, NewUser};
    use super::*;

    /// Every connection that the pool can have, all open at once, closed again so that the next ones are new.
    async fn each_of(pool: &SqlitePool, size: u32) -> u32 {
        let mut open = Vec::new();
        for _ in 0..size {
            open.push(pool.acquire().await.unwrap());
        }
        assert!(pool.try_acquire().is_none(), "the pool has more than {size}");
        for mut connection in open {
            // 2 is FULL (https://www.sqlite.org/pragma.html#pragma_synchronous).
            for (pragma, expected) in
                [("PRAGMA synchronous", 2), ("PRAGMA foreign_keys", 1), ("PRAGMA busy_timeout", 5000)]
            {
                let found: i64 = sqlx::query_scalar(pragma).fetch_one(&mut *connection).await.unwrap();
                assert_eq!(found, expected, "{pragma}");
            }
            let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await.unwrap();
            assert_eq!(mode, "wal");
            connection.close().await.unwrap();
        }
        size
    }

    #[tokio::test]
    async fn every_connection_syncs_fully_before_a_commit_is_acknowledged() {
        let folder = tempfile::TempDir::new().unwrap();
        let store = Sqlite::open(&format!("sqlite://{}/hub.db", folder.path().display())).await.unwrap();
        // The second time each is a new one, as after a connection was given up.
        for _ in 0..2 {
            assert_eq!(each_of(&store.reads, READERS).await + each_of(&store.writes, 1).await, 9);
        }
    }

    #[tokio::test]
    async fn a_write_that_finds_no_room_is_told_apart_from_a_failure_and_changes_nothing() {
        let folder = tempfile::TempDir::new().unwrap();
        let store = Sqlite::open(&format!("sqlite://{}/hub.db", folder.path().display())).await.unwrap();
        let limit =
            |pages: u32| sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}")));
        limit(1).fetch_one(&store.writes).await.unwrap();
        let long = |email: &str| NewUser {
            uuid: uuid::Uuid::new_v4(),
            email: email.to_owned(),
            password_hash: "x".repeat(100_000).into(),
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        assert!(matches!(store.add_user(long("ann@x.com")).await, Err(StoreError::Full)));
        assert!(store.user_by_email("ann@x.com").await.unwrap().is_none());
        limit(u32::MAX - 1).fetch_one(&store.writes).await.unwrap();
        assert!(store.add_user(long("ann@x.com")).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn what_is_to_belong_to_an_account_that_was_deleted_meanwhile_is_told_apart_from_a_failure() {
        let folder = tempfile::TempDir::new().unwrap();
        let store = Sqlite::open(&format!("sqlite://{}/hub.db", folder.path().display())).await.unwrap();
        let orphan = "INSERT INTO sessions (uuid, user_id, kind, created_at, expires_at, last_used_at)
                      VALUES ('u', 7, 'token', 0, 0, 0)";
        let refused = sqlx::query(orphan).execute(&store.writes).await.unwrap_err();
        assert!(matches!(StoreError::from(refused), StoreError::Gone));
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
        assert!(refused.contains("newer version") && refused.contains("9999"), "{refused}");
    }

    #[tokio::test]
    async fn a_database_that_cannot_be_written_is_not_healthy_although_it_can_be_read() {
        let folder = tempfile::TempDir::new().unwrap();
        let store = Sqlite::open(&format!("sqlite://{}/hub.db", folder.path().display())).await.unwrap();
        assert!(store.check_writing(Timestamp::UNIX_EPOCH).await.is_ok());
        sqlx::query("PRAGMA query_only = 1").execute(&store.writes).await.unwrap();
        assert!(store.check().await.is_ok());
        assert!(store.check_writing(Timestamp::UNIX_EPOCH).await.is_err());
    }
}

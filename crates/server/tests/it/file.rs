//! Database file: nobody else reads it, it is missed when it is gone, and somebody else's is left alone.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::sync::Arc;

use mlhub_server::Server;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use tempfile::TempDir;

use crate::support::{Hub, call, settings};

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn what_a_hub_makes_is_for_its_owner_alone() {
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    for file in ["hub.db", "hub.db-wal", "hub.db-shm"] {
        assert_eq!(mode(&hub.folder().join(file)), 0o600, "{file}");
    }
}

#[tokio::test]
async fn a_link_that_leads_nowhere_is_not_followed_to_make_a_file() {
    let folder = TempDir::new().unwrap();
    symlink(folder.path().join("elsewhere.db"), folder.path().join("hub.db")).unwrap();
    assert!(Server::bind(settings(folder.path())).await.is_err());
    assert!(!folder.path().join("elsewhere.db").exists());
}

/// Takes the database away as `take` does, and gives the hub's health and what it says to a write and to a read.
async fn without_database(take: impl FnOnce(&Path)) -> (Hub, u16, u16) {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    assert_eq!(call(&hub.url, "GET", "/health").send().await.status, 200);
    take(&hub.folder().join("hub.db"));
    let health = call(&hub.url, "GET", "/health").send().await.status;
    let body = serde_json::json!({"covars": {"x": {"vtype": "cont", "min": 0, "max": 1, "guess": 0.5}}});
    let write = ann.post("/experiment/new", &body).await.status;
    (hub, health, write)
}

#[tokio::test]
async fn a_database_that_was_deleted_is_missed_and_not_made_anew() {
    let (hub, health, write) = without_database(|file| std::fs::remove_file(file).unwrap()).await;
    assert_eq!((health, write), (503, 503), "what would be written is lost");
    assert!(!hub.folder().join("hub.db").exists());
}

#[tokio::test]
async fn a_database_that_was_moved_is_missed_until_it_is_back() {
    let (hub, health, write) =
        without_database(|file| std::fs::rename(file, file.with_extension("away")).unwrap()).await;
    assert_eq!((health, write), (503, 503));
    assert!(!hub.folder().join("hub.db").exists());
    std::fs::rename(hub.folder().join("hub.away"), hub.folder().join("hub.db")).unwrap();
    assert_eq!(call(&hub.url, "GET", "/health").send().await.status, 200);
}

#[tokio::test]
async fn another_file_in_the_place_of_the_database_is_no_database() {
    let (_hub, health, write) = without_database(|file| {
        let copy = file.with_extension("copy");
        std::fs::copy(file, &copy).unwrap();
        std::fs::rename(copy, file).unwrap();
    })
    .await;
    assert_eq!((health, write), (503, 503));
}

/// A database that these statements made, and whether a hub starts on it, with its words.
async fn start_on(statements: &str) -> (TempDir, Result<(), String>) {
    let folder = TempDir::new().unwrap();
    let options = SqliteConnectOptions::new().filename(folder.path().join("hub.db")).create_if_missing(true);
    let mut database = options.connect().await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned())).execute(&mut database).await.unwrap();
    sqlx::Connection::close(database).await.unwrap();
    let started = Server::bind(settings(folder.path())).await.map(drop).map_err(|error| error.to_string());
    (folder, started)
}

#[tokio::test]
async fn the_database_of_another_program_is_left_as_it_is() {
    for statements in [
        "CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine')",
        "CREATE TABLE users (id INTEGER); CREATE TABLE tells (id INTEGER); CREATE TABLE _sqlx_migrations (version INTEGER, description TEXT)",
        "PRAGMA application_id = 77; CREATE TABLE x (y)",
        "PRAGMA user_version = 3",
        "CREATE VIEW v AS SELECT 1",
    ] {
        let (folder, started) = start_on(statements).await;
        let file = folder.path().join("hub.db");
        let why = started.expect_err(statements);
        assert!(why.contains("belongs to another program"), "{statements}: {why}");
        let before = std::fs::read(&file).unwrap();
        assert!(Server::bind(settings(folder.path())).await.is_err());
        assert_eq!(std::fs::read(&file).unwrap(), before, "{statements}: not a byte is changed");
        assert!(file.metadata().unwrap().size() > 0);
    }
}

#[tokio::test]
async fn an_empty_database_is_taken_and_so_is_a_hub_of_an_earlier_version() {
    let (_folder, started) = start_on("PRAGMA encoding = 'UTF-8'; CREATE TABLE x (y); DROP TABLE x").await;
    assert_eq!(started, Ok(()));
    let hub = Hub::start().await;
    hub.user("ann@x.com").await;
    let folder = hub.stop().await.unwrap();
    let file = folder.path().join("hub.db");
    let mut bytes = std::fs::read(&file).unwrap();
    assert_eq!(&bytes[68..72], b"mlhb");
    bytes[68..72].fill(0);
    std::fs::write(&file, bytes).unwrap();
    let hub = Hub::start_on(Arc::new(TempDir::new().unwrap())).await;
    drop(hub);
    Hub::start_on(folder).await.log_in("ann@x.com").await;
}

#[tokio::test]
async fn a_newer_schema_says_so() {
    let hub = Hub::start().await;
    let folder = hub.stop().await.unwrap();
    let options = SqliteConnectOptions::new().filename(folder.path().join("hub.db"));
    let mut database = options.connect().await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'from the future', TRUE, x'00', 0)";
    sqlx::raw_sql(newer).execute(&mut database).await.unwrap();
    sqlx::Connection::close(database).await.unwrap();
    let why = Server::bind(settings(folder.path())).await.unwrap_err().to_string();
    assert!(why.contains("newer version of mlhub: its schema is 9999"), "{why}");
}

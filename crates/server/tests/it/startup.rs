//! Startup: what a hub refuses to start with, each error saying what to do.

use mlhub_server::{Error, Server, Settings};
use tempfile::TempDir;

use crate::support::{KEY, database, settings};

async fn refused(settings: Settings) -> String {
    Server::bind(settings).await.expect_err("the hub started").to_string()
}

fn on(listen: &str, folder: &TempDir) -> Settings {
    Settings::new(listen.parse().unwrap(), database(folder.path()))
}

#[tokio::test]
async fn without_a_key() {
    let folder = TempDir::new().unwrap();
    let why = refused(on("127.0.0.1:0", &folder)).await;
    assert!(why.contains("set MLHUB_JWT_SECRET to at least 32 random bytes"), "{why}");
    assert!(!folder.path().join("hub.db").exists(), "a refused hub leaves no file behind");
}

#[tokio::test]
async fn with_a_key_of_31_bytes_and_not_with_one_of_32() {
    let folder = TempDir::new().unwrap();
    let why = refused(on("127.0.0.1:0", &folder).with_key("k".repeat(31))).await;
    assert!(why.contains("has 31 bytes"), "{why}");
    Server::bind(on("127.0.0.1:0", &folder).with_key("k".repeat(32))).await.unwrap();
}

#[tokio::test]
async fn with_a_second_key_that_is_short() {
    let folder = TempDir::new().unwrap();
    let why = refused(settings(folder.path()).with_key("short")).await;
    assert!(why.contains("has 5 bytes"), "{why}");
}

#[tokio::test]
async fn in_development_where_others_could_reach_it() {
    let folder = TempDir::new().unwrap();
    for settings in [on("0.0.0.0:0", &folder), on("0.0.0.0:0", &folder).with_key(KEY), on("[::]:0", &folder)] {
        let why = refused(settings.with_development(true)).await;
        assert!(why.contains("listen on 127.0.0.1 or ::1"), "{why}");
    }
}

#[tokio::test]
async fn in_development_on_loopback_it_starts_without_a_key() {
    let folder = TempDir::new().unwrap();
    let server = Server::bind(on("127.0.0.1:0", &folder).with_development(true)).await.unwrap();
    assert_ne!(server.local_addr().port(), 0);
    assert_eq!(server.url(), format!("http://{}", server.local_addr()));
}

#[tokio::test]
async fn with_an_address_that_is_taken() {
    let folder = TempDir::new().unwrap();
    let first = Server::bind(settings(folder.path())).await.unwrap();
    let why = refused(on(&first.local_addr().to_string(), &folder).with_key(KEY)).await;
    assert!(why.contains("choose another port, or 0 for a free one"), "{why}");
}

#[tokio::test]
async fn with_a_database_it_cannot_use() {
    let folder = TempDir::new().unwrap();
    let with = |database: String| Settings::new("127.0.0.1:0".parse().unwrap(), database).with_key(KEY);
    let why = refused(with("mysql://localhost/hub".to_owned())).await;
    assert!(why.contains("`mysql` is not a database that this hub knows: give sqlite://FILE"), "{why}");
    let why = refused(with("sqlite::memory:".to_owned())).await;
    assert!(why.contains("name a file"), "{why}");
    let why = refused(with(format!("sqlite://{}/no/such/folder/hub.db", folder.path().display()))).await;
    assert!(why.contains("check the path, its permissions and its owner"), "{why}");
    std::fs::write(folder.path().join("text.db"), "this is not a database, although it is long enough".repeat(100))
        .unwrap();
    let why = refused(with(format!("sqlite://{}/text.db", folder.path().display()))).await;
    assert!(why.contains("file is not a database"), "{why}");
}

#[tokio::test]
async fn with_tokens_that_never_live() {
    let folder = TempDir::new().unwrap();
    let refused = Server::bind(settings(folder.path()).with_token_lifetime(std::time::Duration::ZERO)).await;
    assert!(matches!(refused, Err(Error::TokenLifetime)), "{refused:?}");
}

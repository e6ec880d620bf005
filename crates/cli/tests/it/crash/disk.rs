//! Disk full under a running hub, which then has room again.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;

use super::{Tell, User, sorted};
use crate::client::call;
use crate::requirements::can;
use crate::served_hub::{self, Served};
use crate::support::Home;

/// Mounts a disk of two megabytes on the folder `disk` and runs what follows.
const MOUNT: &str = "mount -t tmpfs -o size=2m tmpfs disk && exec \"$@\"";

/// A hub on a small disk of its own, that nobody else sees and that ends with it.
fn on_small_disk(home: &Home) -> Option<(Served, PathBuf)> {
    std::fs::create_dir(home.path().join("disk")).unwrap();
    let run = ["sh", "-c", MOUNT, "sh"];
    // Root may mount; anybody else may in a namespace where they are root.
    let own = ["--mount", "--map-root-user"];
    let works = |options: &[&str]| {
        let mut trial = Command::new("unshare");
        trial.args(options).args(run).arg("true").current_dir(home.path());
        trial
    };
    let options = if works(&own[..1]).output().is_ok_and(|done| done.status.success()) { &own[..1] } else { &own[..] };
    if !can("disk", &mut works(options)) {
        return None;
    }
    let hub = Served::start_by(home, "unshare", &[options, &run].concat(), "sqlite://disk/hub.sqlite");
    let seen = format!("/proc/{}/root{}", hub.id(), home.path().join("disk").display());
    Some((hub, seen.into()))
}

/// Takes every byte that is left.
fn fill(disk: &Path) {
    let mut file = std::fs::File::create(disk.join("filler")).unwrap();
    for size in [4096, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_a_clear_refusal_and_once_there_is_room_the_hub_goes_on() {
    let home = served_hub::home();
    let Some((hub, disk)) = on_small_disk(&home) else { return };
    let user = User::new(&hub).await;
    let experiment = user.experiment().await;
    let mut acknowledged = Vec::new();
    for value in 0..5 {
        assert!(Tell::of_point(&experiment, value).send(&user).await);
        acknowledged.push(value);
    }

    fill(&disk);
    // What the log has room for is still taken.
    let mut refused = Vec::new();
    for tell in (5..500).map(|value| Tell::of_point(&experiment, value)) {
        let reply = tell.call(&user).send().await;
        if reply.status == 202 {
            acknowledged.push(tell.value);
            continue;
        }
        assert_eq!(reply.status, 507, "{reply:?}");
        assert!(reply.detail().contains("disk of the database is full") && reply.detail().contains("made room"));
        refused.push(tell);
        if refused.len() == 3 {
            break;
        }
    }
    assert_eq!(refused.len(), 3, "the disk never filled up");
    let covars = json!({"x": {"vtype": "cont", "guess": 0.5, "min": 0, "max": 1}});
    let long = "a".repeat(100_000);
    for sent in [
        user.call("POST", "/experiment/new").json(&json!({"name": "more", "description": long, "covars": covars})),
        call(&hub.url, "POST", "/user/signup").json(&json!({"email": "bob@example.org", "password": "hunter2"})),
        user.call("POST", &format!("/v1/experiments/{experiment}/trials")),
        user.call("GET", &format!("/experiment/ask/{experiment}")),
    ] {
        let reply = sent.send().await;
        // A short one may still find room in the log.
        assert!(matches!(reply.status, 200 | 201 | 507), "{reply:?}");
    }
    assert_eq!(user.values(&experiment).await, acknowledged, "what was told can be read");
    assert_eq!(user.get("/health").await.status, 200);

    std::fs::remove_file(disk.join("filler")).unwrap();
    for tell in &refused {
        assert!(tell.send(&user).await);
        acknowledged.push(tell.value);
    }
    let acknowledged = sorted(acknowledged);
    assert_eq!(user.values(&experiment).await, acknowledged);

    let copy = served_hub::home();
    for file in ["hub.sqlite", "hub.sqlite-wal"] {
        std::fs::copy(disk.join(file), copy.path().join(file)).unwrap();
    }
    hub.stop();
    let file = format!("sqlite://{}", copy.path().join("hub.sqlite").display());
    let mut database = SqliteConnection::connect(&file).await.unwrap();
    let verdict: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut database).await.unwrap();
    assert_eq!(verdict, "ok");
    database.close().await.unwrap();
    let hub = Served::start(&copy, &[]);
    assert_eq!(user.at(&hub).values(&experiment).await, acknowledged);
    hub.stop();
}

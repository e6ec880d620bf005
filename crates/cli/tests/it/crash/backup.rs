//! Backup that is taken while eight clients tell: a hub of its own, with all that was acknowledged before.

use std::os::unix::fs::PermissionsExt as _;

use futures::future::join_all;
use tokio::sync::mpsc::unbounded_channel;

use super::{Tell, User};
use crate::served_hub::{self, Served};

const TELLERS: i64 = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_under_eight_tellers_holds_every_tell_that_was_acknowledged_before() {
    let home = served_hub::home();
    let mut hub = Served::start(&home, &[]);
    let user = User::new(&hub).await;
    let experiment = user.experiment().await;
    let (hear, mut heard) = unbounded_channel();
    let tellers: Vec<_> = (0..TELLERS)
        .map(|teller| {
            let (user, experiment, hear) = (user.clone(), experiment.clone(), hear.clone());
            tokio::spawn(async move {
                for value in 0.. {
                    if !Tell::of_point(&experiment, teller * 1_000_000 + value).send(&user).await {
                        return;
                    }
                    hear.send(teller * 1_000_000 + value).unwrap();
                }
            })
        })
        .collect();
    let mut before = Vec::new();
    while before.len() < 40 {
        before.push(heard.recv().await.unwrap());
    }
    let args = ["backup", "--database", "sqlite://hub.sqlite", "copy/hub.sqlite"];
    std::fs::create_dir(home.path().join("copy")).unwrap();
    let ran = tokio::task::block_in_place(|| home.run(&args));
    assert!(ran.stderr.starts_with("wrote copy/hub.sqlite ("), "{ran:?}");
    ran.ok();
    hub.kill();
    join_all(tellers).await;

    let copy = served_hub::home();
    let folder = home.path().join("copy");
    let written: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(written, ["hub.sqlite"], "nothing else is left there");
    let mode = std::fs::metadata(folder.join("hub.sqlite")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "it holds what the hub's file holds");
    std::fs::copy(folder.join("hub.sqlite"), copy.path().join("hub.sqlite")).unwrap();
    let hub = Served::start(&copy, &[]);
    let user = user.at(&hub);
    let found = user.values(&experiment).await;
    let lost: Vec<_> = before.iter().filter(|value| !found.contains(value)).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(found.windows(2).all(|pair| pair[0] < pair[1]), "none twice");
    // And it is no dead copy.
    for value in &before {
        let (teller, value) = (value / 1_000_000, value % 1_000_000);
        assert!(Tell::of_point(&experiment, teller * 1_000_000 + value).send(&user).await);
    }
    assert_eq!(user.values(&experiment).await, found, "what was told before is known by its key");
    hub.stop();
}

#[test]
fn a_backup_is_refused_with_a_reason_and_leaves_everything_as_it_was() {
    let home = served_hub::home();
    Served::start(&home, &[]).stop();
    let backup = |database: &str, file: &str| home.run(&["backup", "--database", database, file]);
    backup("sqlite://hub.sqlite", "copy.sqlite").ok();
    let first = std::fs::read(home.path().join("copy.sqlite")).unwrap();
    let said = backup("sqlite://hub.sqlite", "copy.sqlite").fails(5);
    assert!(said.contains("copy.sqlite exists and is not overwritten"), "{said}");
    assert_eq!(std::fs::read(home.path().join("copy.sqlite")).unwrap(), first);

    let said = backup("postgres://localhost/hub", "other.sqlite").fails(2);
    assert!(said.contains("give sqlite://FILE"), "{said}");
    let said = backup("sqlite://none.sqlite", "other.sqlite").fails(1);
    assert!(said.contains("sqlite://none.sqlite cannot be used"), "{said}");
    assert!(!home.path().join("none.sqlite").exists());
    std::fs::write(home.path().join("empty.sqlite"), "").unwrap();
    let said = backup("sqlite://empty.sqlite", "other.sqlite").fails(1);
    assert!(said.contains("not the database of a hub"), "{said}");
    let said = backup("sqlite://hub.sqlite", "no/such/folder/other.sqlite").fails(1);
    assert!(said.contains("check the folder"), "{said}");
    assert!(!home.path().join("other.sqlite").exists());
}

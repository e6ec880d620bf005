//! Auger from a shell: resources as tables, made, waited for and deleted, against the stand-in of a hub.

use std::time::Duration;

use mlhub::auger::ops::OPS;
use mlhub::testing::{Lab, Port};
use mlhub_auger_standin::AugerHub;
use serde_json::{Value, json};

use crate::guide_page::Page;
use crate::ready;
use crate::support::{Home, Ran};

/// The stand-in on a port.
async fn hub() -> (AugerHub, Port) {
    let lab = Lab::today();
    let hub = AugerHub::over(lab.clone());
    let port = Port::open(&lab).await.unwrap();
    (hub, port)
}

fn home(port: &Port) -> Home {
    Home::new().with("MLHUB_AUGER_URL", &port.url()).with("MLHUB_AUGER_PROJECT_TOKEN", "t")
}

async fn run(home: Home, args: &[&str]) -> (Home, Ran) {
    let args: Vec<String> = [&["auger"], args].concat().iter().map(|word| (*word).to_owned()).collect();
    let done = tokio::task::spawn_blocking(move || {
        let ran = home.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
        (home, ran)
    });
    done.await.unwrap()
}

#[test]
fn every_list_names_its_columns() {
    let lists: Vec<_> = OPS.iter().filter(|op| op.paging.is_some()).collect();
    assert_eq!(lists.len(), 22);
    for op in lists {
        assert!(op.columns.first() == Some(&"id") && op.columns.len() >= 2, "{}: {:?}", op.id, op.columns);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_a_table_over_all_pages() {
    let (hub, port) = hub().await;
    for number in 0..130 {
        hub.add("projects", json!({"name": format!("project {number}"), "organization_id": 7, "status": "running"}));
    }
    let (home, ran) = run(home(&port), &["project", "list", "--organization-id", "7", "-o", "table"]).await;
    let table = ran.ok();
    assert!(table.starts_with("ID ") && table.lines().next().unwrap().contains("  NAME "), "{table}");
    assert!(table.lines().next().unwrap().contains("STATUS") && table.contains("project 129"), "{table}");
    let (home, ran) = run(home, &["project", "list", "--organization-id", "7", "-q"]).await;
    assert!(ran.ok().lines().count() >= 130);
    let asked: Vec<_> = hub.lab().seen().iter().map(|seen| seen.json()).collect();
    assert!(asked.len() >= 4 && asked.iter().all(|asked| asked["organization_id"] == 7), "{asked:?}");
    let (_, ran) = run(home, &["project", "list", "--limit", "3", "--fields", "name"]).await;
    assert_eq!(ran.ok().lines().count(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resource_is_made_read_changed_and_deleted() {
    let (hub, port) = hub().await;
    let (home, ran) = run(home(&port), &["project", "create", "--name", "007", "--organization-id", "7", "-q"]).await;
    let id = ran.ok().trim().to_owned();
    // A name of digits is a text.
    assert_eq!(hub.object("projects", &id).unwrap()["name"], "007");
    let (home, ran) = run(home, &["project", "get", &id, "--fields", "id,name"]).await;
    assert_eq!(ran.ok(), format!("{id}\t007\n"));
    let (home, ran) = run(home, &["project", "get", &id, "-o", "json"]).await;
    let whole: Value = serde_json::from_str(&ran.ok()).unwrap();
    assert_eq!((&whole["name"], &whole["object"]), (&json!("007"), &json!("project")));
    let (home, ran) = run(home, &["project", "update", &id, "--name", "other", "--fields", "name"]).await;
    assert_eq!(ran.ok(), "other\n");
    let (home, ran) = run(home, &["project", "delete", &id]).await;
    ran.ok();
    let last = hub.lab().seen().pop().unwrap();
    assert!(last.method == "DELETE" && last.path().ends_with(&format!("/projects/{id}")), "{last:?}");
    let (_, ran) = run(home, &["project", "get", "999999"]).await;
    let said = ran.fails(4);
    assert!(said.trim_end().ends_with("next: mlhub auger project list"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_begun_is_waited_for_and_may_fail() {
    let (hub, port) = hub().await;
    let good = hub.add("experiment_sessions", json!({"status": "started"}));
    let bad = hub.add("experiment_sessions", json!({"status": "started", "message": "no data"}));
    let (good, bad) = (good.as_str().unwrap().to_owned(), bad.as_str().unwrap().to_owned());
    hub.story("experiment_sessions", &good, &[(Duration::ZERO, "started"), (Duration::from_millis(200), "completed")]);
    hub.story("experiment_sessions", &bad, &[(Duration::ZERO, "error")]);
    let (home, ran) = run(home(&port), &["experiment_session", "wait", &good, "--fields", "id,status"]).await;
    assert_eq!(ran.ok(), format!("{good}\tcompleted\n"));
    let (home, ran) = run(home, &["experiment-session", "get", &good, "--wait", "--fields", "status"]).await;
    assert_eq!(ran.ok(), "completed\n");
    let (home, ran) = run(home, &["experiment_session", "wait", &bad]).await;
    let said = ran.fails(8);
    assert!(said.contains("\"error\""), "{said}");
    // What is made is waited for by its id; the goal may be another than the end.
    let (home, ran) = run(home, &["pipeline", "create", "--trial-id", "t1", "--wait", "--fields", "status"]).await;
    assert_eq!(ran.ok(), "ready\n");
    let (_, ran) = run(home, &["experiment_session", "wait", &good, "--goal", "nothing"]).await;
    let said = ran.fails(2);
    assert!(said.contains("started"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_token_is_a_login_away() {
    let (hub, port) = hub().await;
    hub.only_token("another");
    let (_, ran) = run(home(&port), &["project", "list"]).await;
    let said = ran.fails(3);
    assert!(said.trim_end().ends_with("next: mlhub login auger"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_document_gives_a_place_is_an_argument() {
    let (_hub, port) = hub().await;
    let (home, ran) = run(home(&port), &["status", "get", "Project", "1"]).await;
    let status = ran.ok();
    assert!(!status.trim().is_empty(), "{status}");
    let (_, ran) = run(home, &["status", "get", "Project"]).await;
    let said = ran.fails(2);
    assert!(said.contains("<ID>"), "{said}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_of_the_page_is_run() {
    let (hub, port) = hub().await;
    hub.story("experiment_sessions", "5772fd1ec439b7", &[(Duration::ZERO, "completed")]);
    hub.story("pipelines", "46188658d308607a", &[(Duration::ZERO, "ready")]);
    let page = Page::new("auger/from-a-shell.md", Home::new()).says("http://127.0.0.1:5000", &port.url());
    let reader = tokio::task::spawn_blocking(move || page.runs());
    // A stand-in that takes a minute to deploy, as the Hub does, is hurried.
    let hurried = hub.clone();
    let hurry = move || {
        let deploying = |hub: &AugerHub| hub.object("projects", "1").is_some_and(|it| it["status"] == "deploying");
        ready::until("the page deploys", || deploying(&hurried));
        hurried.story("projects", "1", &[(Duration::ZERO, "running")]);
    };
    let hurry = tokio::task::spawn_blocking(hurry);
    reader.await.unwrap();
    hurry.await.unwrap();
    let sent = hub.lab().seen().into_iter().find(|seen| seen.path().ends_with("/predictions") && seen.method == "POST");
    let sent = sent.unwrap().json();
    assert_eq!((&sent["features"], &sent["records"]), (&json!(["petal"]), &json!([[1.5]])));
}

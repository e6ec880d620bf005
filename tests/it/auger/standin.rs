//! What the stand-in does by itself: it keeps what it is told, its statuses
//! move with the clock, files arrive, and faults befall it by rule.

use std::time::Duration;

use futures::TryStreamExt;
use http::Method;
use mlhub::auger::ops::OPS;
use mlhub::pipeline::{Body, Transport};
use mlhub::testing::{Fault, FaultRule};
use mlhub_auger_standin::AugerHub;
use serde_json::json;

use super::client;

#[tokio::test(start_paused = true)]
async fn it_keeps_what_it_is_told() {
    let standin = AugerHub::new();
    let hub = client(&standin);
    let project = hub.project().create().name("bikes").organization_id(23).send().await.expect("made").data;
    hub.project().update(&project.id).default_workers_count(4).send().await.expect("changed");
    let found: Vec<_> = hub.project().list().name("bikes").items().try_collect().await.expect("a list");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].default_workers_count, Some(4));
    let deleted = hub.project().delete(&project.id).send().await.expect("on its way").data;
    assert_eq!((deleted.deleting, deleted.deleted), (Some(true), Some(false)));
    let alert = hub.review_alert().delete(3).send().await.expect("gone").data;
    assert_eq!(alert.deleted, Some(true));
    assert!(hub.review_alert().get(3).send().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_status_moves_with_the_clock_alone() {
    let standin = AugerHub::new();
    let hub = client(&standin);
    let id = hub.pipeline().create().trial_id("t1").send().await.expect("made").data.id;
    let status = || async { hub.status().get("Pipeline", &id).send().await.expect("a status").data.status };
    assert_eq!(status().await.as_deref(), Some("creating_files"));
    assert_eq!(status().await.as_deref(), Some("creating_files"));
    tokio::time::advance(Duration::from_secs(45)).await;
    assert_eq!(status().await.as_deref(), Some("deploying"));
    tokio::time::advance(Duration::from_secs(50)).await;
    assert_eq!(status().await.as_deref(), Some("ready"));
}

#[tokio::test(start_paused = true)]
async fn an_upload_arrives() {
    let standin = AugerHub::new();
    let hub = client(&standin);
    let place = hub.project_file_url().create().project_id(1).file_path("files/iris.csv").send().await;
    let place = place.expect("an address").data;
    let fields = serde_json::to_value(place.fields.expect("fields")).expect("JSON");
    let mut form = String::new();
    for (name, value) in fields.as_object().expect("an object") {
        let value = value.as_str().unwrap_or_default();
        form += &format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    let head = "content-disposition: form-data; name=\"file\"; filename=\"iris.csv\"";
    let whole = format!("{form}--x\r\n{head}\r\n\r\na,b\r\n1,2\r\n--x--\r\n");
    let url = place.url.expect("an address").expose().to_owned();
    let send = |body: String| {
        let request = http::Request::post(&url).header("content-type", "multipart/form-data; boundary=x");
        standin.lab().send(request.body(Body::from(body)).expect("a request"))
    };
    assert_eq!(send(whole).await.expect("an answer").status(), 201);
    assert_eq!(standin.files()["files/iris.csv"], "a,b\r\n1,2");
    let key = "content-disposition: form-data; name=\"key\"\r\n\r\nfiles/other.csv";
    let short = format!("--x\r\n{key}\r\n--x\r\n{head}\r\n\r\na\r\n--x--\r\n");
    assert_eq!(send(short).await.expect("an answer").status(), 400, "without the policy nothing arrives");
}

#[tokio::test(start_paused = true)]
async fn faults_befall_it_by_rule() {
    let standin = AugerHub::new();
    standin.lab().fault(FaultRule::new(Fault::Reset).operation(OPS, "trial_get").attempt(1));
    let hub = client(&standin);
    hub.trial().get("t1").send().await.expect("the second attempt");
    let seen = standin.lab().seen();
    assert_eq!(seen.iter().filter(|seen| seen.method == Method::GET).count(), 2);
}

#[tokio::test(start_paused = true)]
async fn trials_are_told_in_bulk() {
    let standin = AugerHub::new();
    let hub = client(&standin);
    let trial = json!({"uid": "3D1E", "score": 0.96, "score_name": "accuracy", "crossValidationFolds": 5});
    let told = hub.trial().update_many().experiment_session_id("s9").trials([trial]).send().await.expect("told").data;
    assert_eq!((told[0].score_value, told[0].experiment_session_id.as_ref()), (Some(0.96), Some(&"s9".into())));
    let found: Vec<_> = hub.trial().list().experiment_session_id("s9").items().try_collect().await.expect("a list");
    assert_eq!(found[0].id, "3D1E");
}

#[tokio::test(start_paused = true)]
async fn the_log_of_a_project_is_text() {
    let standin = AugerHub::new();
    let log = client(&standin).project().logs(1).send().await.expect("a log");
    assert_eq!(log, "redis is up\nflower-api is up\n");
}

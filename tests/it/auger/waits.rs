//! Waits, wherever there is a status: they end with the good words, and fail
//! with the bad ones.

use std::time::Duration;

use mlhub::auger::ops::OPS;
use mlhub::{ErrorKind, Wait};
use mlhub_auger_standin::AugerHub;
use serde_json::json;

use super::client;

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Longer than anything takes here: a wait that should have failed ends all the same.
const DAY: Duration = Duration::from_secs(86_400);

#[test]
fn every_resource_with_a_status_can_be_waited_for() {
    let mut waited: Vec<_> = OPS.iter().filter(|op| !op.waits.is_empty()).map(|op| op.group).collect();
    waited.sort_unstable();
    assert_eq!(
        waited,
        [
            "cluster",
            "cluster_task",
            "endpoint_prediction",
            "experiment",
            "experiment_session",
            "organization",
            "pipeline",
            "pipeline_file",
            "prediction",
            "prediction_group",
            "project",
            "project_file",
            "similar_trials_request",
            "trial_search",
            "warm_start_request",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_made_is_waited_for_until_it_is_done() {
    let standin = AugerHub::new();
    let hub = client(&standin);
    let file = hub.project_file().create().name("iris").project_id(1).send().await.expect("made").data;
    let file = hub.project_file().get(&file.id).wait().await.expect("processed");
    assert!(file.statistics.expect("what is known of the columns")["stat_data"].is_array());
    let session = hub.experiment_session().create().experiment_id("x1").send().await.expect("made").data;
    let session = hub.experiment_session().get(&session.id).wait().await.expect("completed");
    assert_eq!(session.status.as_deref(), Some("completed"));
    let predicted = hub.prediction().create().pipeline_id("p1").records([[1.1, 1.2]]).send().await.expect("made").data;
    let predicted = hub.prediction().get(&predicted.id).wait().await.expect("done");
    assert_eq!(predicted.result.expect("values")["columns"][0], "petal");
    let model = hub.pipeline_file().create().trial_id("t1").send().await.expect("made").data;
    let model = hub.pipeline_file().get(&model.id).wait().await.expect("there");
    assert!(model.signed_s3_model_path.expect("an address").expose().starts_with("https://"));
}

#[tokio::test(start_paused = true)]
async fn a_run_tells_how_far_it_is() {
    let standin = AugerHub::new();
    let settings = json!({"total_evaluations": 40, "completed_evaluations": 10});
    let id = standin.add("experiment_sessions", json!({"model_settings": settings}));
    let id = id.as_str().expect("a text");
    standin.story("experiment_sessions", id, &[(at(0), "started"), (at(30), "completed")]);
    let mut told = Vec::new();
    let wait = client(&standin).experiment_session().get(id).wait();
    wait.on_progress(|news| told.push(news.fraction)).await.expect("completed");
    assert_eq!(told.first(), Some(&Some(0.25)), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_project_is_waited_into_running_and_into_undeployed() {
    let standin = AugerHub::new();
    let hub = client(&standin);
    hub.project().deploy(1).worker_type_id(1).workers_count(2).send().await.expect("it starts");
    let project = hub.project().get(1).wait_running().await.expect("it runs");
    assert_eq!(project.status.as_deref(), Some("running"));
    hub.project().undeploy(1).send().await.expect("it stops");
    let project = hub.project().get(1).wait_undeployed().await.expect("it has stopped");
    assert_eq!(project.status.as_deref(), Some("undeployed"));
}

#[tokio::test(start_paused = true)]
async fn a_start_that_falls_back_to_undeployed_fails() {
    let standin = AugerHub::new();
    standin.story("projects", "1", &[(at(0), "undeployed"), (at(5), "deploying"), (at(60), "undeployed")]);
    let error = client(&standin).project().get(1).wait_running().timeout(DAY).await.expect_err("it never runs");
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert!(error.to_string().contains("undeployed"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_model_that_fails_on_the_way_is_no_success() {
    for word in ["created_files_with_error", "packaged_with_error", "deployed_with_error", "undeployed_with_error"] {
        let standin = AugerHub::new();
        let id = standin.add("pipelines", json!({"id": "broken", "error_message": "no space left"}));
        standin.story("pipelines", "broken", &[(at(0), "packaging"), (at(30), word)]);
        let wait = client(&standin).pipeline().get(id.as_str().expect("a text")).wait().timeout(DAY);
        let error = wait.await.expect_err(word);
        assert_eq!((error.kind(), error.message()), (ErrorKind::Failed, Some("no space left")), "{word}");
        assert!(error.to_string().contains(word), "{error}");
    }
}

/// Whether the work failed, and not the wait for it.
async fn failed<V: Send + 'static>(wait: Wait<'_, V>) -> bool {
    wait.timeout(DAY).await.is_err_and(|error| error.kind() == ErrorKind::Failed)
}

#[tokio::test(start_paused = true)]
async fn other_failing_words_fail_too() {
    let standin = AugerHub::new();
    let hub = client(&standin);
    let ends = |list: &str, id: &str, word: &str| {
        standin.story(list, id, &[(at(0), "requested"), (at(9), word)]);
    };
    ends("project_files", "68", "processed_with_error");
    assert!(failed(hub.project_file().get(68).wait()).await);
    ends("cluster_tasks", "25", "failure");
    assert!(failed(hub.cluster_task().get(25).wait()).await);
    ends("prediction_groups", "7", "error");
    assert!(failed(hub.prediction_group().get(7).wait()).await);
    ends("clusters", "1", "error");
    assert!(failed(hub.cluster().get(1).wait()).await);
    ends("experiment_sessions", "5772fd1ec439b7", "interrupted");
    assert!(failed(hub.experiment_session().get("5772fd1ec439b7").wait()).await);
}

#[tokio::test(start_paused = true)]
async fn a_word_that_nobody_knows_goes_on() {
    let standin = AugerHub::new();
    standin.story("pipelines", "pipeline-1", &[(at(0), "polishing"), (at(3600), "ready")]);
    let model = client(&standin).pipeline().get("pipeline-1").wait().await.expect("ready in the end");
    assert_eq!(model.status.as_deref(), Some("ready"));
    let polls = standin.lab().seen().len();
    assert!(polls < 80, "{polls} polls in an hour");
}

#[tokio::test(start_paused = true)]
async fn a_wait_is_saved_with_its_parameters_and_resumed() {
    let standin = AugerHub::new();
    let hub = client(&standin);
    let handle = hub.pipeline().get("pipeline-1").experiment_session_id("1bf4").wait().handle().to_string();
    assert_eq!(handle, "mlhub1:auger/pipeline_get/done;id=pipeline-1;experiment_session_id=1bf4");
    standin.story("pipelines", "pipeline-1", &[(at(0), "deploying"), (at(20), "ready")]);
    let model = hub.pipeline().resume(&handle).expect("a handle").await.expect("ready");
    assert_eq!(model.id, "pipeline-1");
    assert_eq!(standin.lab().seen()[0].json()["experiment_session_id"], "1bf4");
}

#[tokio::test(start_paused = true)]
async fn the_status_of_every_kind_of_object_can_be_asked_for() {
    let standin = AugerHub::new();
    let hub = client(&standin);
    for (object, list) in [
        ("Cluster", "clusters"),
        ("ClusterTask", "cluster_tasks"),
        ("Component", ""),
        ("ExperimentSession", "experiment_sessions"),
        ("Organization", "organizations"),
        ("Pipeline", "pipelines"),
        ("Project", "projects"),
        ("ProjectFile", "project_files"),
        ("SimilarTrialsRequest", "similar_trials_requests"),
        ("Subscription", ""),
        ("WarmStartRequest", "warm_start_requests"),
    ] {
        let id = if list.is_empty() { json!(1) } else { standin.add(list, json!({})) };
        let id = mlhub::Id::from(id.as_str().map_or_else(|| id.to_string(), str::to_owned));
        let status = hub.status().get(object, &id).send().await.expect(object).data.status;
        assert!(status.is_some_and(|word| !word.is_empty()), "{object}");
    }
    let error = hub.status().get("Teapot", 1).send().await.expect_err("no such kind");
    assert_eq!(mlhub::auger::param_errors(&error)[0].error_param.as_deref(), Some("object"));
}

//! The code of `docs/auger/first-ten-minutes.md`, compiled and run against the
//! stand-in.

use std::time::Duration;

use futures::TryStreamExt;
use mlhub::{Error, auger};
use mlhub_auger_standin::AugerHub;
use serde_json::{Value, json};

use super::client;

fn made() -> Result<(), Error> {
    let hub = auger::Client::builder("http://localhost:5000").project_token("some secret token").build()?;
    drop(hub);
    let hub = auger::Client::builder("https://app.auger.ai")
        .token("of a person")
        .cluster_token("of a cluster")
        .project_token("of a project")
        .optimizers_url("https://optimizers.example.org")
        .connection_retries_count(5)
        .retries_count(5)
        .retry_wait_seconds(5)
        .timeout(Duration::from_secs(20))
        .build()?;
    drop(hub);
    Ok(())
}

async fn list(hub: &auger::Client) -> Result<(), Error> {
    let page = hub.experiment_session().list().send().await?;
    println!("{} sessions", page.data.len());

    // A part of the list.
    let page = hub.experiment_session().list().offset(100).limit(50).send().await?;
    println!("{} sessions", page.data.len());

    // All objects, page after page, as a stream.
    let mut manifests = hub.dataset_manifest().list().items();
    while let Some(manifest) = manifests.try_next().await? {
        println!("{} {:?}", manifest.id, manifest.name);
    }

    // Some lists are cut down to what belongs to another object.
    let models: Vec<_> = hub.pipeline().list().experiment_session_id(1).items().try_collect().await?;
    println!("{} models", models.len());
    Ok(())
}

async fn get(hub: &auger::Client) -> Result<(), Error> {
    let pipeline = hub.pipeline().get(12313).experiment_session_id(1).send().await?.data;
    println!("{:?}", pipeline.status);
    Ok(())
}

async fn create(hub: &auger::Client) -> Result<(), Error> {
    let pipeline = hub
        .pipeline()
        .create()
        .id("pipeline-123")
        .experiment_session_id("1bf484f7305779")
        .trial_id("2c9f4cd18e")
        .trial(json!({
            "task_type": "subdue leather bags",
            "evaluation_type": "fastest one",
            "score_name": "strict one",
            "score_value": 99.9,
            "hyperparameter": {
                "algorithm_name": "SVM",
                "algorithm_params": {"x": 1, "y": 2}
            }
        }))
        .send()
        .await?
        .data;
    println!("{}", pipeline.id);
    Ok(())
}

async fn update(hub: &auger::Client) -> Result<(), Error> {
    let session = hub.experiment_session().update(4).status("completed").send().await?.data;
    println!("{:?}", session.updated_at);
    Ok(())
}

async fn bulk(hub: &auger::Client) -> Result<(), Error> {
    let trials = hub
        .trial()
        .update_many()
        .experiment_session_id("1bf484f7305779")
        .trials([json!({
            "crossValidationFolds": 5,
            "uid": "3D1E99741D37422",
            "classification": true,
            "algorithm_name": "sklearn.ensemble.ExtraTreesClassifier",
            "score": 0.96,
            "score_name": "accuracy",
            "algorithm_params": {
                "bootstrap": false,
                "min_samples_leaf": 11,
                "n_estimators": 100,
                "max_features": 0.9907161412382496,
                "criterion": "gini",
                "min_samples_split": 6
            }
        })])
        .send()
        .await?
        .data;
    println!("{} trials", trials.len());
    Ok(())
}

async fn status(hub: &auger::Client) -> Result<(), Error> {
    let status = hub.status().get("Project", 1).send().await?.data.status;
    println!("{status:?}");
    Ok(())
}

async fn wait(hub: &auger::Client) -> Result<(), Error> {
    hub.project().deploy(1).worker_type_id(1).workers_count(2).send().await?;
    let project = hub.project().get(1).wait_running().await?;
    println!("{:?} runs", project.name);

    let asked = hub.prediction().create().pipeline_id("p1").features(["petal"]).records([[1.5]]).send().await?.data;
    let done = hub.prediction().get(&asked.id).wait().timeout(Duration::from_secs(600)).await?;
    println!("{:?}", done.result);
    Ok(())
}

async fn errors(hub: &auger::Client) -> Result<(), Error> {
    if let Err(error) = hub.dataset_manifest().create().name("iris").send().await {
        match auger::PythonError::of(&error) {
            auger::PythonError::InvalidParams => {
                for param in auger::param_errors(&error) {
                    println!("{:?}: {:?}", param.error_param, param.message);
                }
            }
            auger::PythonError::Retryable | auger::PythonError::Network => println!("later: {error}"),
            _ => return Err(error),
        }
    }
    Ok(())
}

async fn next_trials(hub: &auger::Client) -> Result<(), Error> {
    let next = hub
        .optimizer()
        .next_trials()
        .optimizer_name("optimizers_service.optimizers.tpe_hyperopt_optimizer.TPEHyperoptOptimizer")
        .optimizer_params(json!({"batch_size": 1}))
        .search_space(json!({}))
        .trials_history([] as [Value; 0])
        .trial_workers_count(1)
        .optimizer_context(json!({}))
        .tasks_run_parallel(false)
        .send()
        .await?;
    for trial in next.trials()? {
        println!("{:?}", trial.algorithm_name);
    }
    Ok(())
}

async fn next_trials_v2(hub: &auger::Client) -> Result<(), Error> {
    let next = hub
        .optimizer()
        .next_trials_v2()
        .trials_total_count(999)
        .trials_limit(10)
        .search_space(json!({}))
        .trials_history([] as [Value; 0])
        .optimizer_context(json!({}))
        .send()
        .await?
        .data;
    println!("{:?}", next.trials);
    Ok(())
}

async fn fte(hub: &auger::Client) -> Result<(), Error> {
    let time = hub
        .optimizer()
        .fte()
        .alg_name("sklearn.ensemble.RandomForestClassifier")
        .alg_params(json!({
            "bootstrap": true,
            "min_samples_leaf": 13,
            "n_estimators": 100,
            "min_samples_split": 3,
            "criterion": "gini",
            "max_features": 0.08361531837907793
        }))
        .ncols(100)
        .nrows(10000)
        .send()
        .await?
        .data;
    println!("{:?} seconds", time.estimated_time);
    Ok(())
}

async fn delete(hub: &auger::Client) -> Result<(), Error> {
    let all: Vec<_> = hub.review_alert().list().items().try_collect().await?;
    for alert in &all {
        hub.review_alert().delete(&alert.id).send().await?;
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn every_block_of_the_guide_runs() -> Result<(), Error> {
    made()?;
    let standin = AugerHub::new();
    standin.add("pipelines", json!({"id": "12313"}));
    standin.add("experiment_sessions", json!({"id": "4"}));
    let hub = client(&standin);
    list(&hub).await?;
    get(&hub).await?;
    create(&hub).await?;
    update(&hub).await?;
    bulk(&hub).await?;
    status(&hub).await?;
    wait(&hub).await?;
    errors(&hub).await?;
    next_trials(&hub).await?;
    next_trials_v2(&hub).await?;
    fte(&hub).await?;
    delete(&hub).await
}

#[test]
fn the_guide_has_this_code() {
    let guide = include_str!("../../../docs/auger/first-ten-minutes.md");
    let plain = |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    let here = plain(include_str!("guide.rs"));
    let blocks: Vec<_> = guide.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), 14);
    for block in blocks {
        assert!(here.contains(&plain(block)), "not in this file:\n{block}");
    }
}

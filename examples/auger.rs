//! A model from a file to a prediction, as users of Auger's Hub do it.
//!
//! `cargo run --example auger --features auger,testing` runs against a stand-in
//! for the Hub, in no time. With `MLHUB_AUGER_URL` and
//! `MLHUB_AUGER_PROJECT_TOKEN` set it runs against that Hub instead, and takes
//! as long as that takes; give the id of a project.

use std::error::Error;

use futures::TryStreamExt;
use mlhub::auger::Client;
use mlhub_auger_standin::AugerHub;
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::var("MLHUB_AUGER_URL") {
        Ok(url) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let token = std::env::var("MLHUB_AUGER_PROJECT_TOKEN")?;
            let project = std::env::args().nth(1).ok_or("give the id of a project")?;
            let hub = Client::builder(url).project_token(token).build()?;
            runtime.block_on(story(&hub, &project))
        }
        Err(_) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
            runtime.block_on(async {
                let standin = AugerHub::new();
                let hub = Client::builder("http://hub.test").project_token("t").lab(standin.lab()).build()?;
                story(&hub, "1").await
            })
        }
    }
}

async fn story(hub: &Client, project: &str) -> Result<(), Box<dyn Error>> {
    println!("starting project {project}");
    hub.project().deploy(project).worker_type_id(1).workers_count(2).send().await?;
    hub.project().get(project).wait_running().on_progress(|news| println!("  {news}")).await?;

    let file = hub.project_file().create().project_id(project).name("iris").url("s3://bucket/iris.csv");
    let file = file.file_name("iris.csv").send().await?.data;
    let file = hub.project_file().get(&file.id).wait().await?;
    println!("data set {} is {:?}", file.id, file.status);

    let experiment = hub.experiment().create().project_id(project).name("iris-experiment").send().await?.data;
    let session = hub.experiment_session().create().experiment_id(&experiment.id).model_type("classification");
    let session = session.model_settings(json!({"evaluation_options": {"scoring": "f1_macro"}})).send().await?.data;
    let session = hub.experiment_session().get(&session.id).wait().await?;
    println!("run {} is {:?}", session.id, session.status);

    let mut trials: Vec<_> = hub.trial().list().items().try_collect().await?;
    trials.sort_by(|a, b| b.score_value.unwrap_or_default().total_cmp(&a.score_value.unwrap_or_default()));
    let best = trials.first().ok_or("no trial")?;
    println!("best of {}: {} with {:?} {:?}", trials.len(), best.id, best.score_name, best.score_value);

    let model = hub.pipeline().create().trial_id(&best.id).send().await?.data;
    let model = hub.pipeline().get(&model.id).wait().await?;
    let asked = hub.prediction().create().pipeline_id(&model.id).features(["petal"]).records([[1.5]]).send().await?;
    let done = hub.prediction().get(&asked.data.id).wait().await?;
    println!("{}", done.result.unwrap_or_default());

    hub.project().undeploy(project).send().await?;
    hub.project().get(project).wait_undeployed().await?;
    println!("project {project} has stopped");
    Ok(())
}

//! From points to a forecast, as users of Loud ML do it.
//!
//! `cargo run --example loudml_forecast --features loudml,testing` runs against
//! a scripted server, **which learns nothing**: it gives the same forecast to
//! everybody, in no time. With `MLHUB_LOUDML_URL` set it runs against that
//! server instead; say where its InfluxDB is as the argument.

use std::error::Error;
use std::time::Duration;

use mlhub::TimeExpr;
use mlhub::clock::{Clock as _, SystemClock};
use mlhub::loudml::{Client, types};
use mlhub::testing::{Lab, Reply, SeenRequest};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::var("MLHUB_LOUDML_URL") {
        Ok(url) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let store = std::env::args().nth(1).ok_or("say where InfluxDB is, as 127.0.0.1:8086")?;
            runtime.block_on(story(&Client::builder(url).build()?, &store))
        }
        Err(_) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
            runtime.block_on(async {
                let lab = Lab::new();
                lab.rule(scripted);
                story(&Client::builder("loud.test").lab(&lab).build()?, "127.0.0.1:8086").await
            })
        }
    }
}

async fn story(loud: &Client, store: &str) -> Result<(), Box<dyn Error>> {
    println!("Loud ML {}", loud.require_version().await?.version);

    let bucket: types::NewBucket = json!({"name": "example", "type": "influxdb", "addr": store, "database": "example",
        "create_database": "true", "measurement": "cpu"})
    .try_into()?;
    loud.buckets().create().body(bucket).send().await?;
    let now = SystemClock::new().wall();
    let load = |minute: u32| 0.5 + 0.3 * (f64::from(minute) / 60.0 * std::f64::consts::TAU).sin();
    let points = (0..3000)
        .map(|minute| types::Point::at(now - Duration::from_secs(60 * u64::from(minute))).field("load", load(minute)));
    println!("{} points written", loud.write_points("example", points, 1000).await?);

    let model: types::NewModel = json!({"name": "example", "type": "donut", "default_bucket": "example",
        "bucket_interval": "1m", "interval": 60, "offset": "10s", "span": 10, "max_evals": 1,
        "features": [{"name": "avg_load", "measurement": "cpu", "metric": "avg", "field": "load", "default": "previous"}]})
    .try_into()?;
    if !loud.models().exists("example").send().await? {
        loud.models().create().body(model).send().await?;
    }
    let job = loud.models().train("example").from("now-49h").start().await?;
    println!("training, to be resumed by {}", job.clone().wait().handle());
    job.wait().timeout(Duration::from_secs(600)).on_progress(|news| println!("  {news}")).await?;

    let call = loud.models().forecast("example").from(TimeExpr::now()).to(TimeExpr::ahead(Duration::from_secs(180)));
    let series = call.start().await?.fetch_result().await?;
    for step in series.steps("avg_load") {
        println!("{}: {:.2} ({:.2} to {:.2})", step.timestamp, step.predicted, step.lower, step.upper);
    }
    Ok(())
}

/// What the server says. Its jobs are done after two seconds.
fn scripted(seen: &SeenRequest) -> Option<Reply> {
    let job = |id: &str, result: serde_json::Value| {
        let over = seen.at.as_secs_f64() % 5.0 > 2.0;
        let state = if over { "done" } else { "running" };
        json!([{"id": id, "state": state, "result": result, "end_timestamp": over.then_some(1.0)}])
    };
    let forecast = json!({"timestamps": [60.0, 120.0], "observed": {"avg_load": [null, null]}, "predicted":
        {"avg_load": [0.5, 0.6], "lower_avg_load": [0.4, 0.5], "upper_avg_load": [0.6, 0.7]}});
    Some(match (seen.method.as_str(), seen.path()) {
        ("GET", "/") => Reply::json(&json!({"version": "1.6.0"})),
        ("HEAD", _) => Reply::status(404),
        ("POST", "/buckets" | "/models") => Reply::status(201).with_json(&json!("success")),
        ("POST", path) if path.ends_with("_forecast") => Reply::status(202).with_json(&json!("forecast")),
        ("POST", _) => Reply::status(202).with_json(&json!("other")),
        ("GET", "/jobs/forecast") => Reply::json(&job("forecast", forecast)),
        _ => Reply::json(&job("other", serde_json::Value::Null)),
    })
}

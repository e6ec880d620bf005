//! The recorded stories of jobs, by the clock of a lab.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mlhub::clock::Clock;
use mlhub::loudml::{Client, types};
use mlhub::testing::{Lab, Replay, Reply};
use mlhub::{ErrorKind, wait_all};
use serde_json::json;

use crate::recordings;
use crate::support::Checked;

/// The recorded server.
fn recorded() -> Option<(Lab, Client)> {
    let lab = Lab::new();
    Replay::new(&recordings::read("loudml.json")?).expect("recordings").serve(&lab);
    let client = Client::builder("10.0.0.1").lab(&lab).build().expect("a plain address");
    Some((lab, client))
}

/// The call with which the story of the training that is done begins.
fn train(client: &Client) -> mlhub::loudml::builder::ModelsTrain<'_> {
    client.models().train("m1").from("now-99h").to("now").max_evals(3u32).epochs(3u32).extra("bg", "true")
}

#[tokio::test(start_paused = true)]
async fn a_training_is_done_when_it_is_and_its_progress_is_told() -> Checked {
    let Some((lab, client)) = recorded() else { return Ok(()) };
    let told = Mutex::new(Vec::new());
    let job = train(&client).start().await?;
    let done = job.wait().on_progress(|p| told.lock().expect("no panic").push((p.status.clone(), p.fraction))).await?;
    assert!(done.is_over() && done.state.as_deref() == Some("done"), "{done:?}");
    assert_eq!(done.model.as_deref(), Some("m1"));
    // The recorded job ended after 14.9 s, which was seen after 15.2 s.
    let took = lab.clock().now().as_secs_f64();
    assert!((14.8..=15.2 * 1.15).contains(&took), "{took}");
    let told = told.into_inner()?;
    assert!(told.iter().all(|(status, _)| ["waiting", "running"].contains(&status.as_deref().unwrap_or_default())));
    let fractions: Vec<_> = told.iter().filter_map(|(_, fraction)| *fraction).collect();
    assert!(fractions.is_sorted() && fractions.contains(&(1.0 / 3.0)), "{fractions:?}");
    // A training gives no series, and says so.
    assert_eq!(done.series().expect_err("none").kind(), ErrorKind::Failed);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_training_that_is_cancelled_while_it_runs_ends_as_canceled() -> Checked {
    let Some((lab, client)) = recorded() else { return Ok(()) };
    let job = client.models().train("m3").from("now-49h").to("now").max_evals(40u32).epochs(2u32).start().await?;
    let (waiting, cancelling) = (job.clone().wait(), async {
        lab.clock().sleep(Duration::from_millis(6262)).await;
        job.cancel().await
    });
    let (ended, cancelled) = futures::join!(waiting, cancelling);
    cancelled?;
    let error = ended.expect_err("canceled");
    assert_eq!((error.kind(), error.message()), (ErrorKind::Failed, Some("job canceled")));
    assert!(error.to_string().contains("canceled"), "{error}");
    Ok(())
}

/// Its state goes back to `running` when its turn comes, and stays so: the end that is there counts.
#[tokio::test(start_paused = true)]
async fn a_training_that_is_cancelled_in_the_queue_ends_although_it_says_that_it_runs() -> Checked {
    for first_poll_after in [0, 5_000] {
        let Some((lab, client)) = recorded() else { return Ok(()) };
        let job = client.models().train("m3").from("now-49h").to("now").max_evals(2u32).epochs(2u32).start().await?;
        lab.clock().sleep(Duration::from_millis(2033)).await;
        job.clone().cancel().await?;
        lab.clock().sleep(Duration::from_millis(first_poll_after)).await;
        let said = job.clone().fetch().await?;
        let state = if first_poll_after == 0 { "canceled" } else { "running" };
        assert_eq!((said.state.as_deref(), said.is_over()), (Some(state), true));
        let polls = lab.seen().len();
        let error = job.wait().timeout(Duration::from_secs(60)).await.expect_err("canceled");
        assert_eq!((error.kind(), error.message()), (ErrorKind::Failed, Some("job canceled")), "{state}");
        assert_eq!(lab.seen().len(), polls + 1, "one poll is enough");
    }
    Ok(())
}

/// The series of a job, with bounds and without.
#[tokio::test(start_paused = true)]
async fn what_a_job_gives_is_a_typed_series() -> Checked {
    let Some((_, client)) = recorded() else { return Ok(()) };
    let call = client.models().forecast("m1").to("now+3m").save_output_data(true);
    let series = call.start().await?.fetch_result().await?;
    assert_eq!(series.features(), ["avg_foo"]);
    let steps = series.steps("avg_foo");
    assert_eq!(steps.len(), series.times().len());
    assert!(steps.iter().all(|step| step.lower < step.predicted && step.predicted < step.upper), "{steps:?}");
    let read = client.buckets().read("b1").from("now-10m").to("now").bucket_interval("1m").features("avg(bar.foo)");
    let series = read.start().await?.fetch_result().await?;
    let steps = series.steps("avg_foo");
    assert!(steps[0].observed.is_nan() && steps[1].observed == 15.0 && steps[1].predicted.is_nan(), "{steps:?}");
    Ok(())
}

/// Two servers, each of which knows the jobs that it has started and no others; one may be dead.
fn servers(lab: &Lab, dead: Arc<Mutex<bool>>) -> Client {
    lab.rule(move |seen| {
        let host = seen.host().to_owned();
        if host.starts_with("b.") && *dead.lock().expect("no panic") {
            return Some(Reply::no_connection());
        }
        let id = format!("job-of-{}", host.split('.').next().unwrap_or_default());
        let over = seen.at.as_secs() >= 30;
        let job = json!({"id": id, "state": if over { "done" } else { "running" }, "result": null,
            "end_timestamp": over.then_some(30.5)});
        Some(match seen.method.as_str() {
            "POST" if seen.path().ends_with("_cancel") => Reply::status(204),
            "POST" => Reply::status(202).with_json(&json!(id)),
            _ if seen.path() == "/jobs" || seen.path().ends_with(&id) => Reply::json(&json!([job])),
            _ => Reply::status(404).with_json(&json!("job(s) not found")),
        })
    });
    Client::builder("a.test")
        .node("b.test")
        .selector(mlhub::pipeline::RoundRobin::starting_at(1))
        .lab(lab)
        .build()
        .expect("addresses")
}

fn hosts(lab: &Lab, from: usize) -> Vec<String> {
    lab.seen().iter().skip(from).map(|seen| seen.host().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_job_is_waited_for_and_cancelled_at_the_server_that_started_it() -> Checked {
    let lab = Lab::new();
    let client = servers(&lab, Arc::default());
    let job = client.models().train("m1").from("now-1h").start().await?;
    let saved = job.clone().wait().handle().to_string();
    assert!(saved.starts_with("mlhub2:loudml/jobs_id/done@http%3A%2F%2Fb.test%3A8077;job_id=job-of-b"), "{saved}");
    job.clone().wait().await?;
    job.cancel().await?;
    // From another process, by the text alone.
    client.jobs().resume(&saved)?.await?;
    assert!(hosts(&lab, 0).iter().all(|host| host == "b.test:8077"), "{:?}", hosts(&lab, 0));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_dead_server_is_named_with_the_job_that_it_took_along() -> Checked {
    let lab = Lab::new();
    let dead = Arc::new(Mutex::new(false));
    let client = servers(&lab, dead.clone());
    let job = client.models().train("m1").from("now-1h").start().await?;
    *dead.lock().expect("no panic") = true;
    let error = job.wait().await.expect_err("nobody answers");
    assert_eq!(error.kind(), ErrorKind::Connect);
    let line = error.to_string();
    assert!(line.contains("http://b.test:8077") && line.contains("pinned to that server"), "{line}");
    // Everything else goes on at the other.
    client.jobs().list().send().await?;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_job_that_was_forgotten_is_explained() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::status(404).with_json(&json!("job(s) not found"))));
    let client = Client::builder("a.test").lab(&lab).build()?;
    let error = client.jobs().id("0da5e6b5").wait().await.expect_err("gone");
    assert_eq!((error.kind(), error.message()), (ErrorKind::NotFound, Some("job(s) not found")));
    assert!(error.to_string().contains("forgets a job about a minute after its end"), "{error}");
    assert!(!client.jobs().id("0da5e6b5").exists().await?);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn many_jobs_are_waited_for_by_a_list_without_what_they_gave() -> Checked {
    let lab = Lab::new();
    let client = servers(&lab, Arc::default());
    let mut waits = Vec::new();
    for _ in 0..2 {
        // The rotation takes them to both servers.
        waits.push(client.models().train("m1").from("now-1h").start().await?.wait());
    }
    let done: Vec<types::Job> = wait_all(waits).await.into_iter().collect::<Result<_, _>>()?;
    assert_eq!(done.len(), 2);
    let lists: Vec<_> = lab.seen().into_iter().filter(|seen| seen.path() == "/jobs").collect();
    let asked = |seen: &mlhub::testing::SeenRequest| seen.query().contains("fields=id%3Bstate%3Bend_timestamp");
    assert!(lists.iter().all(asked), "{lists:?}");
    Ok(())
}

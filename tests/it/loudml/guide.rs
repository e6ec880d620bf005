//! The pages for users: every call of the table is one that compiles, here.

use std::time::Duration;

use mlhub::loudml::{Client, Host, Hosts, Retry, Sniff, builder, classic, types};
use mlhub::testing::Lab;
use mlhub::{GetBody, Optional, Progress};
use serde_json::{Value, json};

use crate::support::Checked;

fn clients() -> Checked {
    let _ = Hosts::local().builder().build()?;
    let _ = Client::builder("10.0.0.1:8077").node("http://10.0.0.2").build()?;
    let _ = Hosts::new(["a", "b"]).scheme("https").port(443).builder().basic("user", "secret").build()?;
    let _ = Hosts::new([Host::new("a").port(443).scheme("https")]).builder().build()?;
    let _ = Client::builder("a").sniff(Sniff::on_start().on_failure().every(Duration::from_secs(60))).build()?;
    let _ = Client::builder("a").max_connections(25).build()?;
    let _ = Client::builder("a").retry(Retry::default().max_attempts(4).on_timeout(true)).build()?;
    let _ = Client::builder("a").cooldown(classic()).build()?;
    let _ = Client::builder("a").timeout(Duration::from_secs(10)).build()?;
    let _ = Client::builder("a").get_body(GetBody::AsPost).build()?;
    let _ = Client::builder("a").header("x-opaque", "1").build()?;
    let _ = Client::builder("a").with(|o| o.gzip(true)).build()?;
    let _ = Client::builder("a").curl_trace(true).build()?;
    Ok(())
}

/// Fails where it is called: there are no such files.
fn with_files() -> Result<Client, mlhub::Error> {
    let client = Client::builder("https://a").ca_file("ca.pem").client_certificate("c.pem", "k.pem").build()?;
    Ok(client)
}

async fn client_calls(l: Client, points: Vec<types::Point>) -> Checked {
    let _ = l.info().await?;
    let _ = l.version().await?;
    let _ = l.ping().await.is_ok();
    let _ = l.write_points("b1", points, 1000).await?;
    let _ = l.with(|o| o.timeout(Duration::from_secs(2)));
    let _ = l.models().get("m1").send().await.optional()?;
    Ok(())
}

fn settings() -> Value {
    json!({"name": "m1", "type": "donut"})
}

async fn models(l: Client) -> Checked {
    let _ = l.models().list();
    let _ = l.models().get(["m1"]).fields(["settings", "state"]);
    let _ = l.models().get(["m1"]).fields(["state"]).include_fields(false);
    let _ = l.models().list().items();
    let _ = l.models().get(["m1"]);
    let _ = l.models().exists(["m1", "m2"]);
    let settings = settings();
    let _ = l.models().create().body(types::NewModel::try_from(settings)?);
    let _ = l.models().create_from_template().from_template("t1").body(json!({"name": "m1"}));
    let _ = l.models().delete("m1");
    let _ = l.models().train("m1").from("now-7d").max_evals(10u32).start().await?;
    let _ = l.models().eval_model("m1").from("now-1h").to("now").start().await?;
    let _ = l.models().eval_model_now("m1").from("now-1h").to("now");
    let _ = l.models().forecast("m1").from("now").to("now+1h").start().await?;
    let _ = l.models().forecast_now("m1").from("now").to("now+1h");
    let _ = l.models().start_inference("m1").save_output_data(true);
    let _ = l.models().stop_inference("m1");
    let _ = l.models().versions().list("m1");
    let _ = l.models().versions().list("m1").items();
    let _ = l.models().versions().load("m1").version("00");
    let _ = l.models().versions().exists("m1", "00").await?;
    let settings = self::settings();
    let _ = l.models().update("m1").body(types::NewModel::try_from(settings)?);
    let _ = l.models().training("m1");
    let _ = l.hooks().list("m1");
    let _ = l.hooks().create("m1").body(types::NewHook::try_from(json!({"type": "annotations", "name": "h1"}))?);
    Ok(())
}

async fn buckets_and_templates(l: Client, points: Vec<types::Point>) -> Checked {
    let _ = l.buckets().list();
    let _ = l.buckets().get(["b1"]);
    let _ = l.buckets().list().items();
    let _ = l.buckets().exists("b1");
    let settings = settings();
    let _ = l.buckets().create().body(types::NewBucket::try_from(settings)?);
    let _ = l.buckets().delete("b1");
    let _ = l.buckets().clear("b1");
    let _ = l
        .buckets()
        .read("b1")
        .from("now-1h")
        .to("now")
        .bucket_interval("1m")
        .features(["avg(cpu.load)"])
        .start()
        .await?;
    let _ = l.buckets().write("b1").measurement("cpu").body(points).start().await?;
    let settings = self::settings();
    let _ = l.templates().list();
    let _ = l.templates().get(["t1"]);
    let _ = l.templates().list().items();
    let _ = l.templates().exists("t1");
    let _ = l.templates().create().name("t1").body(settings);
    let _ = l.templates().delete("t1");
    Ok(())
}

async fn jobs(l: Client, told: fn(&Progress)) -> Checked {
    let _ = l.jobs().list();
    let _ = l.jobs().get(["id1", "id2"]);
    let _ = l.jobs().list().fields(["result"]).include_fields(false).items();
    let _ = l.jobs().exists("id1");
    let one = || l.jobs().id("id1");
    let job: builder::JobsId<'_> = one();
    let _ = job.fetch().await?;
    let job = one();
    let _ = job.exists().await?;
    let job = one();
    let _ = job.wait().await?;
    let job = one();
    let _ = job.wait().on_progress(told).await?;
    let job = one();
    let _ = job.fetch_result().await?;
    let job = one();
    job.cancel().await?;
    let job = one();
    let _ = job.fetch().await?.is_over();
    let _ = l.jobs().cancel_job("id1");
    l.jobs().cancel_jobs(["id1", "id2"]).await?;
    let _ = l.scheduled_jobs().list();
    let _ = l.scheduled_jobs().get(["s1"]);
    let _ = l.scheduled_jobs().list().items();
    let _ = l.scheduled_jobs().exists("s1");
    let settings = settings();
    let _ = l.scheduled_jobs().create().body(types::NewScheduledJob::try_from(settings)?);
    let _ = l.scheduled_jobs().delete("s1");
    let _ = l.scheduled_jobs().delete_all();
    let _ = (l.buckets().update("b1"), l.models().top("m1"), l.hooks().test("m1", "h1"));
    let _ = l.jobs().cancel_job("id1;id2");
    Ok(())
}

#[test]
fn clients_are_made_as_the_table_says() -> Checked {
    clients()?;
    assert!(with_files().is_err());
    let lab = Lab::new();
    let client = Client::builder("a").lab(&lab).build()?;
    // Futures are lazy: made here, dropped here.
    drop(client_calls(client.clone(), Vec::new()));
    drop(models(client.clone()));
    drop(buckets_and_templates(client.clone(), Vec::new()));
    drop(jobs(client, |_| ()));
    assert!(lab.seen().is_empty());
    Ok(())
}

/// Text without its spaces and line ends.
fn dense(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn each_call_of_the_table_is_in_this_file() {
    let page = include_str!("../../../docs/loudml/from-loudml-python.md");
    let source = dense(include_str!("guide.rs"));
    let calls = page.split("## What behaves otherwise").next().unwrap_or_default();
    let last = page.split("## What fails").nth(1).unwrap_or_default();
    let rows =
        calls.lines().filter(|line| line.starts_with("| ") && !line.contains("---") && !line.contains("| mlhub"));
    let cells =
        rows.map(|row| row.replace(r"\|", "\0")).map(|row| row.split('|').nth(2).unwrap_or_default().to_owned());
    let firsts = last
        .lines()
        .filter(|line| line.starts_with("| `l."))
        .map(|row| row.split('|').nth(1).unwrap_or_default().to_owned());
    let cells: Vec<_> = cells.chain(firsts).map(|cell| cell.trim().replace('\0', "|")).collect();
    assert!(cells.len() > 80, "{}", cells.len());
    let code = |cell: &str| Some(cell.strip_prefix('`')?.split('`').next()?.to_owned());
    // Seams are filled by types of the user's own; each has an example where it is described.
    let shown = |cell: &&String| !cell.contains("(..)") && !cell.starts_with("feature");
    let missing: Vec<_> = cells
        .iter()
        .filter(shown)
        .filter(|cell| code(cell).is_none_or(|code| !source.contains(&dense(&code))))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
    let seams = cells.iter().filter(|cell| !shown(cell)).count();
    assert_eq!(seams, 3, "three rows name a seam in place of a call");
}

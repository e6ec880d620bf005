//! Loud ML's document.

use mlhub::loudml::{Client, ops, schemas, types};
use mlhub::testing::Lab;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::surface;
use super::wire::{self, call};

const JOB: &str = "0da5e6b5-6ab0-4d3e-9b19-daf6b524347e";

fn client(lab: &Lab) -> Client {
    wire::over(Client::builder("http://loud.test:8077"), lab)
}

#[test]
fn its_surface() {
    insta::assert_snapshot!("loudml__surface", surface::listing(ops::OPS));
}

#[test]
fn its_types() {
    insta::assert_json_snapshot!("loudml__types", schemas());
}

#[tokio::test(start_paused = true)]
async fn its_requests() {
    let calls: &[wire::Call<Client>] = &[
        call!("buckets_clear", |c| c.buckets().clear("b1")),
        call!("buckets_create", |c| c.buckets().create().body(bucket()).extra("anything", json!([1]))),
        call!("buckets_delete", |c| c.buckets().delete(["b1", "b2"])),
        call!("buckets_exists", |c| c.buckets().exists(["b1", "b2"])),
        call!("buckets_get", |c| c.buckets().get("b1").fields(["name", "type"])),
        call!("buckets_list", |c| c.buckets().list().page(2u32).per_page(10u32).sort("name:-1")),
        call!("buckets_read", |c| {
            let read = c.buckets().read("b1").from("now-1h").to("now+1h");
            read.bucket_interval("1m").features(["avg(bar.foo)", "count(bar.foo)"])
        }),
        call!("buckets_update", |c| c.buckets().update("b1").body(json!({"database": "db2"}))),
        call!("buckets_write", |c| c.buckets().write("b1").measurement("bar").body(points())),
        call!("hooks_create", |c| c.hooks().create("m1").body(hook())),
        call!("hooks_delete", |c| c.hooks().delete("m1", "h1")),
        call!("hooks_get", |c| c.hooks().get("m1", "h1")),
        call!("hooks_list", |c| c.hooks().list("m1")),
        call!("hooks_test", |c| c.hooks().test("m1", "h1")),
        call!("hooks_update", |c| c.hooks().update("m1", "h1").body(typed::<types::HookChange>(json!({"type": "a"})))),
        call!("jobs_cancel_job", |c| c.jobs().cancel_job(JOB)),
        call!("jobs_exists", |c| c.jobs().exists(JOB)),
        call!("jobs_get", |c| c.jobs().get([JOB, "other"]).fields("result").include_fields(false)),
        call!("jobs_id", |c| c.jobs().id(JOB)),
        call!("jobs_list", |c| c.jobs().list().fields(["id", "state"]).sort("state:1")),
        call!("jobs_states", |c| c.jobs().states()),
        call!("models_create", |c| c.models().create().body(model())),
        call!("models_create_from_template", |c| {
            c.models().create_from_template().from_template("t1").body(json!({"name": "m1"}))
        }),
        call!("models_delete", |c| c.models().delete("m1")),
        call!("models_eval_model", |c| c.models().eval_model("m1").from(1_795_221_000).to("now")),
        call!("models_eval_model_now", |c| {
            let now = c.models().eval_model_now("m1").from("now-10m").to("now-5m");
            now.save_output_data(true).output_bucket("b1").flag_abnormal_data(true)
        }),
        call!("models_exists", |c| c.models().exists("m1")),
        call!("models_forecast", |c| c.models().forecast("m1").to("now+3m").constraint("avg_foo:low:5").p_val(0.95)),
        call!("models_forecast_now", |c| c.models().forecast_now("m1").from("now-5m").to("now+3m")),
        call!("models_get", |c| c.models().get(["m1", "m2"]).fields(["settings", "state"])),
        call!("models_list", |c| c.models().list().fields(["state"]).include_fields(false)),
        call!("models_start_inference", |c| c.models().start_inference("m1").flag_abnormal_data(true)),
        call!("models_stop_inference", |c| c.models().stop_inference("m1")),
        call!("models_top", |c| c.models().top("m1").from("now-1h").to("now").size(5u32)),
        call!("models_train", |c| {
            let train = c.models().train("m1").from("now-49h").to("now").max_evals(1u32).epochs(2u32);
            train.input("b2").continue_(true)
        }),
        call!("models_training", |c| c.models().training("m1")),
        call!("models_update", |c| c.models().update("m1").body(model())),
        call!("nodes_get", |c| c.nodes().get("n1")),
        call!("nodes_list", |c| c.nodes().list()),
        call!("scheduled_jobs_create", |c| c.scheduled_jobs().create().body(scheduled())),
        call!("scheduled_jobs_delete", |c| c.scheduled_jobs().delete(["s1", "s2"])),
        call!("scheduled_jobs_delete_all", |c| c.scheduled_jobs().delete_all()),
        call!("scheduled_jobs_exists", |c| c.scheduled_jobs().exists("s1")),
        call!("scheduled_jobs_get", |c| c.scheduled_jobs().get("s1")),
        call!("scheduled_jobs_list", |c| c.scheduled_jobs().list()),
        call!("server_info", |c| c.server().info()),
        call!("server_ping", |c| c.server().ping()),
        call!("templates_create", |c| c.templates().create().name("t1").body(json!({"name": "{{name}}"}))),
        call!("templates_delete", |c| c.templates().delete("t1")),
        call!("templates_exists", |c| c.templates().exists("t1")),
        call!("templates_get", |c| c.templates().get("t1")),
        call!("templates_list", |c| c.templates().list()),
        call!("versions_list", |c| c.versions().list("m1").fields(["version"])),
        call!("versions_load", |c| c.versions().load("m1").version("00")),
    ];
    wire::check("loudml", ops::OPS, calls, client).await;
}

fn typed<T: DeserializeOwned>(value: serde_json::Value) -> T {
    serde_json::from_value(value).expect("the documented shape")
}

fn bucket() -> types::NewBucket {
    typed(json!({"name": "b1", "type": "influxdb", "addr": "127.0.0.1:8086", "database": "db1",
        "create_database": "true", "dbuser": "u", "dbuser_password": "pass word"}))
}

fn points() -> Vec<types::Point> {
    typed(json!([{"timestamp": 1_795_221_600, "foo": 1.5, "tags": {"host": "h1"}}]))
}

fn hook() -> types::NewHook {
    typed(json!({"type": "annotations", "name": "h1", "config": {"type": "loudml", "text": "x {desc}"}}))
}

fn model() -> types::NewModel {
    typed(json!({"name": "m1", "type": "donut", "default_bucket": "b1", "bucket_interval": "1m", "interval": 60,
        "offset": "10s", "span": "auto", "grace_period": 0.5, "seasonality": {"daytime": true},
        "features": [{"name": "avg_foo", "measurement": "bar", "metric": "avg", "field": "foo", "default": 10}]}))
}

fn scheduled() -> types::NewScheduledJob {
    typed(json!({"name": "s1", "method": "post", "relative_url": "/models/m1/_train", "params": {"from": "now-1h"},
        "every": {"count": 1, "unit": "day", "at": "01:00"}}))
}

//! What a server answers is believed only as far as it is what the document says, and failures say what is known.

use mlhub::testing::Reply;
use serde_json::json;

use crate::lab_server::{LabServer, run};

const PAGE: &str = "<!DOCTYPE html>\n<title>Log in</title>";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_for_people_is_no_success_of_a_call() {
    let server = LabServer::always(Reply::bytes(PAGE).header("content-type", "text/html")).await;
    for (platform, call) in [
        ("autotune", &["call", "autotune", "experiment_list"][..]),
        ("autotune", &["call", "autotune", "experiment_list", "-o", "csv"]),
        ("autotune", &["autotune", "experiment", "list"]),
        ("vantage6", &["call", "vantage6", "result_get", "id=1"]),
        ("vantage6", &["vantage6", "result", "get", "1"]),
        ("loudml", &["call", "loudml", "models_delete", "model_names=a"]),
        ("loudml", &["loudml", "models", "delete", "a"]),
    ] {
        let (_, ran) = run(server.home(platform), call).await;
        let said = ran.fails(1);
        assert!(said.contains("MLH-DECODE"), "{call:?}: {said}");
    }
    let (_, ran) = run(server.home("autotune"), &["call", "autotune", "experiment_list"]).await;
    assert!(ran.fails(1).contains("<title>Log in</title>"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_of_another_shape_is_no_success_of_a_call() {
    for body in [json!({"status": "ok"}), json!([1]), json!("ok")] {
        let server = LabServer::always(Reply::json(&body)).await;
        let (_, ran) = run(server.home("autotune"), &["call", "autotune", "experiment_list"]).await;
        let said = ran.fails(1);
        assert!(said.contains("MLH-DECODE") && said.contains(&body.to_string()), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_is_none_is_an_empty_cell() {
    let reply = Reply::bytes("[{\"id\": \"a\", \"score\": NaN, \"bound\": -Infinity}]")
        .header("content-type", "application/json");
    let server = LabServer::always(reply).await;
    let (_, ran) = run(server.home("loudml"), &["call", "loudml", "jobs_get", "job_ids=a", "-o", "csv"]).await;
    let csv = ran.ok();
    assert!(csv.contains("a,") && csv.contains(",,") || csv.ends_with(",\n"), "{csv}");
    assert!(!csv.contains("NaN"), "{csv}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_without_rows_has_its_heading() {
    let server = LabServer::always(Reply::json(&json!({"items": [], "total": 0}))).await;
    let (home, ran) = run(server.home("autotune"), &["autotune", "experiment", "list", "-o", "csv"]).await;
    assert_eq!(ran.ok(), "id,name,direction,told,failed,pending,updated_at\n");
    let (home, ran) = run(home, &["autotune", "experiment", "list", "-o", "csv", "--fields", "name,told"]).await;
    assert_eq!(ran.ok(), "name,told\n");
    let (home, ran) = run(home, &["autotune", "experiment", "list", "-o", "json"]).await;
    assert_eq!(ran.ok(), "[]\n");
    let (_, ran) = run(home, &["autotune", "experiment", "list", "-o", "yaml"]).await;
    assert_eq!(ran.ok(), "[]\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_have_been_done_is_said_and_a_read_is_not_blamed() {
    let covars = r#"covars={"x":{"vtype":"int","guess":1,"min":0,"max":3}}"#;
    for reply in [Reply::hang_up(), Reply::status(500), Reply::json(&json!({"exp_uuid": "x"})).cut()] {
        let server = LabServer::always(reply).await;
        let change = ["call", "autotune", "experiment_create", "name=n", covars];
        let (home, ran) = run(server.home("autotune"), &change).await;
        let said = String::from_utf8_lossy(ran.stderr.as_bytes()).into_owned();
        assert_ne!(ran.code, Some(0), "{ran:?}");
        assert!(said.contains("may have been done"), "{said}");
        assert!(said.trim_end().ends_with("next: mlhub autotune experiment list"), "{said}");
        assert!(!said.to_lowercase().contains("try again"), "{said}");
        let (_, ran) = run(home, &["call", "autotune", "experiment_list", "--call-timeout", "2s"]).await;
        assert!(ran.code != Some(0) && !ran.stderr.contains("may have been done"), "{ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_without_a_result_is_an_error() {
    let server = LabServer::start(|seen| {
        Some(match seen.path() {
            "/result/9" => Reply::json(&json!({"id": 9, "result": null})),
            "/run/9" => Reply::json(&json!({"id": 9, "status": "active", "organization": {"id": 2, "link": "/organization/2", "methods": []}})),
            "/version" => Reply::json(&json!({"version": "5.0.3"})),
            _ => return None,
        })
    })
    .await;
    let (_, ran) = run(server.home("vantage6"), &["vantage6", "result", "get", "9"]).await;
    let said = ran.fails(4);
    assert!(said.contains("run 9 has no result; its status is \"active\""), "{said}");
    assert!(said.trim_end().ends_with("next: mlhub vantage6 run log 9"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_wants_a_name_leads_to_no_login_at_the_platform() {
    let server = LabServer::always(Reply::status(407).header("proxy-authenticate", "Basic realm=\"p\"")).await;
    let (_, ran) = run(server.home("autotune"), &["autotune", "experiment", "list"]).await;
    assert_ne!(ran.code, Some(0));
    assert!(!ran.stderr.contains("mlhub login") && ran.stderr.contains("proxy"), "{ran:?}");
    assert!(ran.stderr.trim_end().ends_with("next: mlhub config explain autotune"), "{ran:?}");
}

//! What the table of operations alone is enough for: lists and waits without a type of their own.

use futures::TryStreamExt;
use mlhub::op::{Op, ParamKind};
use mlhub::testing::{Lab, Reply};
use mlhub::{ErrorKind, RawCall, WaitHandle};
use own_hub::Client;
use own_hub::ops::OPS;
use serde_json::{Value, json};

fn row(id: &str) -> &'static Op {
    OPS.iter().find(|op| op.id == id).expect("a row")
}

fn call(lab: &Lab, id: &str) -> RawCall {
    let client =
        Client::builder("http://workshop.test/base").token("tok").transport(lab.clone()).clock(lab.clock()).build();
    client.expect("a plain address").call(row(id))
}

async fn ids(call: RawCall) -> Result<Vec<String>, mlhub::Error> {
    let items: Vec<_> = call.items().try_collect().await?;
    Ok(items.into_iter().filter_map(|item| item.id).collect())
}

#[test]
fn the_table_says_what_people_look_at_and_what_a_value_is() {
    assert_eq!(row("tool_list").columns, ["id"]);
    // Among the defaults, and only where there are such fields.
    assert_eq!(row("job_list").columns, ["id", "status"]);
    assert_eq!(row("auth_token").columns, [""; 0]);
    assert_eq!((row("job_get").row, row("tool_get").row), ("data", ""));
    let kind = |id: &str, name: &str| row(id).param(name).expect("a parameter").kind;
    assert_eq!(kind("tool_list", "limit"), ParamKind::Integer);
    assert_eq!(kind("tool_list", "kinds"), ParamKind::Text);
    assert_eq!(kind("auth_token", "username"), ParamKind::Text);
}

#[tokio::test(start_paused = true)]
async fn a_list_walks_its_pages_by_offset() {
    let lab = Lab::new();
    let tool = |id: u64| json!({"id": id});
    lab.then(Reply::json(&json!({"items": [tool(1), tool(2)], "meta": {"total": 3}})))
        .then(Reply::json(&json!({"items": [tool(2), tool(3)], "meta": {"total": 3}})));
    let tools = ids(call(&lab, "tool_list").arg("kinds", json!(["saw", "drill"]))).await.expect("tools");
    assert_eq!(tools, ["1", "2", "3"]);
    let seen = lab.seen();
    assert!(seen[0].query().contains("kinds=saw&kinds=drill"), "{}", seen[0].query());
    assert!(seen[1].query().contains("offset=1"), "{}", seen[1].query());
    assert_eq!(seen[1].query().matches("offset=").count(), 1, "{}", seen[1].query());
}

#[tokio::test(start_paused = true)]
async fn a_walk_begins_where_the_call_is_set_to() {
    let lab = Lab::new();
    lab.then(Reply::json(&json!({"items": [{"id": 21}], "meta": {"total": 21}})));
    assert_eq!(ids(call(&lab, "tool_list").arg("offset", 20).arg("limit", 2)).await.expect("tools"), ["21"]);
    assert_eq!(lab.seen()[0].query(), "offset=20&limit=2");
}

#[tokio::test(start_paused = true)]
async fn a_list_walks_its_pages_by_token() {
    let lab = Lab::new();
    lab.then(Reply::json(&json!({"data": {"jobs": [{"id": "a"}]}, "next": "t2"})))
        .then(Reply::json(&json!({"data": {"jobs": [{"id": "b"}]}, "next": null})));
    assert_eq!(ids(call(&lab, "job_list")).await.expect("jobs"), ["a", "b"]);
    assert_eq!(lab.seen()[1].query(), "after=t2");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_list_is_an_error_and_not_an_empty_one() {
    let lab = Lab::new();
    lab.then(Reply::json(&json!({"data": {"jobs": "none"}})));
    assert_eq!(ids(call(&lab, "job_list")).await.expect_err("no list").kind(), ErrorKind::Decode);
    let error = ids(call(&lab, "job_get").arg("id", "7")).await.expect_err("no list");
    assert_eq!((error.kind(), lab.seen().len()), (ErrorKind::Request, 1));
}

#[tokio::test(start_paused = true)]
async fn a_wait_polls_the_cheap_operation_and_fetches_the_value_once() {
    let lab = Lab::new();
    lab.then(Reply::json(&json!({"status": "queued"})))
        .then(Reply::json(&json!({"status": "done", "progress": 1})))
        .then(Reply::json(&json!({"data": {"id": "7", "status": "done", "result": {"n": 1}}})));
    let wait = call(&lab, "job_get").arg("id", "7").wait(OPS, "done").expect("a goal");
    assert_eq!(wait.await.expect("the job")["result"]["n"], 1);
    let paths: Vec<_> = lab.seen().iter().map(|s| s.path().to_owned()).collect();
    assert_eq!(paths, ["/base/jobs/7/status", "/base/jobs/7/status", "/base/jobs/7"]);
}

#[tokio::test(start_paused = true)]
async fn a_failed_job_is_an_error_with_its_reason() {
    let lab = Lab::new();
    lab.then(Reply::json(&json!({"status": "failed", "reason": "no wood"})));
    let error = call(&lab, "job_get").arg("id", "7").wait(OPS, "done").expect("a goal").await.expect_err("it failed");
    assert!(error.kind() == ErrorKind::Failed && error.to_string().contains("no wood"), "{error}");
    let unknown = call(&lab, "job_get").arg("id", "7").wait(OPS, "polished").expect_err("no such goal");
    assert!(unknown.to_string().contains("it has done, running"), "{unknown}");
}

#[tokio::test(start_paused = true)]
async fn typed_and_untyped_waits_have_the_same_handle_and_take_up_each_others() {
    let lab = Lab::new();
    let client = Client::builder("http://workshop.test/base").transport(lab.clone()).clock(lab.clock()).build();
    let client = client.expect("a plain address");
    let typed = client.job().get("1b;f=4%").wait_running().handle();
    let untyped = call(&lab, "job_get").arg("id", "1b;f=4%").wait(OPS, "running").expect("a goal").handle();
    assert_eq!(typed.to_string(), untyped.to_string());
    let typed_more = client.job().get("7").lines(5).parts(["in", "out"]).wait().handle();
    let untyped_more = call(&lab, "job_get").arg("id", "7").arg("lines", 5).arg("parts", json!(["in", "out"]));
    let untyped_more = untyped_more.wait(OPS, "done").expect("a goal").handle();
    assert_eq!(typed_more.to_string(), untyped_more.to_string());
    lab.then(Reply::json(&json!({"data": {"id": "1b;f=4%", "status": "running"}})));
    let saved: WaitHandle = typed.to_string().parse().expect("a handle");
    let again = call(&lab, saved.op()).held(&saved).wait(OPS, saved.goal()).expect("a goal");
    assert_eq!(again.await.expect("the job")["id"], "1b;f=4%");
    assert_eq!(lab.seen()[0].path(), "/base/jobs/1b%3Bf%3D4%25");
    let other: WaitHandle = "mlhub1:workshop/job_get/done;saw=1".parse().expect("a handle");
    let error = call(&lab, "job_get").held(&other).wait(OPS, "done").expect("a goal").await.expect_err("no saw");
    assert_eq!(error.kind(), ErrorKind::Handle);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_wait_stops_the_job_where_that_is_asked_for() {
    let lab = Lab::new();
    lab.then(Reply::json(&json!({"status": "queued"}))).then(Reply::json(&Value::Null));
    let wait = call(&lab, "job_get").arg("id", "7").wait(OPS, "done").expect("a goal").cancel_on_drop();
    let mut updates = wait.updates();
    updates.try_next().await.expect("a poll");
    drop(updates);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let seen = lab.seen();
    assert_eq!((seen[1].method.as_str(), seen[1].path()), ("PATCH", "/base/jobs/7"));
    assert_eq!(seen[1].json(), json!({"status": "stopped"}));
}

#[tokio::test(start_paused = true)]
async fn what_a_call_starts_is_waited_for_at_the_server_that_answered() {
    let lab = Lab::new();
    lab.rule(|seen| {
        let host = seen.host().trim_end_matches(".test").to_owned();
        Some(match seen.path() {
            "/jobs" => Reply::json(&json!({"data": {"id": "1"}})),
            path if path.ends_with("/status") => Reply::json(&json!({"status": "done"})),
            _ => Reply::json(&json!({"data": {"id": "1", "result": {"of": host}}})),
        })
    });
    let builder = Client::builder("http://a.test").node("http://b.test").transport(lab.clone()).clock(lab.clock());
    let client = builder.build().expect("plain addresses");
    for _ in 0..4 {
        let before = lab.seen().len();
        let job = client.call(row("job_create")).arg("tool", "saw").start(OPS).await.expect("a job").0;
        let wait = job.wait(OPS, "done").expect("a goal");
        let handle: WaitHandle = wait.handle().to_string().parse().expect("a handle");
        let of = wait.await.expect("the job")["result"]["of"].clone();
        let hosts: Vec<_> = lab.seen()[before..].iter().map(|seen| seen.host().to_owned()).collect();
        assert!(hosts.iter().all(|host| *host == hosts[0]), "{hosts:?}");
        assert_eq!(handle.node(), Some(format!("http://{}", hosts[0]).as_str()));
        let again = client.call(row("job_get")).held(&handle).wait(OPS, "done").expect("a goal");
        assert_eq!(again.await.expect("the job")["result"]["of"], of);
    }
    let error = client.call(row("tool_list")).start(OPS).await.expect_err("it starts nothing");
    assert_eq!(error.kind(), ErrorKind::Request);
}

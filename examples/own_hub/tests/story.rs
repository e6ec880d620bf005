//! What a document alone gives: calls, a form, lists, waits, handles, streams.

use futures::TryStreamExt;
use mlhub::testing::{Lab, Reply};
use mlhub::{ErrorKind, WaitHandle};
use own_hub::{Client, ops, types};
use serde_json::json;

fn workshop(lab: &Lab) -> Client {
    Client::builder("http://workshop.test/base")
        .token("tok")
        .transport(lab.clone())
        .clock(lab.clock())
        .build()
        .expect("a plain address")
}

#[tokio::test(start_paused = true)]
async fn a_form_goes_out_as_a_form_and_its_secret_reply_stays_hidden() {
    let lab = Lab::new();
    lab.then(Reply::json(&json!({"access_token": "s3cret"})));
    let form = types::Login::builder().username("me".to_owned()).password("pass word".to_owned());
    let token = workshop(&lab).auth().token().body(form).send().await.expect("a token");
    let seen = &lab.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path()), ("POST", "/base/token"));
    assert_eq!(seen.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(seen.header("authorization"), None);
    let mut fields: Vec<_> = std::str::from_utf8(&seen.body).expect("text").split('&').collect();
    fields.sort_unstable();
    assert_eq!(fields, ["password=pass+word", "username=me"]);
    assert!(!format!("{token:?}").contains("s3cret"));
    assert_eq!(token.access_token.expose(), "s3cret");
}

#[tokio::test(start_paused = true)]
async fn a_list_walks_its_pages_by_offset() {
    let lab = Lab::new();
    let tool = |id: u64| json!({"id": id});
    lab.then(Reply::json(&json!({"items": [tool(1), tool(2)], "meta": {"total": 3}})))
        .then(Reply::json(&json!({"items": [tool(2), tool(3)], "meta": {"total": 3}})));
    let tools: Vec<_> =
        workshop(&lab).tool().list().kinds(["saw", "drill"]).items().try_collect().await.expect("tools");
    assert_eq!(tools.iter().map(|t| t.id).collect::<Vec<_>>(), [1, 2, 3]);
    let seen = lab.seen();
    assert_eq!(seen.len(), 2);
    assert!(seen[0].query().contains("kinds=saw&kinds=drill"), "{}", seen[0].query());
    // Pages overlap by an item, to see whether the list has moved.
    assert!(seen[1].query().contains("offset=1"), "{}", seen[1].query());
    assert_eq!(seen[1].header("authorization"), Some("Bearer tok"));
}

#[tokio::test(start_paused = true)]
async fn a_walk_begins_where_the_call_is_set_to() {
    let lab = Lab::new();
    lab.then(Reply::json(&json!({"items": [{"id": 21}, {"id": 22}], "meta": {"total": 23}})))
        .then(Reply::json(&json!({"items": [{"id": 22}, {"id": 23}], "meta": {"total": 23}})));
    let mut tools = workshop(&lab).tool().list().offset(20u64).limit(2u64).items();
    let mut ids = Vec::new();
    while let Some(tool) = tools.try_next().await.expect("tools") {
        ids.push(tool.id);
    }
    assert_eq!((ids.as_slice(), tools.shifted()), ([21, 22, 23].as_slice(), false));
    let queries: Vec<_> = lab.seen().iter().map(|s| s.query().to_owned()).collect();
    assert_eq!(queries, ["limit=2&offset=20", "limit=2&offset=21"]);
}

#[tokio::test(start_paused = true)]
async fn a_list_walks_its_pages_by_token() {
    let lab = Lab::new();
    lab.then(Reply::json(&json!({"data": {"jobs": [{"id": "a"}]}, "next": "t2"})))
        .then(Reply::json(&json!({"data": {"jobs": [{"id": "b"}]}, "next": null})));
    let jobs: Vec<_> = workshop(&lab).job().list().items().try_collect().await.expect("jobs");
    assert_eq!(jobs.iter().map(|j| j.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(lab.seen()[1].query(), "after=t2");
}

#[tokio::test(start_paused = true)]
async fn a_wait_polls_the_cheap_operation_and_fetches_the_value_once() {
    let lab = Lab::new();
    lab.then(Reply::json(&json!({"status": "queued"})))
        .then(Reply::json(&json!({"status": "a word nobody knows", "progress": 0.5})))
        .then(Reply::json(&json!({"status": "done", "progress": 1})))
        .then(Reply::json(&json!({"data": {"id": "7", "status": "done", "result": {"n": 1}}})));
    let job = workshop(&lab).job().get("7").wait().await.expect("the job");
    assert_eq!(job.result.expect("a result")["n"], 1);
    let paths: Vec<_> = lab.seen().iter().map(|s| s.path().to_owned()).collect();
    assert_eq!(paths, ["/base/jobs/7/status", "/base/jobs/7/status", "/base/jobs/7/status", "/base/jobs/7"]);
}

#[tokio::test(start_paused = true)]
async fn a_wait_leaves_the_server_alone_for_as_long_as_an_answer_asks() {
    let lab = Lab::new();
    lab.then(Reply::json(&json!({"status": "queued"})).header("retry-after", "120"))
        .then(Reply::json(&json!({"status": "done"})))
        .then(Reply::json(&json!({"data": {"id": "7"}})));
    workshop(&lab).job().get("7").wait().await.expect("the job");
    let times: Vec<_> = lab.seen().iter().map(|s| s.at.as_secs()).collect();
    assert_eq!(times, [0, 120, 120]);
}

#[tokio::test(start_paused = true)]
async fn a_failed_job_is_an_error_with_its_reason() {
    let lab = Lab::new();
    lab.then(Reply::json(&json!({"status": "failed", "reason": "no wood"})));
    let error = workshop(&lab).job().get("7").wait().await.expect_err("it failed");
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert!(error.to_string().contains("no wood"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_saved_wait_is_taken_up_by_another_client() {
    let lab = Lab::new();
    let saved: WaitHandle = workshop(&lab).job().get("1b;f=4%").wait_running().handle();
    let text = saved.to_string();
    assert!(text.len() < 512 && !text.contains("workshop.test"), "{text}");
    lab.then(Reply::json(&json!({"data": {"id": "1b;f=4%", "status": "running"}})));
    let job = workshop(&lab).job().resume(&text).expect("a handle").await.expect("the job");
    assert_eq!(job.id, "1b;f=4%");
    assert_eq!(lab.seen()[0].path(), "/base/jobs/1b;f=4%25");
    let foreign = text.replace("workshop", "joinery");
    assert_eq!(workshop(&lab).job().resume(&foreign).err().map(|e| e.kind()), Some(ErrorKind::Handle));
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_handed_over_as_it_comes() {
    let lab = Lab::new();
    lab.then(Reply::status(200).with_pieces(["one ", "two"]));
    let log = workshop(&lab).job().log("7").send().await.expect("a stream");
    assert_eq!(log.text().await.expect("text"), "one two");
}

#[tokio::test(start_paused = true)]
async fn parameters_in_a_body_keep_their_types_and_a_key_lets_them_be_repeated() {
    let lab = Lab::new();
    lab.then(Reply::status(503)).then(Reply::json(&json!({"data": {"id": "9"}})));
    let client = workshop(&lab);
    let call = client.job().create().tool("saw").steps([1, 2]).extra("colour", "red");
    assert_eq!(call.send().await.expect("a job").data.id, "9");
    let seen = lab.seen();
    assert_eq!(seen[0].json(), json!({"tool": "saw", "steps": [1, 2], "colour": "red"}));
    assert_eq!(seen[0].query(), "");
    let keys: Vec<_> = seen.iter().map(|s| s.header("idempotency-key").expect("a key").to_owned()).collect();
    assert_eq!((keys.len(), &keys[0]), (2, &keys[1]));
}

#[tokio::test(start_paused = true)]
async fn names_join_in_a_path_and_a_separator_in_a_name_is_refused() {
    let lab = Lab::new();
    lab.then(Reply::json(&json!([{"id": 1, "bought": "2026-01-02T03:04:05.5+00:00"}])));
    let tools = workshop(&lab).tool().get(["first", "b/c"]).send().await.expect("tools");
    assert_eq!(tools[0].bought.as_ref().expect("a time").to_string(), "2026-01-02T03:04:05.5+00:00");
    assert_eq!(lab.seen()[0].path(), "/base/tools/first;b%2Fc");
    let error = workshop(&lab).tool().get("a;b").send().await.expect_err("two names in one");
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(error.to_string().contains("a;b"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_never_repeated_is_sent_once() {
    let lab = Lab::new();
    lab.then(Reply::status(503)).then(Reply::status(204));
    let error = workshop(&lab).job().clear("7").send().await.expect_err("refused for now");
    assert_eq!((error.status().map(|s| s.as_u16()), lab.seen().len()), (Some(503), 1));
}

#[test]
fn every_operation_has_its_row() {
    let ids: Vec<_> = ops::OPS.iter().map(|op| op.id).collect();
    let expected = [
        "auth_token",
        "job_clear",
        "job_create",
        "job_get",
        "job_list",
        "job_log",
        "job_status",
        "job_update",
        "tool_get",
        "tool_list",
    ];
    assert_eq!(ids, expected);
    assert_eq!(ops::PLATFORM, "workshop");
}

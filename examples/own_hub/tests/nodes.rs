//! Jobs that live on one server of several: started there, waited for there, and found there again.

use mlhub::clock::Clock;
use mlhub::pipeline::RoundRobin;
use mlhub::testing::{Lab, Reply};
use mlhub::{ErrorKind, wait_all};
use own_hub::Client;
use serde_json::json;

/// Three servers, each of which knows the jobs that it has started and no others. The number of a job is `SERVER-N`.
fn workshops(lab: &Lab) -> Client {
    lab.rule(|seen| {
        let host = seen.host().trim_end_matches(".test");
        let path = seen.path().trim_start_matches("/jobs");
        let id = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        let known = id.starts_with(host);
        let word = if seen.at.as_secs() >= 60 { "done" } else { "running" };
        Some(match (seen.method.as_str(), path) {
            ("POST", _) => Reply::json(&json!({"data": {"id": format!("{host}-{}", seen.body.len())}})),
            ("GET", "") => Reply::json(&json!({"data": {"jobs": [{"id": format!("{host}-1"), "status": word}]}})),
            _ if !known => Reply::status(404),
            ("PATCH", _) => Reply::status(204),
            (_, path) if path.ends_with("/status") => Reply::json(&json!({"status": word})),
            _ => Reply::json(&json!({"data": {"id": id, "result": {"of": host}}})),
        })
    });
    client(lab)
}

fn client(lab: &Lab) -> Client {
    let builder = Client::builder("http://a.test").node("http://b.test").node("http://c.test");
    let builder = builder.selector(RoundRobin::starting_at(1)).transport(lab.clone()).clock(lab.clock());
    builder.with(|options| options.no_retry()).build().expect("plain addresses")
}

fn hosts(lab: &Lab, from: usize) -> String {
    lab.seen().iter().skip(from).map(|seen| seen.host().trim_end_matches(".test").to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_job_is_waited_for_where_it_was_started() {
    let lab = Lab::new();
    let job = workshops(&lab).job().create().tool("saw").extra("colour", "red").start().await.expect("a job");
    let done = job.wait().await.expect("its end");
    assert_eq!(done.result.expect("a result")["of"], "b");
    let hosts = hosts(&lab, 0);
    assert!(hosts.len() > 5 && hosts.chars().all(|host| host == 'b'), "{hosts}");
    // What was added to the call that starts the job is no part of the calls about it.
    assert!(lab.seen().iter().skip(1).all(|seen| seen.query().is_empty()), "{:?}", lab.seen());
}

#[tokio::test(start_paused = true)]
async fn its_handle_goes_there_from_another_process() {
    let lab = Lab::new();
    let job = workshops(&lab).job().create().tool("saw").start().await.expect("a job");
    let saved = job.wait().handle().to_string();
    assert!(saved.starts_with("mlhub2:workshop/job_get/done@http%3A%2F%2Fb.test;id=b-"), "{saved}");
    assert!(saved.len() < 512, "{saved}");
    let from = lab.seen().len();
    let another = client(&lab);
    let again = another.job().resume(&saved).expect("a handle");
    assert_eq!(again.handle().to_string(), saved);
    again.await.expect("the job");
    another.job().resume(&saved).expect("a handle").cancel().await.expect("it can be stopped");
    let hosts = hosts(&lab, from);
    assert!(hosts.chars().all(|host| host == 'b'), "{hosts}");
    assert_eq!(lab.seen().last().map(|seen| seen.method.to_string()), Some("PATCH".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_dead_server_is_named_and_nobody_else_is_asked() {
    let lab = Lab::new();
    let saved = workshops(&lab).job().create().tool("saw").start().await.expect("a job").wait().handle().to_string();
    let dead = Lab::new();
    dead.rule(|seen| Some(if seen.host() == "b.test" { Reply::no_connection() } else { Reply::status(500) }));
    let error = client(&dead).job().resume(&saved).expect("a handle").await.expect_err("nobody answers");
    assert_eq!(error.kind(), ErrorKind::Connect);
    let line = error.to_string();
    assert!(line.contains("http://b.test") && line.contains("pinned to that server"), "{line}");
    assert!(!hosts(&dead, 0).contains(['a', 'c']), "{}", hosts(&dead, 0));
}

#[tokio::test(start_paused = true)]
async fn a_handle_cannot_send_a_client_to_a_server_that_is_not_its_own() {
    let lab = Lab::new();
    let client = workshops(&lab);
    let wait = client.job().resume("mlhub2:workshop/job_get/done@http%3A%2F%2Fevil.test;id=b-1").expect("a handle");
    let error = wait.await.expect_err("no such server");
    assert!(error.to_string().contains("none of the client's servers"), "{error}");
    assert!(lab.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_job_of_which_only_the_number_is_known_is_searched_for() {
    let lab = Lab::new();
    let client = workshops(&lab);
    let wait = client.job().get("c-7").wait();
    // A handle without a server is as it ever was, and finds its job too.
    assert_eq!(wait.handle().to_string(), "mlhub1:workshop/job_get/done;id=c-7");
    assert_eq!(wait.await.expect("the job").result.expect("a result")["of"], "c");
    let hosts = hosts(&lab, 0);
    // Each is asked once, the one that knows the job ever after.
    assert!(hosts.starts_with("abccc") && hosts.ends_with('c'), "{hosts}");
    let error = client.job().get("x-1").wait().await.expect_err("no server has it");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_said_to_be_gone_while_a_server_is_silent_about_it() {
    let lab = Lab::new();
    let healed = lab.clock();
    lab.rule(move |seen| match seen.host() == "c.test" && healed.now().as_secs() < 30 {
        true => Some(Reply::no_connection()),
        false => None,
    });
    let client = workshops(&lab);
    assert_eq!(client.job().get("c-7").wait().await.expect("the job").id, "c-7");
}

#[tokio::test(start_paused = true)]
async fn jobs_of_one_server_are_read_from_its_list_together() {
    let lab = Lab::new();
    let client = workshops(&lab);
    let pinned = client.with(|options| options.pin("http://c.test"));
    let waits = [pinned.job().get("c-1").wait(), pinned.job().get("c-2").wait()];
    assert!(wait_all(waits).await.iter().all(Result::is_ok));
    assert!(hosts(&lab, 0).chars().all(|host| host == 'c'));
}

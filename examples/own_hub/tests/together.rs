//! What a document says about waits beyond the words: a list of jobs, a call that stops one, parameters to remember.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mlhub::clock::Clock;
use mlhub::testing::{Lab, Reply, SeenRequest};
use mlhub::wait_all;
use own_hub::Client;
use serde_json::{Value, json};

fn workshop(lab: &Lab) -> Client {
    let builder = Client::builder("http://workshop.test").transport(lab.clone()).clock(lab.clock());
    builder.with(|options| options.no_retry()).build().expect("a plain address")
}

/// Jobs by the second in which they end, some of them in the list.
fn serve(lab: &Lab, ends: &'static [(&'static str, u64)], in_list: impl Fn(&str) -> bool + Send + Sync + 'static) {
    let word = |seen: &SeenRequest, end: u64| if seen.at.as_secs() >= end { "done" } else { "running" };
    lab.rule(move |seen| {
        let of = |id: &str| ends.iter().find(|(known, _)| *known == id).map(|(_, end)| word(seen, *end));
        Some(match seen.path() {
            "/jobs" => {
                let jobs = ends.iter().filter(|(id, _)| in_list(id));
                let jobs: Vec<Value> = jobs.map(|(id, end)| json!({"id": id, "status": word(seen, *end)})).collect();
                Reply::json(&json!({"data": {"jobs": jobs}}))
            }
            path => match path.trim_start_matches("/jobs/").split_once('/') {
                Some((id, _)) => Reply::json(&json!({"status": of(id)?})),
                None => Reply::json(&json!({"data": {"id": path.trim_start_matches("/jobs/")}})),
            },
        })
    });
}

fn counts(lab: &Lab) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for seen in lab.seen() {
        *counts.entry(seen.path().to_owned()).or_default() += 1;
    }
    counts
}

#[tokio::test(start_paused = true)]
async fn many_jobs_are_polled_by_one_list() {
    const ENDS: &[(&str, u64)] = &[("a", 20), ("b", 30), ("c", 1000), ("d", 2000), ("e", 2000)];
    let lab = Lab::new();
    serve(&lab, ENDS, |_| true);
    let client = workshop(&lab);
    let ends = wait_all(ENDS.iter().map(|(id, _)| client.job().get(*id).wait())).await;
    let ids: Vec<_> = ends.into_iter().map(|end| end.expect("a job").id).collect();
    assert_eq!(ids, ["a", "b", "c", "d", "e"]);
    let counts = counts(&lab);
    for (id, _) in ENDS {
        // Each job is polled when the list says that it has ended, and then fetched.
        assert_eq!((counts[&format!("/jobs/{id}/status")], counts[&format!("/jobs/{id}")]), (1, 1), "{id}");
    }
    assert!(counts["/jobs"] <= 56, "{counts:?}");
    // The last end is known as soon as by a wait alone.
    assert!(lab.clock().now() <= Duration::from_secs(2300), "{:?}", lab.clock().now());
}

#[tokio::test(start_paused = true)]
async fn a_job_that_the_list_lacks_is_polled_itself() {
    const ENDS: &[(&str, u64)] = &[("a", 50), ("b", 50), ("hidden", 5)];
    let lab = Lab::new();
    serve(&lab, ENDS, |id| id != "hidden");
    let client = workshop(&lab);
    let ends = wait_all(ENDS.iter().map(|(id, _)| client.job().get(*id).wait())).await;
    assert!(ends.iter().all(Result::is_ok));
    let counts = counts(&lab);
    assert!(counts["/jobs/hidden/status"] > 3 && counts["/jobs/a/status"] == 1, "{counts:?}");
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_refused_or_longer_than_the_jobs_are_many_is_given_up() {
    const ENDS: &[(&str, u64)] = &[("a", 50), ("b", 60)];
    for refuse in [true, false] {
        let lab = Lab::new();
        let pages = Arc::new(Mutex::new(0));
        lab.rule(move |seen| {
            let mut pages = pages.lock().ok()?;
            *pages += 1;
            let more = json!({"data": {"jobs": [{"id": format!("other {pages}"), "status": "done"}]}, "next": format!("t{pages}")});
            (seen.path() == "/jobs").then(|| if refuse { Reply::status(403) } else { Reply::json(&more) })
        });
        serve(&lab, ENDS, |_| true);
        let client = workshop(&lab);
        let ends = wait_all(ENDS.iter().map(|(id, _)| client.job().get(*id).wait())).await;
        assert!(ends.iter().all(Result::is_ok));
        let counts = counts(&lab);
        assert_eq!(counts["/jobs"], if refuse { 1 } else { 2 });
        assert!(counts["/jobs/a/status"] > 10, "{counts:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_in_trouble_is_borne_and_never_asked_sooner_than_it_wants() {
    let lab = Lab::new();
    let going_on = json!({"data": {"jobs": [{"id": "a"}, {"id": "b"}]}});
    lab.then(Reply::status(503)).then(Reply::status(503).header("retry-after", "70"));
    lab.then(Reply::json(&going_on).header("retry-after", "500")).then(Reply::json(&json!({"data": {"jobs": []}})));
    lab.then(Reply::status(404)).then(Reply::status(404));
    let client = workshop(&lab);
    let ends = wait_all(["a", "b"].map(|id| client.job().get(id).wait())).await;
    assert!(ends.iter().all(Result::is_err));
    let times: Vec<_> = lab.seen().iter().map(|seen| (seen.path().to_owned(), seen.at.as_secs())).collect();
    let list = |at: u64| ("/jobs".to_owned(), at);
    assert_eq!(times[..4], [list(0), list(1), list(71), list(571)], "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_wait_stops_the_job_by_the_call_of_the_document_where_asked() {
    let lab = Lab::new();
    lab.rule(|seen| (seen.method == http::Method::GET).then(|| Reply::json(&json!({"status": "running"}))));
    lab.then(Reply::status(204));
    let wait = workshop(&lab).job().get("7/8").wait().cancel_on_drop();
    tokio::select! {
        _ = wait => panic!("the job never ends"),
        () = lab.clock().sleep(Duration::from_secs(5)) => {}
    }
    // The call is a task of its own.
    lab.clock().sleep(Duration::from_secs(1)).await;
    let last = lab.seen().pop().expect("a request");
    assert_eq!((last.method.as_str(), last.path()), ("PATCH", "/jobs/7%2F8"));
    assert_eq!(last.json(), json!({"status": "stopped"}));
}

#[tokio::test(start_paused = true)]
async fn a_handle_remembers_what_the_call_was_set_to() {
    let lab = Lab::new();
    let wait = workshop(&lab).job().get("7").lines(5).parts(["in", "out"]).wait();
    let text = wait.handle().to_string();
    assert_eq!(text, "mlhub1:workshop/job_get/done;id=7;lines=5;parts=%5B%22in%22%2C%22out%22%5D");
    lab.then(Reply::json(&json!({"status": "done"}))).then(Reply::json(&json!({"data": {"id": "7"}})));
    workshop(&lab).job().resume(&text).expect("a handle").await.expect("the job");
    let seen = lab.seen();
    assert_eq!((seen[0].query(), seen[1].query()), ("", "lines=5&parts=in&parts=out"));
    let odd = text.replace("lines=5", "lines=many");
    let error = workshop(&lab).job().resume(&odd).map(drop).expect_err("no number");
    assert!(error.to_string().contains("odd value for \"lines\""), "{error}");
}

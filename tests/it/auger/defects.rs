//! What users of the Python client had to live with, one test for each.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::TryStreamExt;
use mlhub::ErrorKind;
use mlhub::auger::{Client, PythonError, param_errors};
use mlhub::testing::{Fault, FaultRule, Lab, Reply};
use mlhub_auger_standin::AugerHub;
use serde_json::json;

use super::{client, over};

#[tokio::test(start_paused = true)]
async fn a_network_error_is_tried_again() {
    for fault in [Fault::Refuse, Fault::Reset] {
        let standin = AugerHub::new();
        standin.lab().fault(FaultRule::new(fault).times(2));
        client(&standin).trial().get("t1").send().await.expect("the third attempt");
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_is_tried_again_where_nothing_was_sent_and_nowhere_else() {
    let standin = AugerHub::new();
    standin.lab().fault(FaultRule::new(Fault::Refuse).times(2));
    client(&standin).project().create().name("p").send().await.expect("the third attempt");
    assert_eq!(standin.lab().seen().len(), 1);
    standin.lab().fault(FaultRule::new(Fault::Reset).times(1));
    client(&standin).project().create().name("p").send().await.expect_err("it may have been made");
    assert_eq!(standin.lab().seen().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn connection_retries_count_counts_connections_and_nothing_else() {
    let lab = Lab::new();
    let build = |connects, retries| {
        Client::builder("http://hub.test")
            .lab(&lab)
            .connection_retries_count(connects)
            .retries_count(retries)
            .retry_wait_seconds(1)
            .deadline(Duration::from_secs(3600))
            .build()
            .expect("a plain address")
    };
    lab.fault(Fault::Refuse);
    let error = build(6, 1).project().get(1).send().await.expect_err("nobody listens");
    assert_eq!(error.attempts().len(), 7);
    lab.heal().rule(|_| Some(Reply::status(503)));
    let error = build(6, 1).project().get(1).send().await.expect_err("busy");
    assert_eq!(error.attempts().len(), 2);
    // Nought for connections left reads without any repetition there.
    let error = build(0, 2).project().get(1).send().await.expect_err("busy");
    assert_eq!(error.attempts().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_pause_is_no_longer_than_asked_for() {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::status(503)));
    let hub = Client::builder("http://hub.test").lab(&lab).retries_count(3).retry_wait_seconds(2).build();
    let _ = hub.expect("a plain address").project().get(1).send().await;
    let times: Vec<_> = lab.seen().iter().map(|seen| seen.at).collect();
    assert_eq!(times.len(), 4);
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] <= Duration::from_secs(2)), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn a_second_attempt_is_compressed_like_the_first() {
    let standin = AugerHub::new();
    standin.lab().fault(FaultRule::new(Fault::Status(503)).times(1));
    let history: Vec<_> = (0..100).map(|n| json!({"uid": format!("trial-{n}"), "score": 0.5})).collect();
    client(&standin).optimizer().next_trials_v2().trials_history(history).send().await.expect("the second attempt");
    let seen = standin.lab().seen();
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|seen| seen.header("content-encoding") == Some("gzip")));
    assert_eq!(seen[0].body, seen[1].body);
}

#[tokio::test(start_paused = true)]
async fn a_second_attempt_reads_text_like_the_first() {
    let standin = AugerHub::new();
    standin.lab().fault(FaultRule::new(Fault::Status(503)).times(1));
    let log = client(&standin).project().logs(1).send().await.expect("the second attempt");
    assert!(log.starts_with("redis"));
}

#[tokio::test(start_paused = true)]
async fn a_success_that_is_not_json_is_an_error_that_says_so() {
    for body in ["<html>welcome</html>", "", "[1, 2]", "{\"data\": [}"] {
        let lab = Lab::new();
        lab.then(Reply::bytes(body));
        let error = over(&lab).project().get(1).send().await.expect_err(body);
        assert_eq!((error.kind(), error.status().map(|s| s.as_u16())), (ErrorKind::Decode, Some(200)), "{body}");
    }
    let lab = Lab::new();
    lab.then(Reply::status(204));
    assert_eq!(over(&lab).project().delete(1).send().await.expect_err("nothing").kind(), ErrorKind::Decode);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_without_a_parameter_or_without_any_list_is_read() {
    let entry = json!({"error_type": "invalid_param", "message": "is odd"});
    for (body, message) in [
        (json!({"meta": {"status": 400, "errors": [entry]}}).to_string(), Some("is odd")),
        (json!({"meta": {"status": 400}}).to_string(), None),
        (json!({"error": "by the proxy"}).to_string(), Some("by the proxy")),
        (String::new(), None),
    ] {
        let lab = Lab::new();
        lab.then(Reply::status(400).with_pieces([body.clone()]));
        let error = over(&lab).project().create().send().await.expect_err("refused");
        assert_eq!((PythonError::of(&error), error.message()), (PythonError::InvalidParams, message), "{body}");
        assert_eq!(param_errors(&error).len(), usize::from(message == Some("is odd")), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_stops_answering_hangs_nobody() {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::hang()));
    let error = over(&lab).project().get(1).send().await.expect_err("no answer");
    assert!(error.is_timeout());
    assert_eq!(lab.seen()[0].at, Duration::ZERO);
    // A body that stops in the middle is the same.
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::json(&json!({"data": {}})).stall()));
    assert!(over(&lab).project().get(1).send().await.expect_err("half an answer").is_timeout());
}

#[tokio::test(start_paused = true)]
async fn no_error_tells_a_password_or_a_token() {
    let lab = Lab::new();
    // A service that repeats what it was sent.
    lab.rule(|seen| {
        let sent = String::from_utf8_lossy(&seen.body).into_owned();
        Some(Reply::status(500).with_pieces([format!("you sent {sent}")]))
    });
    let hub = over(&lab);
    for error in [
        hub.project().get(1).send().await.map(drop).expect_err("it fails"),
        hub.optimizer().fte().send().await.map(drop).expect_err("it fails"),
        hub.create_token("me@example.org", "hunter2-hunter2").await.map(drop).expect_err("it fails"),
    ] {
        let all = format!("{error} {error:?}");
        assert!(all.contains("you sent"), "{all}");
        assert!(!all.contains("fake-project-api-token") && !all.contains("hunter2"), "{all}");
    }
    assert!(!format!("{hub:?}").contains("fake-project-api-token"));
}

#[tokio::test(start_paused = true)]
async fn create_token_sends_no_other_token() {
    let standin = AugerHub::new();
    let token = client(&standin).create_token("me@example.org", "pass word").await.expect("a token");
    assert_eq!(format!("{:?}", token.token), "Some(***)");
    assert_eq!(standin.lab().seen()[0].json(), json!({"email": "me@example.org", "password": "pass word"}));
}

#[tokio::test(start_paused = true)]
async fn nan_and_infinity_travel_as_null_and_come_back_as_such() {
    let standin = AugerHub::new();
    let hub = client(&standin);
    let rows = [[1.5, f64::NAN, f64::INFINITY]];
    hub.prediction().create().pipeline_id("p1").records(rows).threshold(f64::NAN).send().await.expect("made");
    let sent = standin.lab().seen()[0].json();
    assert_eq!((&sent["records"], &sent["threshold"]), (&json!([[1.5, null, null]]), &json!(null)));
    let lab = Lab::new();
    lab.then(Reply::bytes(r#"{"data": {"id": "t", "score_value": NaN, "raw_data": {"f1": -Infinity, "NaN": "NaN"}}}"#));
    let trial = over(&lab).trial().get("t").send().await.expect("JSON as Python writes it").data;
    assert_eq!((trial.score_value, trial.raw_data), (None, Some(json!({"f1": null, "NaN": "NaN"}))));
}

#[tokio::test(start_paused = true)]
async fn a_missing_parent_is_refused_before_anything_is_sent() {
    let lab = Lab::new();
    let hub = over(&lab);
    assert!(hub.endpoint_prediction().list("").send().await.is_err());
    assert!(hub.endpoint_prediction().list("").items().try_collect::<Vec<_>>().await.is_err());
    assert!(hub.project().get("..").send().await.is_err());
    assert!(lab.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_child_can_be_reached_through_its_parent() {
    let standin = AugerHub::new();
    client(&standin).endpoint_actual().delete("e1").from("2026-01-01").to("2026-01-31").send().await.expect("tasks");
    assert_eq!(standin.lab().seen()[0].path(), "/api/v1/endpoints/e1/actuals");
}

#[tokio::test(start_paused = true)]
async fn a_refused_write_does_not_look_as_if_it_might_pass() {
    for status in [409, 422] {
        let lab = Lab::new();
        lab.then(Reply::status(status));
        let error = over(&lab).project().create().send().await.expect_err("refused");
        assert_ne!(PythonError::of(&error), PythonError::Retryable, "{status}");
        assert!(!error.is_retryable(), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_service_asks_for_is_waited_for() {
    let lab = Lab::new();
    lab.then(Reply::status(503).header("retry-after", "30")).then(Reply::json(&json!({"data": {"id": 1}})));
    over(&lab).project().get(1).send().await.expect("the second attempt");
    assert!(lab.seen()[1].at >= Duration::from_secs(30));
}

fn with_trials(count: usize) -> AugerHub {
    let standin = AugerHub::new();
    standin.remove("trials", "1231231").remove("trials", "t1");
    for number in 0..count {
        standin.add("trials", json!({"id": format!("{number:05}")}));
    }
    standin
}

#[tokio::test(start_paused = true)]
async fn a_walk_from_an_offset_ends() {
    let standin = with_trials(130);
    let rest: Vec<_> = client(&standin).trial().list().offset(100).items().try_collect().await.expect("the rest");
    assert_eq!(rest.len(), 30);
    assert_eq!(rest[0].id, "00100");
}

#[tokio::test(start_paused = true)]
async fn a_walk_is_not_cut_at_a_hundred_items_and_makes_no_request_too_many() {
    let standin = with_trials(250);
    let all: Vec<_> = client(&standin).trial().list().items().page_size(100).try_collect().await.expect("all");
    assert_eq!(all.len(), 250);
    assert_eq!(standin.lab().seen().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn deletes_while_walking_are_reported() {
    let standin = with_trials(100);
    let mut items = client(&standin).trial().list().limit(10).items();
    let mut seen = 0;
    while let Some(trial) = items.try_next().await.expect("an item") {
        standin.remove("trials", &trial.id.text());
        seen += 1;
    }
    assert!(items.shifted(), "half of them were skipped ({seen} seen), and the walk says that something moved");
    let standin = with_trials(100);
    let mut items = client(&standin).trial().list().limit(10).items();
    while items.try_next().await.expect("an item").is_some() {}
    assert!(!items.shifted(), "nothing moved");
}

#[tokio::test(start_paused = true)]
async fn what_is_added_in_front_is_not_seen_twice() {
    let standin = with_trials(30);
    let mut items = client(&standin).trial().list().limit(10).items();
    let mut ids = Vec::new();
    while let Some(trial) = items.try_next().await.expect("an item") {
        ids.push(trial.id.text().into_owned());
        if ids.len() == 10 {
            standin.add_in_front("trials", json!({"id": "new"}));
        }
    }
    assert!(items.shifted(), "and the walk says that something moved");
    let mut once = ids.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), ids.len());
}

#[tokio::test(start_paused = true)]
async fn a_walk_that_fails_keeps_its_place() {
    let standin = with_trials(100);
    let hub = client(&standin).with(|options| options.no_retry());
    let mut items = hub.trial().list().limit(10).items();
    let mut first = Vec::new();
    for _ in 0..25 {
        first.push(items.try_next().await.expect("an item").expect("an item").id);
    }
    let place = items.position();
    standin.lab().fault(Fault::Refuse);
    while items.try_next().await.is_ok_and(|item| item.is_some()) {}
    standin.lab().heal();
    let rest: Vec<_> = hub.trial().list().limit(10).items().resume(place).try_collect().await.expect("the rest");
    assert_eq!((first.len() + rest.len(), rest[0].id.text()), (100, "00025".into()));
}

#[tokio::test(start_paused = true)]
async fn a_walk_stops_when_its_reader_does() {
    let standin = with_trials(1000);
    let few: Vec<_> = client(&standin).trial().list().items().limit(3).try_collect().await.expect("three");
    assert_eq!((few.len(), standin.lab().seen().len()), (3, 1));
}

#[tokio::test(start_paused = true)]
async fn a_prefix_of_the_address_is_kept() {
    let standin = AugerHub::new();
    let hub = Client::builder("http://h/hub/").project_token("t").lab(standin.lab()).build().expect("an address");
    hub.project().get(1).send().await.expect("a project");
    assert_eq!(standin.lab().seen()[0].url, "http://h/hub/api/v1/projects/1");
}

/// A server that counts connections and requests and keeps connections open.
fn counting() -> (String, Arc<AtomicUsize>, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (opened, asked) = (Arc::clone(&connections), Arc::clone(&requests));
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            opened.fetch_add(1, Ordering::Relaxed);
            let asked = Arc::clone(&asked);
            std::thread::spawn(move || serve(socket, &asked));
        }
    });
    (address, connections, requests)
}

fn serve(socket: std::net::TcpStream, asked: &AtomicUsize) -> Option<()> {
    let mut writer = socket.try_clone().ok()?;
    let mut reader = BufReader::new(socket);
    let body = r#"{"data":{"id":1},"meta":{"status":200}}"#;
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if line.is_empty() {
                break;
            }
        }
        reader.read_exact(&mut vec![0; length]).ok()?;
        asked.fetch_add(1, Ordering::Relaxed);
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        writer.write_all(format!("{head}{body}").as_bytes()).ok()?;
    }
}

#[tokio::test]
async fn a_hundred_calls_take_one_connection() {
    let (address, connections, requests) = counting();
    let hub = Client::builder(address).project_token("t").no_proxy().build().expect("an address");
    for _ in 0..100 {
        hub.project().get(1).send().await.expect("an answer");
    }
    assert_eq!((connections.load(Ordering::Relaxed), requests.load(Ordering::Relaxed)), (1, 100));
}

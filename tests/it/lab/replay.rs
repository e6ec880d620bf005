//! The stand-in made of recordings says what was recorded, and judges nothing.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mlhub::clock::Clock;
use mlhub::pipeline::{Body, Transport};
use mlhub::testing::{Fault, FaultRule, Lab, Replay};
use serde_json::{Value, json};

use crate::recordings;
use crate::support::Checked;

/// What a request gets: status, headers that count, body.
type Got = (u64, Option<String>, Option<String>, String);

/// Sends a request as it was recorded.
async fn send(lab: &Lab, host: &str, request: &Value) -> Result<Got, Box<dyn std::error::Error>> {
    let text = |key: &str| request[key].as_str().unwrap_or_default();
    let query = if request["query"].is_null() { String::new() } else { format!("?{}", text("query")) };
    let body = match request["body_base64"].as_str() {
        Some(packed) => STANDARD.decode(packed)?,
        None => text("body").as_bytes().to_vec(),
    };
    let address = format!("http://{host}{}{query}", text("path"));
    let mut sent = http::Request::builder().method(text("method")).uri(address);
    for (name, value) in request["headers"].as_object().into_iter().flatten() {
        sent = sent.header(name, value.as_str().unwrap_or_default());
    }
    let reply = lab.send(sent.body(Body::from(body))?).await?;
    let header = |name: &str| reply.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (status, kind, allow) = (u64::from(reply.status().as_u16()), header("content-type"), header("allow"));
    let body = reply.into_body().collect().await?;
    Ok((status, kind, allow, String::from_utf8(body.to_vec())?))
}

fn get(path: &str) -> Value {
    json!({"method": "GET", "path": path})
}

fn recorded(exchange: &Value) -> Got {
    let response = &exchange["response"];
    let text = |key: &str| response[key].as_str().map(str::to_owned);
    (response["status"].as_u64().expect("a status"), text("content_type"), text("allow"), text("body").expect("a text"))
}

#[tokio::test(start_paused = true)]
async fn every_recorded_request_gets_the_recorded_answer() -> Checked {
    let Some(recordings) = recordings::read("loudml.json") else { return Ok(()) };
    let (lab, mut began) = (Lab::new(), Duration::ZERO);
    Replay::new(&recordings)?.serve(&lab);
    let exchanges = recordings.as_array().expect("a list");
    for exchange in exchanges {
        if let Some(at) = exchange["at_ms"].as_u64() {
            if at == 0 {
                began = lab.clock().now();
            }
            let moment = began + Duration::from_millis(at);
            lab.clock().sleep(moment.saturating_sub(lab.clock().now())).await;
        }
        let got = send(&lab, "a.test", &exchange["request"]).await?;
        assert_eq!(got, recorded(exchange), "{}", exchange["name"]);
    }
    assert_eq!(lab.seen().len(), exchanges.len());
    assert!(exchanges.len() > 400, "only {} exchanges", exchanges.len());
    Ok(())
}

/// A job of two seconds that can be canceled, and what else a small server has.
fn small() -> Value {
    let at = |name: &str, ms: u64, method: &str, path: &str, body: &str| {
        json!({"name": format!("story/{name}"), "at_ms": ms, "request": {"method": method, "path": path},
            "response": {"status": 200, "content_type": "application/json", "body": body}})
    };
    let plain = |name: &str, path: &str, body: &str| json!({"name": name, "request": {"method": "GET", "path": path}, "response": {"status": 200, "body": body}});
    json!([
        at("run/0", 0, "POST", "/run", "7"),
        at("run/1", 500, "GET", "/jobs/7", "waiting"),
        at("run/2", 1000, "GET", "/jobs/7", "running"),
        at("run/3", 2000, "POST", "/jobs/7/cancel", ""),
        at("run/4", 2500, "GET", "/jobs/7", "canceled"),
        at("run/5", 4000, "GET", "/jobs/7", "running again"),
        plain("list", "/list", "1 of http://recorded:1"),
        {"name": "none", "request": {"method": "GET", "path": "/jobs/none"}, "response": {"status": 404, "body": "no job"}},
    ])
}

#[tokio::test(start_paused = true)]
async fn a_story_goes_by_the_time_since_what_was_done() -> Checked {
    let lab = Lab::new();
    Replay::new(&small())?.otherwise("/jobs/", "none")?.serve(&lab);
    let poll = async |ms: u64| {
        lab.clock().sleep(Duration::from_millis(ms)).await;
        send(&lab, "a.test", &get("/jobs/7")).await.map(|got| got.3)
    };
    let post = async |path: &str| send(&lab, "a.test", &json!({"method": "POST", "path": path})).await;
    assert_eq!(poll(0).await?, "no job", "nothing was begun");
    post("/run").await?;
    assert_eq!((poll(0).await?, poll(600).await?), ("waiting".to_owned(), "waiting".to_owned()));
    assert_eq!((poll(500).await?, poll(60_000).await?), ("running".to_owned(), "running".to_owned()));
    // Canceled a minute later than in the recording, it goes on from there.
    post("/jobs/7/cancel").await?;
    assert_eq!((poll(0).await?, poll(1900).await?), ("canceled".to_owned(), "canceled".to_owned()));
    assert_eq!(poll(200).await?, "running again");
    post("/run").await?;
    assert_eq!(poll(0).await?, "waiting", "a second run is a new one");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn answers_to_the_same_come_in_order_and_the_last_one_stays() -> Checked {
    let lab = Lab::new();
    Replay::new(&small())?.replacing("http://recorded:1", "here").serve(&lab);
    assert_eq!(send(&lab, "a.test", &get("/list")).await?.3, "1 of here");
    let twice =
        json!([small()[6], {"name": "more", "request": get("/list"), "response": {"status": 200, "body": "2"}}]);
    let lab = Lab::new();
    Replay::new(&twice)?.serve(&lab);
    for expected in ["1 of http://recorded:1", "2", "2"] {
        assert_eq!(send(&lab, "a.test", &get("/list")).await?.3, expected);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_request_is_known_however_it_is_written_and_no_other_is() -> Checked {
    let request = json!({"method": "POST", "path": "/m/a;b", "query": "x=1%2B2&y=c%3Bd",
        "headers": {"content-type": "application/json"}, "body": "{\"n\": 60, \"t\": [1]}"});
    let lab = Lab::new();
    Replay::new(&json!([{"name": "one", "request": request, "response": {"status": 200, "body": "known"}}]))?
        .serve(&lab);
    let mut other = request.clone();
    (other["path"], other["query"]) = ("/m/a%3Bb".into(), "y=c;d&x=1+2".into());
    other["body"] = r#"{"t":[1.0],"n":60.0}"#.into();
    assert_eq!(send(&lab, "a.test", &other).await?.3, "known");
    for (key, value) in [("path", "/m/a"), ("query", "x=1%2B2"), ("body", r#"{"n":61,"t":[1]}"#), ("method", "PUT")] {
        let mut wrong = request.clone();
        wrong[key] = value.into();
        assert!(send(&lab, "a.test", &wrong).await.is_err(), "{key}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn servers_have_a_past_each_and_faults_befall_them_by_rule() -> Checked {
    let lab = Lab::new();
    for host in ["a.test", "b.test"] {
        Replay::new(&small())?.otherwise("/jobs/", "none")?.serve_at(&lab, host);
    }
    send(&lab, "a.test", &json!({"method": "POST", "path": "/run"})).await?;
    assert_eq!(send(&lab, "a.test", &get("/jobs/7")).await?.3, "waiting");
    assert_eq!(send(&lab, "b.test", &get("/jobs/7")).await?.0, 404, "the job lives on the other");
    assert!(send(&lab, "c.test", &get("/list")).await.is_err());
    lab.fault(FaultRule::new(Fault::Status(503)).times(1));
    assert_eq!(send(&lab, "a.test", &get("/list")).await?.0, 503);
    assert_eq!(send(&lab, "a.test", &get("/list")).await?.0, 200);
    Ok(())
}

#[test]
fn what_is_no_recording_is_refused_by_name() -> Checked {
    for (recordings, words) in [
        (json!({}), "no list"),
        (json!([{"name": "x", "request": {"path": "/"}, "response": {"status": 200}}]), "\"x\" has no method"),
        (json!([{"name": "x", "request": {"method": "GET"}, "response": {"status": 200}}]), "\"x\" has no path"),
        (json!([{"name": "x", "request": get("/"), "response": {}}]), "\"x\" has no status"),
    ] {
        let error = Replay::new(&recordings).err().ok_or(words)?;
        assert!(error.to_string().contains(words), "{error}");
    }
    let error = Replay::new(&json!([]))?.otherwise("/", "x").err().ok_or("found")?;
    assert!(error.to_string().contains("no recording \"x\""), "{error}");
    Ok(())
}

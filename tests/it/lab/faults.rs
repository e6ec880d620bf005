//! Each kind of fault makes the same error in memory and on a real port.

use std::time::Duration;

use mlhub::pipeline::{Pipeline, Transport};
use mlhub::testing::{Fault, Lab, Port, Reply};
use mlhub::{Builder, Error, ErrorKind, Outcome, Retry};
use serde_json::{Value, json};

use crate::support::{Checked, READ, call, failure};

/// Time for an attempt that nobody answers: short, because on the port it
/// really passes.
const SHORT: Duration = Duration::from_millis(200);
/// Time for an attempt that is answered, on a machine however busy.
const LONG: Duration = Duration::from_secs(60);

fn patience(fault: &Fault) -> Duration {
    match fault {
        Fault::StallBeforeHeaders | Fault::StallInBody | Fault::Slow(_) => SHORT,
        _ => LONG,
    }
}

/// What the service says when nothing goes wrong.
fn own() -> Reply {
    Reply::json(&json!({"id": 7, "name": "a body that is long enough to be cut"})).header("x-request-id", "own-1")
}

/// A service with that fault.
fn lab(fault: &Fault) -> Lab {
    let lab = Lab::today();
    lab.rule(|_| Some(own())).fault(fault.clone());
    lab
}

/// All that an error says, without where it happened and how long it took.
/// Dates are written in whole seconds, so that a wish is compared to the second.
fn story(error: &Error, origin: &str) -> Value {
    let outcomes: Vec<_> = error.attempts().iter().map(|attempt| attempt.outcome.to_string()).collect();
    json!({
        "line": error.to_string().replace(origin, "http://ORIGIN"),
        "code": error.code(),
        "status": error.status().map(|status| status.as_u16()),
        "request_id": error.request_id(),
        "retry_after": error.retry_after().map(|time| time.as_secs_f64().ceil()),
        "body": error.body().map(|body| String::from_utf8_lossy(body).into_owned()),
        "path": error.json_path(),
        "outcomes": outcomes,
        "retryable": error.is_retryable(),
    })
}

async fn fail(builder: Builder<Pipeline>, lab: &Lab, fault: &Fault, origin: &str) -> Result<Error, String> {
    let builder = builder.clock(lab.clock()).timeout(patience(fault)).retry(Retry::never());
    let pipeline = builder.build().map_err(|error| error.to_string())?;
    let error = failure(call(&pipeline, &READ).await).map_err(|error| format!("{fault:?} at {origin}: {error}"))?;
    Ok(error)
}

/// The error of a fault in memory, where time is free.
fn in_memory(fault: &Fault) -> Result<(Error, usize), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
    runtime.block_on(async {
        let lab = lab(fault);
        let builder = Builder::new("http://hub.test", |pipeline: Pipeline| pipeline).transport(lab.clone());
        Ok((fail(builder, &lab, fault, "http://hub.test").await?, lab.seen().len()))
    })
}

/// The error of a fault on a real port.
fn on_port(fault: &Fault) -> Result<(Error, usize, String), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let lab = lab(fault);
        let port = Port::open(&lab).await?;
        let builder = Builder::new(port.url(), |pipeline: Pipeline| pipeline);
        Ok((fail(builder, &lab, fault, &port.url()).await?, lab.seen().len(), port.url()))
    })
}

#[test]
fn each_kind_makes_the_same_error_in_memory_and_on_a_port() -> Checked {
    let samples = Fault::samples();
    assert!(samples.len() >= 15);
    for fault in &samples {
        let (memory, seen) = in_memory(fault)?;
        let (port, seen_there, origin) = on_port(fault)?;
        assert_eq!(story(&memory, "http://hub.test"), story(&port, &origin), "{fault:?}");
        assert_eq!(seen, seen_there, "requests in the journal of {fault:?}");
    }
    Ok(())
}

#[test]
fn each_kind_makes_the_error_that_people_expect() -> Checked {
    let status = |status: u16| Outcome::Status(http::StatusCode::from_u16(status).expect("a status"));
    for (fault, kind, outcome) in [
        (Fault::Refuse, ErrorKind::Connect, Outcome::NotSent),
        (Fault::Reset, ErrorKind::Transport, Outcome::Broken),
        (Fault::HangUp, ErrorKind::Transport, Outcome::Broken),
        (Fault::StallBeforeHeaders, ErrorKind::Timeout, Outcome::TimedOut),
        (Fault::StallInBody, ErrorKind::Timeout, Outcome::TimedOut),
        (Fault::Slow(LONG), ErrorKind::Timeout, Outcome::TimedOut),
        (Fault::CutBody, ErrorKind::Transport, Outcome::Broken),
        (Fault::Garbage, ErrorKind::Transport, Outcome::Broken),
        (Fault::GarbledBody, ErrorKind::Decode, status(200)),
        (Fault::WrongType, ErrorKind::Decode, status(200)),
        (Fault::WrongLength, ErrorKind::Decode, status(200)),
        (Fault::Status(404), ErrorKind::NotFound, status(404)),
        (Fault::Status(500), ErrorKind::Server, status(500)),
        (Fault::RedirectLoop, ErrorKind::Status, status(307)),
        (Fault::RedirectElsewhere, ErrorKind::Status, status(307)),
        (Fault::ExpiredToken, ErrorKind::Unauthenticated, status(401)),
        (Fault::Reply(Reply::status(409)), ErrorKind::Conflict, status(409)),
    ] {
        let (error, _) = in_memory(&fault)?;
        assert_eq!(error.kind(), kind, "{fault:?}: {error}");
        assert_eq!(error.attempts().last().map(|attempt| attempt.outcome), Some(outcome), "{fault:?}");
    }
    Ok(())
}

/// A lab takes the place of the network for anybody, not for our client alone.
#[tokio::test(start_paused = true)]
async fn a_lab_is_a_transport_like_any_other() -> Checked {
    let lab = lab(&Fault::Status(503));
    let request = http::Request::get("http://hub.test/x").body(mlhub::pipeline::Body::empty())?;
    let reply = lab.send(request).await?;
    assert_eq!((reply.status().as_u16(), lab.seen().len()), (503, 1));
    Ok(())
}

//! What an error says, for every operation and every kind of failure: whatever
//! there is to know is there.

use std::error::Error as _;

use http::StatusCode;
use mlhub::op::{Op, ReplyKind};
use mlhub::pipeline::Pipeline;
use mlhub::testing::{Fault, Lab, Reply, RetryAfter};
use mlhub::{Error, Retry, auger, autotune, loudml, vantage6};
use serde::Deserialize;
use serde_json::json;

use crate::support::{Checked, builder, failure, filled, seconds};

/// Every operation of every document.
fn operations() -> impl Iterator<Item = &'static Op> {
    [auger::ops::OPS, autotune::ops::OPS, loudml::ops::OPS, vantage6::ops::OPS].into_iter().flatten()
}

/// A client for any of them: services with an address of their own are at the same place.
fn pipeline(lab: &Lab) -> Result<Pipeline, Error> {
    let services = operations().filter_map(|op| op.wire.and_then(|wire| wire.service));
    let told = services.fold(builder(lab).token("a-token"), |told, name| told.service(name, "http://hub.test/prefix"));
    told.build()
}

/// What a reply has to look like here.
#[derive(Debug, Deserialize)]
struct Documented {
    #[serde(rename = "items")]
    _items: Vec<Item>,
}

#[derive(Debug, Deserialize)]
struct Item {
    #[serde(rename = "id")]
    _id: u64,
}

/// The service's own answer, in the documented shape.
fn own() -> Reply {
    Reply::json(&json!({"items": [{"id": 1}, {"id": 2}]})).header("x-request-id", "own-1")
}

/// One cell of the table: what there is to know about a failure.
#[derive(Debug, Default, PartialEq, Eq)]
struct Facts {
    status: Option<u16>,
    request_id: bool,
    retry_after: bool,
    body: bool,
    json_path: bool,
    source: bool,
    /// Whether each attempt says in words why it ended.
    cause: bool,
}

/// The kinds of failure, each with what an error of it has to know.
fn kinds() -> Vec<(Fault, Facts)> {
    let broken = || Facts { source: true, cause: true, ..Facts::default() };
    // The head of the reply came, and is known although the body is not.
    let begun = || Facts { status: Some(200), request_id: true, ..Facts::default() };
    let undecoded = || Facts { body: true, source: true, ..begun() };
    let refused = |status| Facts { status: Some(status), request_id: true, body: true, ..Facts::default() };
    let moved = || Facts { status: Some(307), ..Facts::default() };
    let told = |retry_after| Facts { status: Some(429), body: true, retry_after, ..Facts::default() };
    let shape = Reply::json(&json!({"items": [{"id": 1}, {"id": "x"}]})).header("x-request-id", "own-2");
    let long = Reply::status(500).with_pieces([vec![b'x'; 300_000]]).header("x-request-id", "long");
    let mut kinds = vec![
        (Fault::Refuse, broken()),
        (Fault::Reset, broken()),
        (Fault::HangUp, broken()),
        (Fault::Garbage, broken()),
        (Fault::StallBeforeHeaders, Facts::default()),
        (Fault::Slow(seconds(3600)), Facts::default()),
        (Fault::StallInBody, begun()),
        (Fault::CutBody, Facts { source: true, cause: true, ..begun() }),
        (Fault::GarbledBody, Facts { request_id: false, ..undecoded() }),
        (Fault::WrongType, undecoded()),
        (Fault::WrongLength, undecoded()),
        (Fault::Reply(shape), Facts { json_path: true, ..undecoded() }),
        (Fault::Reply(long), refused(500)),
        (Fault::RedirectLoop, moved()),
        (Fault::RedirectElsewhere, moved()),
        (Fault::ExpiredToken, Facts { request_id: false, ..refused(401) }),
    ];
    kinds.extend(
        [400, 403, 404, 409, 418, 500, 501, 502, 503, 504].map(|status| (Fault::Status(status), refused(status))),
    );
    kinds.extend(RetryAfter::samples(seconds(7)).into_iter().map(|spelling| {
        let says = !matches!(spelling, RetryAfter::Absent | RetryAfter::Text(_));
        (Fault::TooMany(spelling), told(says))
    }));
    kinds
}

/// Whether that failure can be met by that call: what shows in reading a reply
/// that began well is met by calls that read theirs, not by those that hand out bytes.
fn met(op: &Op, facts: &Facts) -> bool {
    facts.status != Some(200) || !matches!(op.reply, ReplyKind::Text | ReplyKind::Stream)
}

async fn fail(op: &'static Op, fault: &Fault) -> Result<Error, Box<dyn std::error::Error>> {
    let lab = Lab::new();
    lab.rule(|_| Some(own())).fault(fault.clone());
    let pipeline = pipeline(&lab)?.with(|o| o.retry(Retry::default().max_attempts(2).on_timeout(true)));
    Ok(failure(filled(&pipeline, op).send::<Documented>().await)?)
}

#[tokio::test(start_paused = true)]
async fn no_cell_of_the_table_is_empty() -> Checked {
    let mut cells = 0;
    for op in operations() {
        for (fault, facts) in kinds().into_iter().filter(|(_, facts)| met(op, facts)) {
            let error = fail(op, &fault).await.map_err(|why| format!("{} and {fault:?}: {why}", op.id))?;
            let place = format!("{} and {fault:?}: {error:?}", op.id);
            // Of every call.
            assert_eq!((error.platform(), error.operation()), (op.platform, Some(op.id)), "{place}");
            assert_eq!(error.url_template(), Some(op.path), "{place}");
            assert_eq!(error.method().map(|method| method.is_safe()), Some(op.method.is_safe()), "{place}");
            assert!(error.url().is_some_and(|url| url.starts_with("http://hub.test/prefix/")), "{place}");
            // Of every attempt.
            assert!(!error.attempts().is_empty(), "{place}");
            for attempt in error.attempts() {
                assert_eq!(attempt.node, "http://hub.test", "{place}");
                assert!(!attempt.outcome.to_string().is_empty(), "{place}");
                assert_eq!(attempt.cause.is_some(), facts.cause, "{place}");
            }
            let pairs = error.attempts().windows(2);
            assert!(pairs.into_iter().all(|pair| pair[1].started >= pair[0].started + pair[0].took), "{place}");
            // Of this failure.
            let found = Facts {
                status: error.status().as_ref().map(StatusCode::as_u16),
                request_id: error.request_id().is_some(),
                retry_after: error.retry_after().is_some(),
                body: error.body().is_some_and(|body| !body.is_empty() && body.len() <= 64 * 1024),
                json_path: error.json_path() == Some("items[1].id"),
                source: error.source().is_some(),
                cause: facts.cause,
            };
            assert_eq!(found, facts, "{place}");
            assert_eq!(error.to_string().lines().count(), 1, "{place}");
            cells += 1;
        }
    }
    let kinds = kinds();
    let all = operations().map(|op| kinds.iter().filter(|(_, facts)| met(op, facts)).count());
    assert_eq!(cells, all.sum::<usize>());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_off_knows_its_head_and_its_attempts() -> Checked {
    for op in operations() {
        for (fault, source) in [(Fault::CutBody, true), (Fault::StallInBody, false)] {
            let lab = Lab::new();
            lab.rule(|_| Some(own())).fault(fault.clone());
            let stream = filled(&pipeline(&lab)?, op).stream().await?;
            let error = failure(stream.collect_bytes().await)?;
            let place = format!("{} and {fault:?}: {error:?}", op.id);
            assert_eq!((error.operation(), error.url_template()), (Some(op.id), Some(op.path)), "{place}");
            assert_eq!(error.status(), Some(StatusCode::OK), "{place}");
            assert_eq!((error.request_id(), error.attempts().len()), (Some("own-1"), 1), "{place}");
            assert_eq!(error.source().is_some(), source, "{place}");
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn each_attempt_says_why_it_ended() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::no_connection()).then(Reply::reset()).then(Reply::status(503)).then(Reply::hang());
    let error = failure(crate::support::call(&builder(&lab).build()?, &crate::support::READ).await)?;
    let causes: Vec<_> = error.attempts().iter().map(|attempt| attempt.cause.as_deref()).collect();
    let said =
        [Some("no connection: nothing listens there"), Some("connection broken: the connection was reset"), None, None];
    assert_eq!(causes, said);
    Ok(())
}

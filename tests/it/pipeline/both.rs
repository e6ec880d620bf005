//! The lab tells the truth: each fault makes the same error in memory and on a
//! real socket.

use std::time::Duration;

use mlhub::Error;
use mlhub::pipeline::Pipeline;
use mlhub::testing::{Lab, Reply};
use serde_json::json;
use tokio::net::TcpListener;

use super::socket::serve;
use crate::support::{Checked, NEVER, call, failure};

/// Time for an attempt that nobody answers: short, because on the socket it
/// really passes.
const SHORT: Duration = Duration::from_millis(200);
/// Time for an attempt that is answered, on a machine however busy.
const LONG: Duration = Duration::from_secs(60);

/// All that an error says, without where it happened and how long it took.
fn story(error: &Error, origin: &str) -> serde_json::Value {
    let outcomes: Vec<_> = error.attempts().iter().map(|attempt| attempt.outcome.to_string()).collect();
    json!({
        "line": error.to_string().replace(origin, "http://ORIGIN"),
        "code": error.code(),
        "status": error.status().map(|status| status.as_u16()),
        "retry_after": error.retry_after().map(|time| time.as_secs()),
        "body": error.body().map(|body| String::from_utf8_lossy(body).into_owned()),
        "outcomes": outcomes,
        "retryable": error.is_retryable(),
        "applied": error.may_have_been_applied(),
    })
}

/// The story of a fault in memory.
fn in_memory(reply: Reply, patience: Duration) -> Result<serde_json::Value, Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
    runtime.block_on(async {
        let lab = Lab::new();
        lab.times(4, reply);
        let pipeline = mlhub::Builder::new("http://hub.test", |pipeline: Pipeline| pipeline)
            .transport(lab.clone())
            .clock(lab.clock());
        let pipeline = pipeline.timeout(patience).retry(mlhub::Retry::never()).build()?;
        let error = failure(call(&pipeline, &NEVER).await)?;
        Ok(story(&error, "http://hub.test"))
    })
}

/// The story of a call to that address.
async fn on_socket(origin: String, patience: Duration) -> Result<serde_json::Value, Box<dyn std::error::Error>> {
    let pipeline = mlhub::Builder::new(&origin, |pipeline: Pipeline| pipeline);
    let pipeline = pipeline.timeout(patience).retry(mlhub::Retry::never()).build()?;
    let error = failure(call(&pipeline, &NEVER).await)?;
    Ok(story(&error, &origin))
}

fn answer(head: &str, body: &str) -> String {
    format!("HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

#[test]
fn answers_cuts_and_closed_connections() -> Checked {
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[1,".to_owned();
    for (reply, wire) in [
        (Reply::status(503).header("retry-after", "7"), answer("503 Busy\r\nretry-after: 7", "")),
        (
            Reply::status(404).header("x-request-id", "r1").with_pieces([r#"{"detail":"gone"}"#]),
            answer("404 No\r\nx-request-id: r1", r#"{"detail":"gone"}"#),
        ),
        (Reply::status(502).with_pieces(["<html>"]), answer("502 Bad", "<html>")),
        (Reply::bytes("<html>"), answer("200 OK", "<html>")),
        (Reply::status(200).with_pieces(["[1,"]).cut(), cut),
        (Reply::reset(), String::new()),
    ] {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let real = runtime.block_on(async {
            let (address, _served) = serve(vec![wire.clone()]).await?;
            on_socket(format!("http://{address}"), LONG).await
        })?;
        assert_eq!(in_memory(reply, LONG)?, real, "{wire}");
    }
    Ok(())
}

#[test]
fn no_connection_and_no_answer() -> Checked {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (refused, silent) = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let silent = on_socket(format!("http://{}", listener.local_addr()?), SHORT).await?;
        let free = listener.local_addr()?;
        drop(listener);
        Ok::<_, Box<dyn std::error::Error>>((on_socket(format!("http://{free}"), LONG).await?, silent))
    })?;
    assert_eq!(in_memory(Reply::no_connection(), LONG)?, refused);
    assert_eq!(in_memory(Reply::hang(), SHORT)?, silent);
    Ok(())
}

//! A real port: closed while a fault says so, chunked bodies read, requests noted.

use std::time::Duration;

use mlhub::pipeline::Pipeline;
use mlhub::testing::{Fault, FaultRule, Lab, Port, Reply};
use mlhub::{Builder, ErrorKind, Retry};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Checked, NEVER, READ, call, failure};

fn pipeline(port: &Port, lab: &Lab) -> Result<Pipeline, mlhub::Error> {
    let quick = Retry::default().base(Duration::ZERO);
    Builder::new(port.url(), |pipeline: Pipeline| pipeline).clock(lab.clock()).retry(quick).build()
}

#[tokio::test]
async fn a_call_is_served_and_written_down_as_in_memory() -> Checked {
    let lab = Lab::new();
    lab.rule(|seen| Some(Reply::json(&seen.json()["n"])));
    let port = Port::open(&lab).await?;
    assert_eq!(call(&pipeline(&port, &lab)?, &NEVER).await?, 1);
    let seen = lab.seen();
    assert_eq!(seen[0].url, format!("{}/things", port.url()));
    assert_eq!((seen[0].path(), seen[0].json()), ("/things", serde_json::json!({"n": 1})));
    Ok(())
}

#[tokio::test]
async fn a_port_is_closed_while_all_is_refused_and_opens_again() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::json(&1))).fault(Fault::Refuse);
    let port = Port::open(&lab).await?;
    let pipeline = pipeline(&port, &lab)?;
    let error = failure(call(&pipeline.with(|o| o.no_retry()), &NEVER).await)?;
    assert_eq!((error.kind(), error.may_have_been_applied()), (ErrorKind::Connect, false));
    assert_eq!(lab.seen().len(), 0);
    lab.heal();
    // The port opens when its task runs; until then the pipeline repeats what was not sent.
    let patient = pipeline.with(|o| o.retry(Retry::default().max_attempts(1000)));
    assert_eq!(call(&patient, &NEVER).await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_refusal_that_has_to_read_the_request_resets_the_connection() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::json(&1))).fault(FaultRule::new(Fault::Refuse).attempt(1));
    let port = Port::open(&lab).await?;
    let error = failure(call(&pipeline(&port, &lab)?, &NEVER).await)?;
    assert_eq!(error.kind(), ErrorKind::Transport);
    Ok(())
}

#[tokio::test]
async fn a_body_of_unknown_length_arrives_whole() -> Checked {
    let lab = Lab::new();
    lab.rule(|seen| Some(Reply::bytes(seen.body.clone())));
    let port = Port::open(&lab).await?;
    let mut socket = TcpStream::connect(port.address()).await?;
    let request = "POST /x HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n4\r\none \r\n3\r\ntwo\r\n0\r\n\r\n";
    socket.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await?;
    assert!(answer.ends_with("\r\n\r\none two"), "{answer}");
    assert_eq!(lab.seen()[0].url, "http://h/x");
    Ok(())
}

#[tokio::test]
async fn a_client_that_speaks_no_http_harms_nobody() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::json(&1)));
    let port = Port::open(&lab).await?;
    for garbage in [&b"\r\n\r\n"[..], b"GET", b"\x00\xff\xfe", b"POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n"] {
        let mut socket = TcpStream::connect(port.address()).await?;
        socket.write_all(garbage).await?;
        socket.shutdown().await?;
        let _closed_or_reset = socket.read(&mut [0; 16]).await;
    }
    assert_eq!(call(&pipeline(&port, &lab)?, &READ).await?, 1);
    assert_eq!(lab.seen().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_connection_carries_one_request_unless_it_is_kept() -> Checked {
    for keeps in [false, true] {
        let lab = Lab::new();
        lab.rule(|seen| Some(Reply::json(seen.query())));
        if keeps {
            lab.keep_connections();
        }
        let port = Port::open(&lab).await?;
        let mut socket = TcpStream::connect(port.address()).await?;
        let get = |number: u8, more: &str| format!("GET /?{number} HTTP/1.1\r\nhost: h\r\n{more}\r\n");
        socket.write_all(format!("{}{}", get(1, ""), get(2, "connection: close\r\n")).as_bytes()).await?;
        let mut answers = Vec::new();
        // Who closes with something unread resets the connection: what came before counts.
        let _closed_or_reset = socket.read_to_end(&mut answers).await;
        let answers = String::from_utf8(answers)?;
        assert_eq!((answers.contains("\"1\""), answers.ends_with("\"2\"")), (true, keeps), "{answers}");
        assert_eq!(lab.seen().len(), if keeps { 2 } else { 1 });
    }
    Ok(())
}

#[tokio::test]
async fn a_server_comes_back_at_its_port() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::json(&1)));
    let port = Port::open(&lab).await?;
    let (pipeline, number) = (pipeline(&port, &lab)?.with(|o| o.no_retry()), port.address().port());
    drop(port);
    // The task that holds the port ends when it runs.
    tokio::task::yield_now().await;
    assert_eq!(failure(call(&pipeline, &NEVER).await)?.kind(), ErrorKind::Connect);
    let port = Port::open_at(&lab, number).await?;
    assert_eq!((port.address().port(), call(&pipeline, &NEVER).await?), (number, serde_json::json!(1)));
    Ok(())
}

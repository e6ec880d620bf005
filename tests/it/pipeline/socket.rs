//! The transport of production against real sockets.

use std::net::SocketAddr;
use std::time::Duration;

use mlhub::pipeline::Pipeline;
use mlhub::{Builder, ErrorKind, Outcome};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::{Checked, NEVER, READ, SAFE, call, failure, seconds};

fn pipeline(address: SocketAddr) -> Builder<Pipeline> {
    Builder::new(format!("http://{address}"), |pipeline: Pipeline| pipeline)
}

/// Answers one connection after the other with these bytes; gives back what
/// each of them sent.
pub(super) async fn serve(
    answers: Vec<String>,
) -> std::io::Result<(SocketAddr, tokio::task::JoinHandle<std::io::Result<Vec<String>>>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let served = tokio::spawn(async move {
        let mut seen = Vec::new();
        for answer in answers {
            let (mut socket, _) = listener.accept().await?;
            let mut request = Vec::new();
            while !whole(&request) {
                let mut piece = [0; 1024];
                let count = socket.read(&mut piece).await?;
                request.extend_from_slice(&piece[..count]);
            }
            seen.push(String::from_utf8_lossy(&request).into_owned());
            socket.write_all(answer.as_bytes()).await?;
            socket.shutdown().await?;
        }
        Ok(seen)
    });
    Ok((address, served))
}

/// Whether a request without a body, or with the body `{"n":1}`, is there.
fn whole(request: &[u8]) -> bool {
    request.ends_with(b"\r\n\r\n") && request.starts_with(b"GET") || request.ends_with(b"}")
}

pub(super) fn json(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn a_call_goes_out_and_its_reply_comes_in() -> Checked {
    let (address, served) = serve(vec![json("[1,2]"), json("{}")]).await?;
    let pipeline = pipeline(address).token("t0ken").build()?;
    assert_eq!(call(&pipeline, &READ).await?, serde_json::json!([1, 2]));
    call(&pipeline, &SAFE).await?;
    let seen = served.await??;
    assert!(seen[0].starts_with("GET /things HTTP/1.1\r\n"), "{}", seen[0]);
    assert!(seen[0].contains("authorization: Bearer t0ken\r\n"));
    assert!(seen[1].ends_with("\r\n\r\n{\"n\":1}"), "{}", seen[1]);
    Ok(())
}

#[tokio::test]
async fn a_port_that_accepts_and_says_nothing_is_a_timeout() -> Checked {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let pipeline = pipeline(listener.local_addr()?).timeout(Duration::from_millis(50)).build()?;
    let error = failure(call(&pipeline, &NEVER).await)?;
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.attempts().len(), 1);
    assert!(error.may_have_been_applied());
    Ok(())
}

#[tokio::test]
async fn a_port_where_nothing_listens_is_no_connection() -> Checked {
    let address = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    let error = failure(call(&pipeline(address).build()?.with(|o| o.no_retry()), &NEVER).await)?;
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(!error.may_have_been_applied());
    Ok(())
}

#[tokio::test]
async fn a_body_that_is_cut_is_read_again() -> Checked {
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[1,".to_owned();
    let (address, served) = serve(vec![cut, json("[1]")]).await?;
    let fast = mlhub::Retry::default().base(Duration::ZERO);
    assert_eq!(call(&pipeline(address).retry(fast).build()?, &READ).await?, serde_json::json!([1]));
    assert_eq!(served.await??.len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_connection_that_closes_without_a_word_is_broken_and_not_unsent() -> Checked {
    let (address, _served) = serve(vec![String::new()]).await?;
    let error = failure(call(&pipeline(address).build()?, &NEVER).await)?;
    assert_eq!(error.attempts()[0].outcome, Outcome::Broken);
    assert!(error.may_have_been_applied());
    Ok(())
}

#[tokio::test]
async fn a_redirect_is_followed_within_the_origin_and_nowhere_else() -> Checked {
    let moved = |target: &str| {
        format!("HTTP/1.1 307 Moved\r\nlocation: {target}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
    };
    let (address, served) = serve(vec![moved("/things/"), json("1")]).await?;
    call(&pipeline(address).build()?, &READ).await?;
    assert!(served.await??[1].starts_with("GET /things/ "));

    let other = TcpListener::bind("127.0.0.1:0").await?;
    let (address, _served) = serve(vec![moved(&format!("http://{}/", other.local_addr()?))]).await?;
    let error = failure(call(&pipeline(address).deadline(seconds(10)).build()?, &READ).await)?;
    assert_eq!(error.kind(), ErrorKind::Status);
    Ok(())
}

//! HTTP/2 against a server that speaks it: chosen within TLS, many calls on one connection, and what breaks there.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::join_all;
use http::{Request, Response, Version};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use mlhub::pipeline::{HttpVersions, Pipeline, Tls};
use mlhub::{Builder, ErrorKind, Op, Outcome, RawCall};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;

use super::certificates::Authority;
use super::server::{Tally, answer, serve};
use crate::support::{Checked, NEVER, READ, call, failure, op};

const BOTH: [&str; 2] = ["h2", "http/1.1"];

/// Answers with what it was sent; never, where that is `"silence"`.
async fn echo(request: Request<Incoming>, tally: Tally) -> Result<Response<Full<Bytes>>, hyper::Error> {
    assert_eq!(request.version(), Version::HTTP_2);
    let line = format!("{} {} {:?}", request.method(), request.uri(), request.headers().get("authorization"));
    let body = request.into_body().collect().await?.to_bytes();
    tally.saw(&line);
    match body.as_ref() {
        br#""silence""# => std::future::pending().await,
        b"" => Ok(Response::new(Full::from("1"))),
        _ => Ok(Response::new(Full::new(body))),
    }
}

async fn speak(socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, tally: Tally) {
    let service = service_fn(move |request| echo(request, tally.clone()));
    let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    // A client that hangs up is no failure of the server's.
    let _ = connection.serve_connection(TokioIo::new(socket), service).await;
}

/// A server with TLS that offers those protocols.
async fn offering(
    authority: &Authority,
    protocols: &[&str],
) -> Result<(SocketAddr, Tally), Box<dyn std::error::Error>> {
    let pair = authority.server("localhost")?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut config = builder.with_no_client_auth().with_single_cert(pair.chain.clone(), pair.private())?;
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    Ok(serve(move |socket, tally| {
        let acceptor = acceptor.clone();
        async move {
            let _held = tally.opened(&socket);
            let socket = acceptor.accept(socket).await?;
            match socket.get_ref().1.alpn_protocol() {
                Some(b"h2") => speak(socket, tally).await,
                _ => answer(socket, &tally).await?,
            }
            Ok(())
        }
    })
    .await?)
}

fn pipeline(authority: &Authority, at: SocketAddr) -> Builder<Pipeline> {
    Builder::new(format!("https://localhost:{}", at.port()), |pipeline: Pipeline| pipeline)
        .tls(Tls::default().root_bytes(authority.pem.clone()))
        .token("t0ken")
        .timeout(Duration::from_secs(20))
}

#[tokio::test]
async fn within_tls_it_is_spoken_with_whoever_prefers_it() -> Checked {
    let authority = Authority::new()?;
    for (protocols, versions, first) in [
        (&BOTH[..], HttpVersions::Negotiated, "GET https://localhost"),
        (&BOTH[..], HttpVersions::Http2, "GET https://localhost"),
        (&BOTH[..], HttpVersions::Http1, "GET /things HTTP/1.1"),
        (&BOTH[1..], HttpVersions::Negotiated, "GET /things HTTP/1.1"),
        (&[], HttpVersions::Negotiated, "GET /things HTTP/1.1"),
    ] {
        let (at, tally) = offering(&authority, protocols).await?;
        let pipeline = pipeline(&authority, at).http(|http| http.versions(versions)).build()?;
        assert_eq!(call(&pipeline, &READ).await?, 1);
        let heads = tally.heads().concat();
        assert!(heads.starts_with(first), "{protocols:?} {versions:?}: {heads}");
        assert!(heads.contains("Bearer t0ken"), "{heads}");
    }
    Ok(())
}

#[tokio::test]
async fn a_server_without_it_is_refused_where_nothing_else_is_allowed() -> Checked {
    let authority = Authority::new()?;
    let (at, _) = offering(&authority, &BOTH[1..]).await?;
    let pipeline = pipeline(&authority, at).http(|http| http.versions(HttpVersions::Http2)).build()?;
    let error = failure(call(&pipeline, &NEVER).await)?;
    assert_eq!((error.kind(), error.attempts().len()), (ErrorKind::Connect, 1));
    assert!(error.to_string().contains("no version of HTTP that is allowed here"), "{error}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_calls_at_once_share_a_connection() -> Checked {
    let authority = Authority::new()?;
    let (at, tally) = offering(&authority, &BOTH).await?;
    let pipeline = pipeline(&authority, at).build()?;
    // Until the first answers nobody knows that connections can be shared here.
    call(&pipeline, &READ).await?;
    let calls = (0..100).map(|number| RawCall::of(pipeline.clone(), &NEVER).body(number).send::<usize>());
    for (number, reply) in join_all(calls).await.into_iter().enumerate() {
        assert_eq!(reply?, number);
    }
    assert_eq!((tally.accepted(), tally.heads().len()), (1, 101));
    Ok(())
}

#[tokio::test]
async fn without_tls_it_is_spoken_where_that_was_said_before() -> Checked {
    let (at, tally) = serve(|socket, tally| async move {
        let _held = tally.opened(&socket);
        speak(socket, tally).await;
        Ok(())
    })
    .await?;
    let pipeline = Builder::new(format!("http://{at}"), |pipeline: Pipeline| pipeline)
        .http(|http| http.versions(HttpVersions::Http2))
        .build()?;
    for _ in 0..3 {
        assert_eq!(call(&pipeline, &NEVER).await?, serde_json::json!({"n": 1}));
    }
    assert_eq!((tally.accepted(), tally.heads().len()), (1, 3));
    Ok(())
}

#[tokio::test]
async fn a_call_that_times_out_leaves_the_connection_to_the_others() -> Checked {
    let authority = Authority::new()?;
    let (at, tally) = offering(&authority, &BOTH).await?;
    let pipeline = pipeline(&authority, at).build()?;
    call(&pipeline, &READ).await?;
    // For a connection that is there, on a machine that is busy.
    let quick = pipeline.with(|o| o.timeout(Duration::from_millis(500)).no_retry());
    static PATCH: std::sync::LazyLock<Op> =
        std::sync::LazyLock::new(|| Op { method: http::Method::PATCH, ..op("patch", mlhub::op::RetryClass::Never) });
    let error = failure(RawCall::of(quick, &PATCH).body("silence").send::<usize>().await)?;
    assert_eq!((error.kind(), error.attempts()[0].outcome), (ErrorKind::Timeout, Outcome::TimedOut));
    assert!(error.may_have_been_applied(), "the server has it: {error:?}");
    call(&pipeline, &READ).await?;
    assert_eq!(tally.accepted(), 1);
    Ok(())
}

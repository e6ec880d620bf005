//! A limit on connections is a limit on sockets.

use std::time::Duration;

use futures::future::join_all;
use mlhub::__private::{PLACEHOLDER, reqwest};
use mlhub::pipeline::{HttpSettings, Pipeline, RoundRobin};
use mlhub::{Builder, ErrorKind, Outcome, RawCall};

use super::server::{Tally, plain};
use crate::support::{Checked, NEVER, READ, call, failure};

/// For a connection on a machine that is busy.
const ENOUGH: Duration = Duration::from_millis(500);

/// A hundred calls at once.
async fn storm(settings: impl FnOnce(HttpSettings) -> HttpSettings) -> Result<Tally, Box<dyn std::error::Error>> {
    let (address, tally) = plain().await?;
    let pipeline = Builder::new(format!("http://{address}"), |pipeline: Pipeline| pipeline).http(settings).build()?;
    for reply in join_all((0..100).map(|_| call(&pipeline, &READ))).await {
        assert_eq!(reply?, 1);
    }
    assert_eq!(tally.heads().len(), 100);
    Ok(tally)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_calls_at_once_share_four_sockets() -> Checked {
    for most in [1, 4] {
        let tally = storm(|http| http.max_connections(most)).await?;
        assert!(tally.most() <= most, "{} sockets at one time where {most} are allowed", tally.most());
        // A call may open one in the moment in which another comes back, so a few more than that are used in all.
        assert!(tally.accepted() < 50, "{} sockets for a hundred calls: they are not used again", tally.accepted());
    }
    Ok(())
}

#[tokio::test]
async fn without_a_limit_each_call_that_finds_none_idle_opens_its_own() -> Checked {
    assert!(storm(|http| http).await?.most() > 4);
    Ok(())
}

#[tokio::test]
async fn without_reuse_each_call_has_its_own_and_the_limit_holds_all_the_same() -> Checked {
    assert_eq!(storm(HttpSettings::no_reuse).await?.accepted(), 100);
    let tally = storm(|http| http.no_reuse().max_connections(3)).await?;
    assert_eq!(tally.accepted(), 100);
    Ok(())
}

#[tokio::test]
async fn calls_one_after_the_other_share_one_socket() -> Checked {
    let (address, tally) = plain().await?;
    let pipeline = Builder::new(format!("http://{address}"), |pipeline: Pipeline| pipeline).build()?;
    for _ in 0..5 {
        call(&pipeline, &READ).await?;
    }
    assert_eq!(tally.accepted(), 1);
    Ok(())
}

#[tokio::test]
async fn a_call_that_is_dropped_gives_its_permit_back() -> Checked {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let pipeline = Builder::new(format!("http://{}", silent.local_addr()?), |pipeline: Pipeline| pipeline)
        .max_connections(1)
        .timeout(ENOUGH)
        .build()?
        .with(|o| o.no_retry());
    for _ in 0..3 {
        let error = failure(call(&pipeline, &READ).await)?;
        assert_eq!(error.kind(), ErrorKind::Timeout);
        // The call got as far as the server: it did not starve in the queue.
        silent.accept().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_call_that_waits_for_a_connection_in_vain_has_sent_nothing() -> Checked {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let pipeline = Builder::new(format!("http://{}", silent.local_addr()?), |pipeline: Pipeline| pipeline)
        .max_connections(1)
        .timeout(Duration::from_millis(50))
        .build()?
        .with(|o| o.no_retry());
    let patient = pipeline.with(|o| o.timeout(Duration::from_secs(60)));
    let first = tokio::spawn(async move { call(&patient, &NEVER).await.is_ok() });
    let _held = silent.accept().await?;
    let error = failure(call(&pipeline, &NEVER).await)?;
    assert_eq!((error.kind(), error.attempts()[0].outcome), (ErrorKind::Timeout, Outcome::Queued));
    assert!(!error.may_have_been_applied() && error.is_retryable(), "{error:?}");
    assert!(error.to_string().contains("was free within 0.05 s"), "{error}");
    // The same where it got its turn and the server is silent: that one may have been read.
    first.abort();
    assert!(first.await.is_err_and(|ended| ended.is_cancelled()));
    let error = failure(call(&pipeline.with(|o| o.timeout(ENOUGH)), &NEVER).await)?;
    assert_eq!((error.kind(), error.attempts()[0].outcome), (ErrorKind::Timeout, Outcome::TimedOut));
    assert!(error.may_have_been_applied(), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn a_server_is_not_blamed_for_the_clients_own_limit() -> Checked {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let (living, served) = plain().await?;
    let pipeline = Builder::new(format!("http://{}", silent.local_addr()?), |pipeline: Pipeline| pipeline)
        .node(format!("http://{living}"))
        .selector(RoundRobin::starting_at(0))
        .max_connections(1)
        .timeout(ENOUGH)
        .build()?;
    let patient = pipeline.with(|o| o.timeout(Duration::from_secs(60)));
    let first = tokio::spawn(async move { call(&patient, &NEVER).await.is_ok() });
    let _held = silent.accept().await?;
    // Not even a call that is never repeated needs to fail: what waited in vain goes to the other server.
    for _ in 0..3 {
        call(&pipeline, &NEVER).await?;
    }
    assert_eq!(served.heads().len(), 3);
    first.abort();
    assert!(first.await.is_err_and(|ended| ended.is_cancelled()));
    // The first server has not been sent into cooldown meanwhile: one of two calls goes there, and finds it silent.
    let errors: Vec<_> =
        [call(&pipeline, &NEVER).await, call(&pipeline, &NEVER).await].into_iter().filter_map(Result::err).collect();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].is_timeout() && errors[0].may_have_been_applied(), "{errors:?}");
    Ok(())
}

#[tokio::test]
async fn a_server_that_takes_no_connection_in_time_has_read_nothing() -> Checked {
    let socket = tokio::net::TcpSocket::new_v4()?;
    socket.bind("127.0.0.1:0".parse()?)?;
    let full = socket.listen(1)?;
    let address = full.local_addr()?;
    // Until there is no place left in the queue of those that wait to be let in.
    let mut waiting = Vec::new();
    while let Ok(socket) = std::net::TcpStream::connect_timeout(&address, Duration::from_millis(100)) {
        waiting.push(socket);
        assert!(waiting.len() < 100, "the queue has no end");
    }
    let pipeline = Builder::new(format!("http://{address}"), |pipeline: Pipeline| pipeline)
        .timeout(Duration::from_millis(50))
        .build()?
        .with(|o| o.no_retry());
    let error = failure(call(&pipeline, &NEVER).await)?;
    assert_eq!((error.kind(), error.attempts()[0].outcome), (ErrorKind::Connect, Outcome::NotSent));
    assert!(!error.may_have_been_applied(), "{error:?}");
    assert!(error.to_string().contains("cannot connect to") && error.to_string().contains("within 0.05 s"), "{error}");
    Ok(())
}

#[test]
fn a_limit_of_none_at_all_is_refused() -> Checked {
    let builder = Builder::new("http://hub.test", |pipeline: Pipeline| pipeline);
    let error = failure(builder.max_connections(0).build())?;
    assert!(error.to_string().contains("has to be at least one"), "{error}");
    Ok(())
}

/// What goes out as a request's body, and whether it may have been read by a server that is silent about it.
#[tokio::test]
async fn whatever_a_connection_has_taken_may_have_been_read() -> Checked {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let pipeline = Builder::new(format!("http://{}", silent.local_addr()?), |pipeline: Pipeline| pipeline)
        .timeout(ENOUGH)
        .build()?
        .with(|o| o.no_retry());
    let call = || RawCall::of(pipeline.clone(), &NEVER);
    let pieces = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from_static(b"1"))]);
    let streamed =
        pipeline.requests().post(format!("{PLACEHOLDER}/things")).body(reqwest::Body::wrap_stream(pieces)).build()?;
    for (what, result) in [
        ("nothing", call().send::<u8>().await),
        ("JSON", call().body(1).send().await),
        ("bytes", call().content("text/plain", "1").send().await),
        ("a stream", pipeline.exec(streamed, &NEVER).await.map(|_| 0)),
    ] {
        let error = failure(result)?;
        assert_eq!(error.attempts()[0].outcome, Outcome::TimedOut, "{what}");
        assert!(error.may_have_been_applied(), "{what}: {error:?}");
    }
    Ok(())
}

//! A real port that takes connections and never answers, beside one that serves.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mlhub::pipeline::{Pipeline, RoundRobin};
use mlhub::{Builder, Cooldown, Retry};
use tokio::net::TcpListener;

use super::super::socket::{json, serve};
use crate::support::{Checked, NEVER, READ, call, failure, seconds};

const CALLS: usize = 20;

/// A port that keeps every connection open and says nothing; counts them.
async fn hung() -> std::io::Result<(SocketAddr, Arc<AtomicUsize>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let (address, count) = (listener.local_addr()?, Arc::new(AtomicUsize::new(0)));
    let counter = Arc::clone(&count);
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((socket, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::Relaxed);
            held.push(socket);
        }
    });
    Ok((address, count))
}

/// The hung port first. Its cooldown outlasts the test however slow the machine is.
fn pipeline(hung: SocketAddr, living: SocketAddr) -> Result<Pipeline, mlhub::Error> {
    Builder::new(format!("http://{hung}"), |pipeline: Pipeline| pipeline)
        .node(format!("http://{living}"))
        .selector(RoundRobin::starting_at(0))
        .cooldown(Cooldown::default().base(seconds(3600)).cap(seconds(3600)))
        .timeout(seconds(1))
        .build()
}

#[tokio::test]
async fn a_hung_port_costs_one_timeout_and_no_call() -> Checked {
    let (silent, count) = hung().await?;
    let (living, _served) = serve(vec![json("1"); CALLS]).await?;
    let patient = Retry::default().on_timeout(true);
    let pipeline = pipeline(silent, living)?.with(|o| o.retry(patient));
    for _ in 0..CALLS {
        assert_eq!(call(&pipeline, &READ).await?, 1);
    }
    assert_eq!(count.load(Ordering::Relaxed), 1);
    Ok(())
}

#[tokio::test]
async fn a_hung_port_fails_one_call_at_most_that_may_not_be_repeated() -> Checked {
    let (silent, count) = hung().await?;
    let (living, _served) = serve(vec![json("1"); CALLS]).await?;
    let pipeline = pipeline(silent, living)?;
    let error = failure(call(&pipeline, &NEVER).await)?;
    assert!(error.is_timeout() && error.may_have_been_applied(), "{error}");
    for _ in 0..CALLS {
        assert_eq!(call(&pipeline, &NEVER).await?, 1);
    }
    assert_eq!(count.load(Ordering::Relaxed), 1);
    Ok(())
}

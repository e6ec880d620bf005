//! A real port that takes connections and never answers, beside one that serves.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mlhub::pipeline::{Pipeline, Rotation};
use mlhub::{Builder, Rest, Retry};
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

/// The hung port first. Its rest outlasts the test however slow the machine is.
fn road(hung: SocketAddr, living: SocketAddr) -> Result<Pipeline, mlhub::Error> {
    Builder::new(format!("http://{hung}"), |road: Pipeline| road)
        .node(format!("http://{living}"))
        .selector(Rotation::starting_at(0))
        .rest(Rest::default().base(seconds(3600)).cap(seconds(3600)))
        .timeout(seconds(1))
        .build()
}

#[tokio::test]
async fn a_hung_port_costs_one_timeout_and_no_call() -> Checked {
    let (silent, count) = hung().await?;
    let (living, _served) = serve(vec![json("1"); CALLS]).await?;
    let patient = Retry::default().on_timeout(true);
    let road = road(silent, living)?.with(|o| o.retry(patient));
    for _ in 0..CALLS {
        assert_eq!(call(&road, &READ).await?, 1);
    }
    assert_eq!(count.load(Ordering::Relaxed), 1);
    Ok(())
}

#[tokio::test]
async fn a_hung_port_fails_one_call_at_most_that_may_not_be_repeated() -> Checked {
    let (silent, count) = hung().await?;
    let (living, _served) = serve(vec![json("1"); CALLS]).await?;
    let road = road(silent, living)?;
    let error = failure(call(&road, &NEVER).await)?;
    assert!(error.is_timeout() && error.may_have_been_applied(), "{error}");
    for _ in 0..CALLS {
        assert_eq!(call(&road, &NEVER).await?, 1);
    }
    assert_eq!(count.load(Ordering::Relaxed), 1);
    Ok(())
}

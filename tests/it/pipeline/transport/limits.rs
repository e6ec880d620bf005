//! A limit on connections is a limit on sockets.

use std::time::Duration;

use futures::future::join_all;
use mlhub::pipeline::{HttpSettings, Pipeline};
use mlhub::{Builder, ErrorKind};

use super::server::{Tally, plain};
use crate::support::{Checked, READ, call, failure};

/// A hundred calls at once.
async fn storm(settings: impl FnOnce(HttpSettings) -> HttpSettings) -> Result<Tally, Box<dyn std::error::Error>> {
    let (address, tally) = plain().await?;
    let road = Builder::new(format!("http://{address}"), |road: Pipeline| road).http(settings).build()?;
    for reply in join_all((0..100).map(|_| call(&road, &READ))).await {
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
    let road = Builder::new(format!("http://{address}"), |road: Pipeline| road).build()?;
    for _ in 0..5 {
        call(&road, &READ).await?;
    }
    assert_eq!(tally.accepted(), 1);
    Ok(())
}

#[tokio::test]
async fn a_call_that_is_dropped_gives_its_turn_back() -> Checked {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let road = Builder::new(format!("http://{}", silent.local_addr()?), |road: Pipeline| road)
        .max_connections(1)
        .timeout(Duration::from_millis(50))
        .build()?
        .with(|o| o.no_retry());
    for _ in 0..3 {
        let error = failure(call(&road, &READ).await)?;
        assert_eq!(error.kind(), ErrorKind::Timeout);
        // The call got as far as the server: it did not starve in the queue.
        silent.accept().await?;
    }
    Ok(())
}

#[test]
fn a_limit_of_none_at_all_is_refused() -> Checked {
    let builder = Builder::new("http://hub.test", |road: Pipeline| road);
    let error = failure(builder.max_connections(0).build())?;
    assert!(error.to_string().contains("has to be at least one"), "{error}");
    Ok(())
}

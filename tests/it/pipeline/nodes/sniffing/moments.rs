//! When a client asks for the servers.

use std::time::Duration;

use futures::FutureExt;
use mlhub::pipeline::Sniff;
use mlhub::testing::Reply;

use super::super::site::{Peers, Site};
use crate::support::{Checked, READ, call, seconds};

/// How often servers were asked, since this was asked for the last time.
fn asked(site: &Site) -> usize {
    site.arrivals().iter().filter(|name| name.ends_with("/peers")).count()
}

#[tokio::test(start_paused = true)]
async fn on_start_is_before_the_first_call_and_never_again() -> Checked {
    let site = Site::new();
    site.list("a", &["b.test:80"]);
    let pipeline = site.pipeline(1).discover(Peers).sniff(Sniff::on_start()).build()?;
    assert_eq!(asked(&site), 0, "nothing is sent before the first call");
    for _ in 0..4 {
        call(&pipeline, &READ).await?;
    }
    assert_eq!(site.arrivals(), ["a/peers", "a", "b", "a", "b"]);
    site.pass(seconds(100_000)).await;
    call(&pipeline, &READ).await?;
    assert_eq!(asked(&site), 0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn periodic_is_checked_when_a_call_is_made() -> Checked {
    let site = Site::new();
    site.list("a", &["a.test:80"]);
    let pipeline = site.pipeline(1).discover(Peers).sniff(Sniff::new().every(seconds(60))).build()?;
    call(&pipeline, &READ).await?;
    assert_eq!(asked(&site), 0);
    site.pass(seconds(600)).await;
    assert_eq!(asked(&site), 0, "nobody asks in the background");
    call(&pipeline, &READ).await?;
    call(&pipeline, &READ).await?;
    assert_eq!(asked(&site), 1);
    site.pass(seconds(59)).await;
    call(&pipeline, &READ).await?;
    assert_eq!(asked(&site), 0);
    site.pass(seconds(1)).await;
    call(&pipeline, &READ).await?;
    assert_eq!(asked(&site), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn on_failure_is_before_the_repetition_so_that_it_may_go_to_what_is_found() -> Checked {
    let site = Site::new();
    for name in ["a", "b"] {
        site.list(name, &["c.test:80"]);
    }
    let pipeline = site.pipeline(2).discover(Peers).sniff(Sniff::new().on_failure()).build()?;
    call(&pipeline, &READ).await?;
    assert_eq!(site.arrivals(), ["a"]);
    site.set("b", Reply::no_connection());
    call(&pipeline, &READ).await?;
    assert_eq!(site.arrivals()[..2], ["b", "a/peers"].map(str::to_owned));
    assert_eq!(pipeline.nodes().len(), 3);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn many_failures_ask_once_in_ten_seconds() -> Checked {
    let site = Site::new();
    for name in ["a", "b", "c", "d"] {
        site.list(name, &["d.test:80"]);
        site.set(name, Reply::status(503));
    }
    site.heal("d");
    let pipeline = site.pipeline(4).discover(Peers).sniff(Sniff::new().on_failure()).build()?;
    for _ in 0..90 {
        call(&pipeline, &READ).await?;
        site.pass(Duration::from_millis(100)).await;
    }
    assert_eq!(asked(&site), 1);
    for _ in 0..100 {
        call(&pipeline, &READ).await?;
        site.pass(Duration::from_millis(100)).await;
    }
    assert_eq!(asked(&site), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_success_with_a_refusal_is_no_failure_of_a_server() -> Checked {
    let site = Site::new();
    site.set("a", Reply::status(404));
    let pipeline = site.pipeline(1).discover(Peers).sniff(Sniff::new().on_failure()).build()?;
    let _ = call(&pipeline, &READ).await;
    let _ = call(&pipeline, &READ).await;
    assert_eq!(asked(&site), 0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn one_call_asks_and_the_others_go_on() -> Checked {
    let site = Site::new();
    site.set("a/peers", Reply::json(&["b.test:80"]).after(Duration::from_millis(100)));
    let pipeline = site.pipeline(1).discover(Peers).sniff(Sniff::on_start()).build()?;
    let mut first = Box::pin(call(&pipeline, &READ));
    assert!(first.as_mut().now_or_never().is_none());
    let others = futures::future::join_all((0..5).map(|_| call(&pipeline, &READ))).await;
    assert!(others.iter().all(Result::is_ok));
    assert_eq!(site.timed_arrivals().iter().filter(|(at, name)| *at == 0 && name == "a").count(), 5);
    first.await?;
    assert_eq!(asked(&site), 0);
    assert_eq!(pipeline.nodes().len(), 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn asking_that_is_cancelled_is_taken_up_by_the_next_call() -> Checked {
    let site = Site::new();
    site.set("a/peers", Reply::hang());
    let pipeline = site.pipeline(1).discover(Peers).sniff(Sniff::on_start()).build()?;
    assert!(call(&pipeline, &READ).now_or_never().is_none());
    site.list("a", &["b.test:80"]);
    call(&pipeline, &READ).await?;
    assert_eq!(asked(&site), 2);
    assert_eq!(pipeline.nodes().len(), 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_pinned_call_has_no_use_for_others_and_does_not_ask() -> Checked {
    let site = Site::new();
    site.list("a", &["b.test:80"]);
    let pipeline = site.pipeline(1).discover(Peers).sniff(Sniff::on_start()).build()?;
    call(&pipeline.with(|o| o.pin("http://a.test")), &READ).await?;
    assert_eq!(asked(&site), 0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn asking_by_name_waits_for_whoever_asks_already() -> Checked {
    let site = Site::new();
    site.set("a/peers", Reply::json(&["b.test:80"]).after(seconds(1)));
    let pipeline = site.pipeline(1).discover(Peers).build()?;
    let (one, other) = futures::future::join(pipeline.sniff(), pipeline.sniff()).await;
    assert_eq!((one?.len(), other?.len()), (2, 2));
    let times: Vec<_> = site.timed_arrivals().into_iter().map(|(at, _)| at).collect();
    assert_eq!(times, [0, 1000]);
    Ok(())
}

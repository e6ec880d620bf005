//! Asking for the servers fails, and no call does.

use std::time::Duration;

use mlhub::pipeline::Sniff;
use mlhub::testing::Reply;
use mlhub::{ErrorKind, Retry};

use super::super::site::{Peers, Site};
use crate::support::{Checked, READ, call, failure, seconds};

#[tokio::test(start_paused = true)]
async fn a_list_that_cannot_be_had_fails_no_call_and_is_told_to_whoever_asks_for_it() -> Checked {
    for (reply, kind) in [
        (Reply::status(500), ErrorKind::Server),
        (Reply::status(404), ErrorKind::NotFound),
        (Reply::reset(), ErrorKind::Transport),
        (Reply::no_connection(), ErrorKind::Connect),
        (Reply::bytes("<html>"), ErrorKind::Decode),
        (Reply::json(&["", "@"]), ErrorKind::Decode),
        (Reply::json(&[""; 0]), ErrorKind::Decode),
    ] {
        let site = Site::new();
        site.set("a/peers", reply.clone());
        let pipeline = site.pipeline(1).discover(Peers).sniff(Sniff::on_start()).build()?;
        assert_eq!(call(&pipeline, &READ).await?, "a", "{reply:?}");
        assert_eq!(failure(pipeline.sniff().await)?.kind(), kind, "{reply:?}");
        assert_eq!(pipeline.nodes().len(), 1);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn another_server_is_asked_when_one_does_not_tell() -> Checked {
    for reply in [Reply::status(500), Reply::no_connection(), Reply::hang(), Reply::bytes("?"), Reply::json(&[""; 0])] {
        let site = Site::new();
        site.set("a/peers", reply);
        site.list("b", &["c.test:80"]);
        let pipeline = site.pipeline(2).discover(Peers).build()?;
        assert_eq!(pipeline.sniff().await?.len(), 3);
        assert_eq!(site.arrivals(), ["a/peers", "b/peers"]);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn those_that_live_are_asked_before_those_in_cooldown() -> Checked {
    let site = Site::new();
    site.set("a", Reply::no_connection());
    site.list("b", &["c.test:80"]);
    let pipeline = site.pipeline(2).discover(Peers).build()?;
    call(&pipeline, &READ).await?;
    // In cooldown, and then half-open.
    for _ in 0..2 {
        site.arrivals();
        pipeline.sniff().await?;
        assert_eq!(site.arrivals(), ["b/peers"]);
        site.pass(seconds(2)).await;
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn servers_that_hang_share_the_time_evenly() -> Checked {
    let site = Site::new();
    for name in ["a/peers", "b/peers", "c/peers"] {
        site.set(name, Reply::hang());
    }
    let pipeline = site.pipeline(3).discover(Peers).build()?;
    let error = failure(pipeline.sniff().await)?;
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let times: Vec<_> = site.timed_arrivals().into_iter().map(|(at, _)| at).collect();
    assert_eq!(times, [0, 1000, 2000]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn asking_takes_a_tenth_of_the_time_of_its_call_at_most() -> Checked {
    let site = Site::new();
    site.set("a/peers", Reply::hang());
    let pipeline = site.pipeline(1).discover(Peers).sniff(Sniff::on_start()).deadline(seconds(2)).build()?;
    call(&pipeline, &READ).await?;
    assert_eq!(site.timed_arrivals(), [(0, "a/peers".to_owned()), (200, "a".to_owned())]);
    let patient = site.pipeline(1).discover(Peers).sniff(Sniff::on_start().timeout(seconds(1))).build()?;
    call(&patient, &READ).await?;
    assert_eq!(site.timed_arrivals(), [(200, "a/peers".to_owned()), (1200, "a".to_owned())]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_list_that_fails_speaks_against_no_server() -> Checked {
    let site = Site::new();
    site.set("a/peers", Reply::hang());
    site.set("b/peers", Reply::status(503));
    let pipeline = site.pipeline(2).discover(Peers).build()?;
    failure(pipeline.sniff().await)?;
    site.arrivals();
    for _ in 0..2 {
        call(&pipeline, &READ).await?;
    }
    assert_eq!(site.arrivals(), ["a", "b"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_sniffing_follows_is_still_the_one_that_the_caller_sees() -> Checked {
    let site = Site::new();
    site.set("a", Reply::status(503));
    site.set("a/peers", Reply::status(500));
    let retry = Retry::default().max_attempts(2);
    let pipeline = site.pipeline(1).discover(Peers).sniff(Sniff::on_start().on_failure()).retry(retry).build()?;
    let error = failure(call(&pipeline, &READ).await)?;
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
    assert_eq!(error.attempts().len(), 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_one_call_sends_is_not_sent_along_when_it_asks() -> Checked {
    let site = Site::new();
    site.list("a", &["b.test:80"]);
    let pipeline = site.pipeline(1).discover(Peers).sniff(Sniff::on_start()).header("x-client", "ours").build()?;
    let special = pipeline.with(|o| o.header("x-call", "its own").extra("x", 1).timeout(Duration::from_secs(9)));
    call(&special, &READ).await?;
    let seen = site.lab.seen();
    assert_eq!((seen[0].path(), seen[0].query()), ("/peers", ""));
    assert_eq!((seen[0].header("x-client"), seen[0].header("x-call")), (Some("ours"), None));
    assert_eq!((seen[1].path(), seen[1].header("x-call")), ("/things", Some("its own")));
    Ok(())
}

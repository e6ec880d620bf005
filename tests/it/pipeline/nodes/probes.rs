//! How a server comes back, and who serves while none lives.

use std::time::Duration;

use futures::FutureExt;
use mlhub::testing::Reply;

use super::site::Site;
use crate::support::{Checked, NEVER, READ, call, failure, seconds};

#[tokio::test(start_paused = true)]
async fn after_a_cooldown_exactly_one_request_probes_the_server() -> Checked {
    let site = Site::new();
    site.set("a", Reply::no_connection());
    let pipeline = site.pipeline(2).build()?;
    call(&pipeline, &READ).await?;
    site.set("a", Reply::json("a").after(Duration::from_millis(500)));
    site.pass(seconds(1)).await;
    site.arrivals();
    let ten = futures::future::join_all((0..10).map(|_| call(&pipeline, &READ))).await;
    assert!(ten.iter().all(Result::is_ok));
    let arrivals = site.arrivals();
    assert_eq!(arrivals[0], "a");
    assert_eq!(arrivals.iter().filter(|name| *name == "a").count(), 1, "{arrivals:?}");
    // It has answered: it serves like the other again.
    futures::future::join_all((0..10).map(|_| call(&pipeline, &READ))).await;
    assert_eq!(site.arrivals().iter().filter(|name| *name == "a").count(), 5);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_is_cancelled_is_left_to_the_next_call() -> Checked {
    let site = Site::new();
    site.set("a", Reply::no_connection());
    let pipeline = site.pipeline(2).build()?;
    call(&pipeline, &READ).await?;
    site.pass(seconds(1)).await;
    site.set("a", Reply::hang());
    site.arrivals();
    {
        let probe = call(&pipeline, &READ);
        futures::pin_mut!(probe);
        assert!(probe.as_mut().now_or_never().is_none(), "it hangs");
        assert_eq!(call(&pipeline, &READ).await?, "b", "others keep off");
    }
    site.heal("a");
    assert_eq!(call(&pipeline, &READ).await?, "a");
    assert_eq!(site.arrivals(), ["a", "b", "a"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_fails_by_silence_makes_the_cooldown_grow() -> Checked {
    let site = Site::new();
    site.set("a", Reply::hang());
    let pipeline = site.pipeline(2).timeout(seconds(3)).build()?;
    failure(call(&pipeline, &NEVER).await)?;
    site.pass(seconds(1)).await;
    failure(call(&pipeline, &NEVER).await)?;
    // At three seconds, then one of cooldown and three of probing, then two of cooldown.
    site.heal("a");
    site.arrivals();
    for _ in 0..4 {
        call(&pipeline, &NEVER).await?;
        site.pass(Duration::from_millis(900)).await;
    }
    assert_eq!(site.arrivals()[..4], ["b", "b", "b", "a"].map(str::to_owned));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_call_risks_one_probe_at_most_while_others_live() -> Checked {
    let site = Site::new();
    for name in ["a", "b", "c"] {
        site.set(name, Reply::no_connection());
    }
    let pipeline = site.pipeline(4).build()?;
    for _ in 0..4 {
        call(&pipeline, &READ).await?;
    }
    assert_eq!(site.arrivals().len(), 7, "three failures and four answers");
    site.pass(seconds(2)).await;
    for _ in 0..3 {
        call(&pipeline, &READ).await?;
        let arrivals = site.arrivals();
        assert!(arrivals.len() == 2 && arrivals[0] != "d" && arrivals[1] == "d", "{arrivals:?}");
    }
    call(&pipeline, &READ).await?;
    assert_eq!(site.arrivals(), ["d"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_server_closest_to_waking_serves_when_none_lives() -> Checked {
    let site = Site::new();
    let pipeline = site.pipeline(3).build()?.with(|o| o.no_retry());
    for name in ["a", "b", "c"] {
        site.set(name, Reply::no_connection());
    }
    for _ in 0..3 {
        failure(call(&pipeline, &READ).await)?;
        site.pass(Duration::from_millis(100)).await;
    }
    let order = site.arrivals();
    for _ in 0..3 {
        failure(call(&pipeline, &READ).await)?;
    }
    assert_eq!(site.arrivals(), [order[0].as_str(); 3], "attempts during a cooldown do not lengthen it");
    site.heal(&order[0]);
    call(&pipeline, &READ).await?;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn with_all_in_cooldown_a_call_still_tries_each() -> Checked {
    let site = Site::new();
    let pipeline = site.pipeline(3).build()?;
    for name in ["a", "b", "c"] {
        site.set(name, Reply::no_connection());
    }
    failure(call(&pipeline, &READ).await)?;
    let mut tried = site.arrivals();
    let last = tried[2].clone();
    site.heal(&last);
    assert_eq!(call(&pipeline, &READ).await?, last.as_str());
    tried.sort();
    assert_eq!(tried, ["a", "b", "c"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn one_server_alone_has_no_cooldown() -> Checked {
    let site = Site::new();
    site.set("a", Reply::status(503));
    let pipeline = site.pipeline(1).build()?;
    failure(call(&pipeline, &READ).await)?;
    site.heal("a");
    assert_eq!(call(&pipeline, &READ).await?, "a");
    Ok(())
}

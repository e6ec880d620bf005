//! How long a server that fails is left alone.

use std::time::Duration;

use mlhub::pipeline::Pipeline;
use mlhub::testing::Reply;
use mlhub::{Cooldown, Retry};

use super::site::Site;
use crate::support::{Checked, NEVER, READ, SAFE, call, failure, seconds};

/// When attempts went to the first server while a call was made every 50 ms.
async fn visits(site: &Site, pipeline: &Pipeline, time: Duration) -> Result<Vec<u64>, mlhub::Error> {
    for _ in 0..time.as_millis() / 50 {
        call(pipeline, &READ).await?;
        site.pass(Duration::from_millis(50)).await;
    }
    Ok(site.timed_arrivals().into_iter().filter(|(_, host)| host == "a").map(|(at, _)| at).collect())
}

#[tokio::test(start_paused = true)]
async fn a_cooldown_is_a_second_and_doubles_up_to_thirty() -> Checked {
    let site = Site::new();
    site.set("a", Reply::no_connection());
    let pipeline = site.pipeline(2).build()?;
    let visits = visits(&site, &pipeline, seconds(130)).await?;
    assert_eq!(visits, [0, 1_000, 3_000, 7_000, 15_000, 31_000, 61_000, 91_000, 121_000]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn cooldowns_are_data_and_may_be_longer() -> Checked {
    let classic = Cooldown::default().base(seconds(6)).cap(seconds(6 * 32));
    assert_eq!(classic.to_string(), "6 s doubling to 192 s");
    assert_ne!(classic, Cooldown::default());
    let site = Site::new();
    site.set("a", Reply::no_connection());
    let pipeline = site.pipeline(2).cooldown(classic).build()?;
    let mut at = 0;
    let mut gaps = Vec::new();
    for visit in visits(&site, &pipeline, seconds(600)).await?.into_iter().skip(1) {
        gaps.push((visit - at) / 1000);
        at = visit;
    }
    assert_eq!(gaps, [6, 12, 24, 48, 96, 192, 192]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn jitter_shortens_a_cooldown_by_up_to_a_tenth() -> Checked {
    let site = Site::new();
    site.lab.clock().set_chance(0.5);
    site.set("a", Reply::no_connection());
    let pipeline = site.pipeline(2).build()?;
    assert_eq!(visits(&site, &pipeline, seconds(3)).await?, [0, 950, 2850]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_answer_ends_the_cooldown_and_the_count() -> Checked {
    let site = Site::new();
    site.set("a", Reply::no_connection());
    let pipeline = site.pipeline(2).build()?;
    assert_eq!(visits(&site, &pipeline, seconds(5)).await?, [0, 1_000, 3_000]);
    site.heal("a");
    site.pass(seconds(2)).await;
    assert_eq!(call(&pipeline, &READ).await?, "a");
    site.set("a", Reply::no_connection());
    let again = visits(&site, &pipeline, seconds(3)).await?;
    assert_eq!(again[2] - again[1], 1_000, "{again:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_table_of_what_begins_a_cooldown() -> Checked {
    for (name, reply, cools) in [
        ("no connection", Reply::no_connection(), true),
        ("reset", Reply::reset(), true),
        ("cut body", Reply::json(&[1, 2]).cut(), true),
        ("silence", Reply::hang(), true),
        ("stalled body", Reply::json(&[1, 2]).stall(), true),
        ("502", Reply::status(502), true),
        ("503", Reply::status(503), true),
        ("504", Reply::status(504), true),
        ("200", Reply::json(&1), false),
        ("200 that is not JSON", Reply::bytes("<html>"), false),
        ("400", Reply::status(400), false),
        ("401", Reply::status(401), false),
        ("404", Reply::status(404), false),
        ("408", Reply::status(408), false),
        ("429", Reply::status(429), false),
        ("500", Reply::status(500), false),
        ("501", Reply::status(501), false),
    ] {
        let site = Site::new();
        site.set("a", reply);
        // What the call itself makes of it does not matter, nor whether it may be repeated.
        let pipeline = site.pipeline(2).build()?.with(|o| o.no_retry());
        let _ = call(&pipeline, &NEVER).await;
        site.arrivals();
        call(&pipeline, &READ).await?;
        let _ = call(&pipeline, &READ).await;
        let expected: &[&str] = if cools { &["b", "b"] } else { &["b", "a"] };
        assert_eq!(site.arrivals(), expected, "{name}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_status_that_the_caller_takes_as_success_is_a_sign_of_life() -> Checked {
    let site = Site::new();
    site.set("a", Reply::status(503));
    let pipeline = site.pipeline(2).build()?.with(|o| o.accept_status([503]));
    for _ in 0..3 {
        call(&pipeline, &READ).await?;
    }
    assert_eq!(site.arrivals(), ["a", "b", "a"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_hung_server_is_retired_although_the_call_may_not_be_repeated() -> Checked {
    let site = Site::new();
    site.set("a", Reply::hang());
    let pipeline = site.pipeline(2).timeout(Duration::from_millis(500)).build()?;
    assert!(failure(call(&pipeline, &NEVER).await)?.is_timeout());
    for _ in 0..8 {
        assert_eq!(call(&pipeline, &NEVER).await?, "b");
        site.pass(Duration::from_millis(100)).await;
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_deadline_below_the_time_of_an_attempt_retires_a_hung_server_too() -> Checked {
    let site = Site::new();
    site.set("a", Reply::hang());
    let pipeline = site.pipeline(2).deadline(seconds(5)).build()?;
    assert!(failure(call(&pipeline, &READ).await)?.is_timeout());
    assert_eq!(call(&pipeline, &READ).await?, "b");
    assert_eq!(call(&pipeline, &READ).await?, "b");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_timeout_for_want_of_time_says_nothing_about_the_server() -> Checked {
    let site = Site::new();
    site.set("a", Reply::hang());
    site.set("b", Reply::json("b").after(seconds(2)));
    let pipeline = site.pipeline(2).timeout(seconds(10)).deadline(Duration::from_millis(10_500)).build()?;
    let patient = Retry::default().on_timeout(true);
    assert!(failure(call(&pipeline.with(|o| o.retry(patient)), &READ).await)?.is_timeout());
    assert_eq!(site.arrivals(), ["a", "b"]);
    // B had half a second where it needs two, and still serves.
    assert_eq!(call(&pipeline, &SAFE).await?, "b");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn many_failures_at_once_are_one() -> Checked {
    let site = Site::new();
    site.set("a", Reply::reset().after(seconds(1)));
    let pipeline = site.pipeline(2).build()?;
    futures::future::join_all((0..40).map(|_| call(&pipeline, &NEVER))).await;
    site.arrivals();
    site.heal("a");
    site.pass(seconds(1)).await;
    assert_eq!(call(&pipeline, &READ).await?, "a", "the rest is the first one, one second");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_attempt_from_before_the_server_came_back_says_nothing_about_it() -> Checked {
    let site = Site::new();
    let pipeline = site.pipeline(2).timeout(seconds(10)).build()?;
    site.set("a", Reply::hang());
    let old = call(&pipeline, &NEVER);
    let news = async {
        site.pass(seconds(1)).await;
        site.set("a", Reply::no_connection());
        call(&pipeline, &READ).await?;
        call(&pipeline, &READ).await?;
        site.heal("a");
        site.pass(seconds(2)).await;
        call(&pipeline, &READ).await
    };
    let (old, news) = futures::future::join(old, news).await;
    assert!(failure(old)?.is_timeout());
    assert_eq!(news?, "a");
    site.arrivals();
    for _ in 0..2 {
        call(&pipeline, &READ).await?;
    }
    let mut arrivals = site.arrivals();
    arrivals.sort();
    assert_eq!(arrivals, ["a", "b"]);
    Ok(())
}

//! Which of the living servers is next.

use mlhub::Attempt;
use mlhub::pipeline::{Node, Selector};
use mlhub::testing::Reply;

use super::site::Site;
use crate::support::{Checked, NEVER, READ, call, failure};

#[tokio::test(start_paused = true)]
async fn calls_go_round() -> Checked {
    let site = Site::new();
    let pipeline = site.pipeline(3).build()?;
    for _ in 0..6 {
        call(&pipeline, &NEVER).await?;
    }
    assert_eq!(site.arrivals(), ["a", "b", "c", "a", "b", "c"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_round_is_shared_by_clones() -> Checked {
    let site = Site::new();
    let pipeline = site.pipeline(3).build()?;
    for _ in 0..3 {
        call(&pipeline.with(|o| o.no_retry()), &READ).await?;
    }
    assert_eq!(site.arrivals(), ["a", "b", "c"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn round_robin_goes_on_without_those_in_cooldown() -> Checked {
    let site = Site::new();
    site.set("b", Reply::no_connection());
    let pipeline = site.pipeline(4).build()?;
    for _ in 0..4 {
        call(&pipeline, &READ).await?;
    }
    assert!(site.arrivals().contains(&"b".to_owned()), "a whole round finds it out");
    for _ in 0..9 {
        call(&pipeline, &READ).await?;
    }
    let mut arrivals = site.arrivals();
    arrivals.sort();
    assert_eq!(arrivals, ["a", "a", "a", "c", "c", "c", "d", "d", "d"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_repetition_goes_elsewhere_and_at_once() -> Checked {
    for reply in [Reply::no_connection(), Reply::reset(), Reply::status(503)] {
        let site = Site::new();
        site.lab.clock().set_chance(0.5);
        site.set("a", reply);
        assert_eq!(call(&site.pipeline(3).build()?, &READ).await?, "c");
        assert_eq!(site.timed_arrivals(), [(0, "a".to_owned()), (0, "c".to_owned())]);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn repetitions_beyond_the_first_pause_as_with_one_server() -> Checked {
    let site = Site::new();
    site.lab.clock().set_chance(0.5);
    for name in ["a", "b", "c"] {
        site.set(name, Reply::status(503));
    }
    failure(call(&site.pipeline(3).build()?, &READ).await)?;
    let times: Vec<_> = site.timed_arrivals().into_iter().map(|(at, _)| at).collect();
    // Half of half a second.
    assert_eq!(times, [0, 0, 250]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_server_that_asks_to_be_left_alone_delays_the_repetition_elsewhere_too() -> Checked {
    let site = Site::new();
    site.set("a", Reply::status(503).header("retry-after", "7"));
    call(&site.pipeline(2).build()?, &READ).await?;
    assert_eq!(site.timed_arrivals(), [(0, "a".to_owned()), (7000, "b".to_owned())]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_call_reaches_the_one_living_server_in_as_many_attempts_as_there_are_servers() -> Checked {
    let site = Site::new();
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    for name in names {
        site.set(name, Reply::no_connection());
    }
    failure(call(&site.pipeline(9).build()?, &NEVER).await)?;
    let order = site.arrivals();
    let mut sorted = order.clone();
    sorted.sort();
    assert_eq!(sorted, names);
    // The one that comes last, whichever that is.
    site.heal(&order[8]);
    assert_eq!(call(&site.pipeline(9).build()?, &NEVER).await?, order[8].as_str());
    assert_eq!(site.arrivals(), order);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_a_busy_server_is_taken_to_another_that_lives_and_not_to_one_in_cooldown() -> Checked {
    let site = Site::new();
    site.set("a", Reply::no_connection());
    site.set("b", Reply::status(429));
    site.set("c", Reply::status(429));
    let pipeline = site.pipeline(3).build()?.with(|o| o.retry(mlhub::Retry::default().max_attempts(4)));
    failure(call(&pipeline, &READ).await)?;
    let arrivals = site.arrivals();
    assert_eq!(arrivals[0], "a");
    assert!(arrivals[1] != arrivals[2] && !arrivals[1..].contains(&"a".to_owned()), "{arrivals:?}");
    Ok(())
}

/// Always the last of those that live.
#[derive(Debug)]
struct Last;

impl Selector for Last {
    fn select(&self, living: &[Node], _: &[Attempt]) -> usize {
        living.len() - 1
    }
}

#[tokio::test(start_paused = true)]
async fn the_choice_among_the_living_is_a_seam() -> Checked {
    let site = Site::new();
    site.set("c", Reply::status(503));
    let pipeline = site.pipeline(3).selector(Last).build()?;
    for _ in 0..2 {
        call(&pipeline, &READ).await?;
    }
    assert_eq!(site.arrivals(), ["c", "b", "b"]);
    Ok(())
}

/// Far beyond the end.
#[derive(Debug)]
struct Beyond;

impl Selector for Beyond {
    fn select(&self, _: &[Node], _: &[Attempt]) -> usize {
        usize::MAX
    }
}

#[tokio::test(start_paused = true)]
async fn a_choice_beyond_the_end_counts_from_the_start_again() -> Checked {
    let site = Site::new();
    call(&site.pipeline(2).selector(Beyond).build()?, &READ).await?;
    // The greatest number is odd.
    assert_eq!(site.arrivals(), ["b"]);
    Ok(())
}

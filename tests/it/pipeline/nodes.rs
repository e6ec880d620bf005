//! Several servers.

use mlhub::pipeline::{Node, Pipeline, Rotation, Selector};
use mlhub::testing::{Lab, Reply};
use mlhub::{Attempt, Builder, ErrorKind, Retry};

use crate::support::{Checked, READ, call, failure};

fn three(lab: &Lab) -> Builder<Pipeline> {
    Builder::new("http://a.test:1/x", |road: Pipeline| road)
        .node("https://b.test/")
        .node("http://c.test:3")
        .transport(lab.clone())
        .clock(lab.clock())
        .retry(Retry::default().max_attempts(6))
}

fn urls(lab: &Lab) -> Vec<String> {
    lab.seen().into_iter().map(|seen| seen.url).collect()
}

#[tokio::test(start_paused = true)]
async fn attempts_go_round() -> Checked {
    let lab = Lab::new();
    lab.times(5, Reply::status(503)).then(Reply::json(&1));
    call(&three(&lab).selector(Rotation::starting_at(1)).build()?, &READ).await?;
    let round = ["https://b.test/things", "http://c.test:3/things", "http://a.test:1/x/things"];
    assert_eq!(urls(&lab), [round, round].concat());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_round_is_shared_by_clones() -> Checked {
    let lab = Lab::new();
    lab.times(3, Reply::json(&1));
    let road = three(&lab).selector(Rotation::starting_at(0)).build()?;
    for _ in 0..3 {
        call(&road.with(|o| o.no_retry()), &READ).await?;
    }
    assert_eq!(urls(&lab), ["http://a.test:1/x/things", "https://b.test/things", "http://c.test:3/things"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_pinned_call_stays_and_a_foreign_pin_is_refused() -> Checked {
    let lab = Lab::new();
    lab.times(2, Reply::status(503)).then(Reply::json(&1));
    let road = three(&lab).build()?;
    call(&road.with(|o| o.pin("https://b.test")), &READ).await?;
    assert_eq!(urls(&lab), ["https://b.test/things"; 3]);
    let error = failure(call(&road.with(|o| o.pin("http://d.test")), &READ).await)?;
    assert_eq!(error.kind(), ErrorKind::Request);
    Ok(())
}

/// Always the last, whatever happens.
#[derive(Debug)]
struct Last;

impl Selector for Last {
    fn select(&self, nodes: &[Node], _: &[Attempt]) -> usize {
        nodes.len() - 1
    }
}

#[tokio::test(start_paused = true)]
async fn the_choice_is_a_seam() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(503)).then(Reply::json(&1));
    call(&three(&lab).selector(Last).build()?, &READ).await?;
    assert_eq!(urls(&lab), ["http://c.test:3/things"; 2]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_user_in_the_address_is_a_credential_of_that_node() -> Checked {
    let lab = Lab::new();
    lab.times(4, Reply::json(&1));
    let builder =
        || Builder::new("http://me:p%40ss@a.test", |road: Pipeline| road).transport(lab.clone()).clock(lab.clock());
    call(&builder().build()?, &READ).await?;
    call(&builder().token("t").build()?, &READ).await?;
    let seen = lab.seen();
    assert_eq!(seen[0].url, "http://a.test/things");
    assert_eq!(seen[0].header("authorization"), Some("Basic bWU6cEBzcw=="));
    assert_eq!(seen[1].header("authorization"), Some("Bearer t"));
    assert!(!format!("{:?}", builder().build()?).contains("p@ss"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn addresses_that_are_none_are_refused_with_a_reason() -> Checked {
    for (url, why) in [
        ("", "is not a URL"),
        ("127.0.0.1:8008", "is not a URL"),
        ("hub.test", "is not a URL"),
        ("ftp://hub.test", "has to begin with http://"),
        ("localhost:8008", "has to begin with http://"),
        ("http://hub.test?x=1", "may not have a query"),
        ("http://", "is not a URL"),
    ] {
        let error = failure(Builder::new(url, |road: Pipeline| road).build())?;
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(why), "{url}: {error}");
    }
    Ok(())
}

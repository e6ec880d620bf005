//! What becomes of a list of servers.

use mlhub::pipeline::{Pipeline, Sniff};
use mlhub::testing::Reply;
use mlhub::{Builder, ErrorKind};

use super::super::site::{Peers, Site};
use crate::support::{Checked, READ, call, failure, seconds};

fn bases(pipeline: &Pipeline) -> Vec<String> {
    pipeline.nodes().iter().map(|node| node.base().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn what_a_server_lists_serves_beside_it() -> Checked {
    let site = Site::new();
    site.list("a", &["b.test:80", "c.test:80"]);
    let pipeline = site.pipeline(1).discover(Peers).build()?;
    let nodes = pipeline.sniff().await?;
    assert_eq!(nodes.len(), 3);
    site.arrivals();
    for _ in 0..3 {
        call(&pipeline, &READ).await?;
    }
    assert_eq!(site.arrivals(), ["a", "b", "c"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn scheme_prefix_and_credential_are_those_of_the_server_that_was_asked() -> Checked {
    let site = Site::new();
    let pipeline = Builder::new("https://me:pw@a.test:444/x", |pipeline: Pipeline| pipeline)
        .discover(Peers)
        .transport(site.lab.clone())
        .clock(site.lab.clock())
        .build()?;
    site.set("a.test:444/peers", Reply::json(&["b.test:8443", "C.TEST", "[::1]:8443", "http://d.test:1/other?x"]));
    pipeline.sniff().await?;
    assert_eq!(
        bases(&pipeline),
        [
            "https://a.test:444/x",
            "https://b.test:8443/x",
            "https://c.test:444/x",
            "https://[::1]:8443/x",
            "https://d.test:1/x"
        ]
    );
    for _ in 0..5 {
        call(&pipeline, &READ).await?;
    }
    assert_eq!(site.lab.seen().len(), 6);
    assert!(site.lab.seen().iter().all(|seen| seen.header("authorization") == Some("Basic bWU6cHc=")));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn addresses_of_no_use_are_left_out() -> Checked {
    let site = Site::new();
    site.list("a", &["", "b b", "me:pw@c.test:80", "d.test:99999", "e.test:x", "://", "/", "f.test:80"]);
    let pipeline = site.pipeline(1).discover(Peers).build()?;
    pipeline.sniff().await?;
    assert_eq!(bases(&pipeline), ["http://a.test", "http://f.test"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_filter_says_which_to_take_and_the_given_ones_stay() -> Checked {
    let site = Site::new();
    site.list("a", &["b.test:80", "c.test:81"]);
    let sniff = Sniff::new().filter(|node| node.port() == Some(81));
    let pipeline = site.pipeline(1).discover(Peers).sniff(sniff).build()?;
    pipeline.sniff().await?;
    assert_eq!(bases(&pipeline), ["http://a.test", "http://c.test:81"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_list_adds_and_never_drops_what_the_client_was_given() -> Checked {
    let site = Site::new();
    // As Loud ML does: each server lists itself alone.
    site.list("a", &["a.test:80"]);
    let pipeline = site.pipeline(2).discover(Peers).build()?;
    pipeline.sniff().await?;
    site.set("b", Reply::no_connection());
    for _ in 0..3 {
        call(&pipeline, &READ).await?;
    }
    pipeline.sniff().await?;
    assert_eq!(bases(&pipeline), ["http://a.test", "http://b.test"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_listed_no_more_serves_until_it_fails() -> Checked {
    let site = Site::new();
    site.list("a", &["b.test:80", "c.test:80"]);
    let pipeline = site.pipeline(1).discover(Peers).retry(mlhub::Retry::default()).build()?;
    pipeline.sniff().await?;
    site.list("a", &["a.test:80", "c.test:80"]);
    pipeline.sniff().await?;
    assert_eq!(bases(&pipeline).len(), 3, "it still answers");
    site.set("b", Reply::no_connection());
    site.set("c", Reply::no_connection());
    for _ in 0..6 {
        call(&pipeline, &READ).await?;
    }
    assert_eq!(bases(&pipeline), ["http://a.test", "http://c.test"], "and the one that is listed is in cooldown");
    // What is in cooldown already goes with the list.
    site.list("a", &["a.test:80"]);
    pipeline.sniff().await?;
    assert_eq!(bases(&pipeline), ["http://a.test"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_listed_again_keeps_its_cooldown() -> Checked {
    let site = Site::new();
    site.list("a", &["b.test:80"]);
    let pipeline = site.pipeline(1).discover(Peers).retry(mlhub::Retry::default()).build()?;
    pipeline.sniff().await?;
    site.set("b", Reply::no_connection());
    for _ in 0..2 {
        call(&pipeline, &READ).await?;
    }
    assert!(site.arrivals().contains(&"b".to_owned()));
    pipeline.sniff().await?;
    site.arrivals();
    for _ in 0..4 {
        call(&pipeline, &READ).await?;
    }
    assert_eq!(site.arrivals(), ["a"; 4]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_a_call_is_pinned_to_may_be_found() -> Checked {
    let site = Site::new();
    site.list("a", &["b.test:80"]);
    let pipeline = site.pipeline(1).discover(Peers).sniff(Sniff::on_start()).build()?;
    call(&pipeline, &READ).await?;
    assert_eq!(call(&pipeline.with(|o| o.pin("http://b.test")), &READ).await?, "b");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn sniffing_without_a_way_to_ask_is_refused() -> Checked {
    let site = Site::new();
    let error = failure(site.pipeline(1).sniff(Sniff::new().every(seconds(60))).build())?;
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.detail().contains("`discover`"), "{error}");
    let error = failure(site.pipeline(1).build()?.sniff().await)?;
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.detail().contains("`discover`"), "{error}");
    Ok(())
}

#[test]
fn the_settings_print_without_the_filter() {
    let sniff = Sniff::on_start().every(seconds(60)).timeout(seconds(1)).filter(|_| true);
    let printed = format!("{sniff:?}");
    assert!(printed.contains("every: Some(60s)") && printed.contains("filter: true"), "{printed}");
}

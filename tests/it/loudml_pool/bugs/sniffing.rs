//! Asking the nodes for others. This server tells of itself alone, by the
//! address that it was called by.

use mlhub::loudml::Client;
use mlhub::pipeline::RoundRobin;
use mlhub::testing::{Lab, Replay, Reply};
use mlhub::{Platform, Sniff};
use serde_json::Value;

use crate::recordings;
use crate::support::Checked;

/// Two servers were recorded, and told of themselves.
const RECORDED: [&str; 2] = ["127.0.0.1:18077", "127.0.0.1:18078"];

/// A server that tells of that address.
fn telling(recordings: &Value, address: &str) -> std::io::Result<Replay> {
    let replay = Replay::new(recordings)?;
    Ok(RECORDED.iter().fold(replay, |replay, recorded| replay.replacing(recorded, address)))
}

/// A lab with nodes that answer as the recorded one did, each under its address.
fn nodes(recordings: &Value, addresses: &[&str]) -> Result<Lab, Box<dyn std::error::Error>> {
    let lab = Lab::new();
    for address in addresses {
        telling(recordings, address)?.serve_at(&lab, address);
    }
    Ok(lab)
}

/// There, two nodes become the one that answered, and what was known of them,
/// credentials and all, is lost.
#[tokio::test(start_paused = true)]
async fn a_node_that_tells_of_itself_alone_takes_no_other_away_and_no_credential() -> Checked {
    let Some(recordings) = recordings::read("loudml.json") else { return Ok(()) };
    let lab = nodes(&recordings, &["10.0.0.1:8077", "10.0.0.2:8077"])?;
    let loud = Client::builder("http://u:p%40ss@10.0.0.1:8077")
        .node("http://u:p%40ss@10.0.0.2:8077")
        .sniff(Sniff::on_start().on_failure())
        .selector(RoundRobin::starting_at(0))
        .lab(&lab)
        .build()?;
    for _ in 0..4 {
        loud.server().info().send().await?;
    }
    loud.pipeline().sniff().await?;
    assert_eq!(loud.pipeline().nodes().len(), 2);
    let seen = lab.seen();
    let calls = seen.iter().filter(|seen| seen.path() == "/").map(|seen| seen.host());
    assert_eq!(calls.collect::<Vec<_>>(), ["10.0.0.1:8077", "10.0.0.2:8077", "10.0.0.1:8077", "10.0.0.2:8077"]);
    // u:p@ss
    assert!(seen.iter().all(|seen| seen.header("authorization") == Some("Basic dTpwQHNz")));
    Ok(())
}

/// There, a pool of three nodes, two of them good, becomes a pool of one when
/// it meets the dead one and asks for others.
#[tokio::test(start_paused = true)]
async fn a_dead_node_makes_no_pool_smaller() -> Checked {
    let Some(recordings) = recordings::read("loudml.json") else { return Ok(()) };
    let lab = nodes(&recordings, &["10.0.0.1:8077", "10.0.0.2:8077"])?;
    lab.rule(|seen| (seen.host() == "10.0.0.3:8077").then(Reply::no_connection));
    let loud = Client::builder("http://10.0.0.3:8077")
        .node("http://10.0.0.1:8077")
        .node("http://10.0.0.2:8077")
        .sniff(Sniff::default().on_failure())
        .selector(RoundRobin::starting_at(0))
        .lab(&lab)
        .build()?;
    for _ in 0..3 {
        loud.server().info().send().await?;
    }
    assert!(lab.seen().iter().any(|seen| seen.path().starts_with("/_nodes")), "others were asked for");
    assert_eq!(loud.pipeline().nodes().len(), 3);
    Ok(())
}

/// A node that is found is called as the one that told of it: with its scheme,
/// and as the same user.
#[tokio::test(start_paused = true)]
async fn a_node_that_is_found_is_called_with_the_credential_of_who_told() -> Checked {
    let Some(recordings) = recordings::read("loudml.json") else { return Ok(()) };
    let lab = nodes(&recordings, &["10.0.0.2:8077"])?;
    // Behind a name, the server tells of the address behind it.
    telling(&recordings, "10.0.0.2:8077")?.serve_at(&lab, "10.0.0.1:8077");
    let loud = Client::builder("http://u:p%40ss@10.0.0.1:8077").sniff(Sniff::on_start()).lab(&lab).build()?;
    for _ in 0..4 {
        loud.server().info().send().await?;
    }
    let seen = lab.seen();
    assert!(seen.iter().any(|seen| seen.path() == "/" && seen.host() == "10.0.0.2:8077"), "{seen:?}");
    assert!(seen.iter().all(|seen| seen.header("authorization") == Some("Basic dTpwQHNz")));
    Ok(())
}

//! Features of the pool that no other test shows.

use std::sync::Arc;
use std::time::Duration;

use mlhub::clock::Clock;
use mlhub::loudml::{self, Client};
use mlhub::pipeline::RoundRobin;
use mlhub::testing::{Lab, Port, Reply};

use super::support::Cluster;
use crate::pipeline::transport::server::{answer, serve};
use crate::support::{Checked, failure, seconds};

/// The cooldowns that the Python client gives: 60 s, doubled up to 32 min.
#[tokio::test(start_paused = true)]
async fn classic_cooldowns_are_those_of_the_python_client() -> Checked {
    let cluster = Cluster::new();
    cluster.set("a", Reply::no_connection());
    let loud = cluster.client(2).cooldown(loudml::classic()).build()?;
    let clock = cluster.lab.clock();
    // Whether the dead node is tried: there, an attempt that finds no connection is in no journal.
    let tried = async || {
        let answer = loud.raw(http::Method::GET, "/models").idempotent().answer().await?;
        Ok::<_, mlhub::Error>(answer.attempts.len() == 2)
    };
    assert!(tried().await?);
    for cooldown in [60, 120, 240, 480, 960, 1920, 1920] {
        clock.sleep(seconds(cooldown - 1)).await;
        assert!(!tried().await?, "a second before {cooldown} s are over");
        clock.sleep(seconds(1)).await;
        assert!(tried().await?, "after {cooldown} s");
    }
    Ok(())
}

/// Nodes are not shuffled; where a client begins is drawn.
#[tokio::test(start_paused = true)]
async fn clients_begin_with_different_nodes() -> Checked {
    let mut first = Vec::new();
    for chance in [0.1, 0.4, 0.6, 0.9] {
        let lab = Lab::new();
        lab.clock().set_chance(chance);
        lab.rule(|_| Some(Reply::json(&[0u8; 0])));
        let names = ["b", "c", "d"].map(|name| format!("http://{name}.test"));
        let builder = names.iter().fold(Client::builder("http://a.test"), |builder, url| builder.node(url));
        builder.lab(&lab).build()?.models().list().send().await?;
        first.push(lab.seen()[0].host().to_owned());
    }
    first.sort();
    first.dedup();
    assert!(first.len() > 1, "all begin with {first:?}");
    Ok(())
}

/// User and password for all nodes, as `http_auth`; those in an address go before.
#[tokio::test(start_paused = true)]
async fn one_user_for_all_nodes_and_another_for_one() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::json(&[0u8; 0])));
    let loud = Client::builder("http://a.test")
        .node("http://other:word@b.test")
        .basic("user", "secret")
        .selector(RoundRobin::starting_at(0))
        .lab(&lab)
        .build()?;
    for _ in 0..2 {
        loud.models().list().send().await?;
    }
    let sent: Vec<_> = lab.seen().iter().map(|seen| seen.header("authorization").map(str::to_owned)).collect();
    // user:secret, other:word
    assert_eq!(sent, [Some("Basic dXNlcjpzZWNyZXQ=".to_owned()), Some("Basic b3RoZXI6d29yZA==".to_owned())]);
    Ok(())
}

/// There, 16 threads with a `maxsize` of 4 open 418 sockets in a second.
#[test]
fn sixteen_threads_share_four_sockets() -> Checked {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let (address, tally) = runtime.block_on(serve(|socket, tally| async move {
        let _held = tally.opened(&socket);
        answer(socket, &tally).await
    }))?;
    let loud = {
        let _context = runtime.enter();
        Client::builder(format!("http://{address}")).max_connections(4).build()?
    };
    let handle = runtime.handle().clone();
    let threads: Vec<_> = (0..16)
        .map(|_| {
            let (loud, handle) = (loud.clone(), handle.clone());
            std::thread::spawn(move || {
                handle.block_on(async {
                    for _ in 0..50 {
                        loud.raw(http::Method::GET, "/models").send::<u8>().await?;
                    }
                    Ok::<_, mlhub::Error>(())
                })
            })
        })
        .collect();
    for thread in threads {
        thread.join().map_err(|_| "a thread panicked")??;
    }
    assert_eq!(tally.heads().len(), 16 * 50);
    assert!(tally.most() <= 4, "{} sockets at one time", tally.most());
    assert!(tally.accepted() < 60, "{} sockets for 800 calls", tally.accepted());
    Ok(())
}

/// The limit makes callers wait, as long as their time lasts.
#[tokio::test]
async fn who_finds_all_connections_in_use_waits_for_a_turn() -> Checked {
    let lab = Lab::today();
    lab.keep_connections().rule(|_| Some(Reply::json(&1).after(Duration::from_millis(20))));
    let port = Port::open(&lab).await?;
    let loud = Client::builder(port.url()).max_connections(1).build()?;
    let call = || loud.raw(http::Method::GET, "/models").send::<u8>();
    let (one, two) = futures::future::join(call(), call()).await;
    assert_eq!((one?, two?), (1, 1));
    lab.fault(mlhub::testing::Fault::StallBeforeHeaders);
    let hasty = loud.with(|o| o.timeout(Duration::from_millis(100)).no_retry());
    let hasty = || hasty.raw(http::Method::GET, "/models").send::<u8>();
    let (one, two) = futures::future::join(hasty(), hasty()).await;
    assert!(failure(one)?.is_timeout());
    let starved = failure(two)?;
    assert!(!starved.may_have_been_applied(), "its turn never came: {starved}");
    Ok(())
}

/// Shared by clones, whoever holds it last.
#[tokio::test(start_paused = true)]
async fn a_clone_is_the_same_client() -> Checked {
    let cluster = Cluster::new();
    let loud = Arc::new(cluster.client(2).build()?);
    let clone = loud.as_ref().clone();
    drop(loud);
    clone.models().list().send().await?;
    assert_eq!(cluster.served(), ["a"]);
    Ok(())
}

//! Nodes that are dead, hang, or come back.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use mlhub::ErrorKind;
use mlhub::clock::Clock;
use mlhub::loudml::Client;
use mlhub::pipeline::{Body, Transport, TransportError};
use mlhub::testing::Reply;

use super::super::support::{Cluster, locked};
use crate::support::{Checked, failure, seconds};

/// There, the first call that meets a dead address takes 1007 ms.
#[tokio::test(start_paused = true)]
async fn a_dead_address_costs_no_second() -> Checked {
    let cluster = Cluster::new();
    cluster.set("b", Reply::no_connection());
    let loud = cluster.client(3).build()?;
    for _ in 0..6 {
        loud.models().list().send().await?;
    }
    assert_eq!(cluster.lab.clock().now(), Duration::ZERO, "nobody waited");
    Ok(())
}

/// There, it takes 11 s until a caller hears that nobody listens, whatever was
/// asked, and `ping` takes 11 s to say no.
#[tokio::test(start_paused = true)]
async fn that_nobody_listens_is_heard_in_a_second_or_two_or_at_once() -> Checked {
    let cluster = Cluster::new();
    // The longest pauses that chance may give.
    cluster.lab.clock().set_chance(1.0 - f64::EPSILON);
    cluster.set("a", Reply::no_connection());
    cluster.set("b", Reply::no_connection());
    let (loud, clock) = (cluster.client(2).build()?, cluster.lab.clock());
    let error = failure(loud.server().info().send().await)?;
    assert_eq!((error.kind(), error.attempts().len()), (ErrorKind::Connect, 4));
    assert!(clock.now() < seconds(2), "{:?}", clock.now());
    let before = clock.now();
    failure(loud.with(|o| o.no_retry()).server().ping().send().await)?;
    assert_eq!(clock.now(), before);
    Ok(())
}

/// There, half of all calls time out for ever: 6 of 12.
#[tokio::test(start_paused = true)]
async fn a_hung_node_fails_one_call_of_twelve() -> Checked {
    let cluster = Cluster::new();
    cluster.set("a", Reply::hang());
    let loud = cluster.client(2).timeout(seconds(1)).build()?;
    let mut failed = Vec::new();
    for number in 0..12 {
        failed.extend(loud.models().list().send().await.err().map(|error| (number, error.kind())));
    }
    assert_eq!(failed, [(0, ErrorKind::Timeout)]);
    Ok(())
}

/// There, two nodes that are found dead at the same moment end the client: the
/// queue of the dead cannot compare them.
#[tokio::test(start_paused = true)]
async fn nodes_that_die_at_the_same_moment_are_two_dead_nodes() -> Checked {
    let cluster = Cluster::new();
    for name in ["a", "b", "c"] {
        cluster.set(name, Reply::hang());
    }
    let loud = cluster.client(3).timeout(seconds(1)).deadline(seconds(2)).build()?;
    let calls = join_all((0..3).map(|_| loud.models().list().send())).await;
    assert_eq!(calls.into_iter().filter(|call| call.is_err()).count(), 3);
    assert_eq!(cluster.lab.clock().now(), seconds(1), "all three at the same moment");
    // None lives, and the call is tried all the same.
    failure(loud.models().list().send().await)?;
    for name in ["a", "b", "c"] {
        cluster.heal(name);
    }
    cluster.lab.clock().sleep(seconds(30)).await;
    let before = cluster.served().len();
    for _ in 0..3 {
        loud.models().list().send().await?;
    }
    let mut served = cluster.served().split_off(before);
    served.sort();
    assert_eq!(served, ["a", "b", "c"]);
    Ok(())
}

/// Notes where requests go, from any thread.
#[derive(Clone, Debug, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

impl Transport for Notes {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'static, Result<http::Response<Body>, TransportError>> {
        locked(&self.0).extend(request.uri().host().map(str::to_owned));
        Box::pin(async { Ok(http::Response::new(Body::from("[]".to_owned()))) })
    }
}

/// There, each thread has a round of its own, and each begins with node one.
#[test]
fn threads_share_one_round() -> Checked {
    let notes = Notes::default();
    let loud = Client::builder("http://a.test").node("http://b.test").transport(notes.clone()).build()?;
    let threads: Vec<_> = (0..6)
        .map(|_| {
            let loud = loud.clone();
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                runtime.block_on(loud.models().list().send()).map(drop)
            })
        })
        .collect();
    for thread in threads {
        thread.join().map_err(|_| "a thread panicked")??;
    }
    let hosts = locked(&notes.0).clone();
    assert_eq!(hosts.iter().filter(|host| *host == "a.test").count(), 3, "{hosts:?}");
    assert_eq!(hosts.len(), 6);
    Ok(())
}

/// There, a node that serves because none lives stays among the living, and a
/// call goes from one bad node to the next.
#[tokio::test(start_paused = true)]
async fn a_node_that_served_for_want_of_another_is_not_taken_for_living() -> Checked {
    let cluster = Cluster::new();
    cluster.set("a", Reply::no_connection());
    cluster.set("b", Reply::no_connection());
    let loud = cluster.client(3).build()?;
    // Both are found dead, and c is all there is.
    for _ in 0..3 {
        loud.models().list().send().await?;
    }
    cluster.set("c", Reply::no_connection());
    failure(loud.models().list().send().await)?;
    cluster.heal("c");
    cluster.lab.clock().sleep(seconds(31)).await;
    // One call tries each of the dead once; the others go to c at once.
    for _ in 0..5 {
        let before = cluster.lab.clock().now();
        loud.models().list().send().await?;
        assert_eq!(cluster.lab.clock().now(), before);
    }
    assert!(cluster.served().iter().all(|name| name == "c"), "{:?}", cluster.served());
    Ok(())
}

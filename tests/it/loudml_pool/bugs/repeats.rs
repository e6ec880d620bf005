//! What is sent again, and what never is.

use mlhub::testing::{Fault, FaultRule, Reply};
use mlhub::{ErrorKind, Retry};
use serde_json::json;

use super::super::support::Cluster;
use crate::support::{Checked, failure, seconds};

/// There, a training or a write is sent again after a lost connection and
/// after 502, 503 and 504, and may run twice; no call can be told otherwise.
#[tokio::test(start_paused = true)]
async fn what_may_have_begun_is_not_begun_twice() -> Checked {
    for fault in [Fault::Reset, Fault::HangUp, Fault::Status(502), Fault::Status(503), Fault::Status(504)] {
        let cluster = Cluster::new();
        cluster.lab.fault(FaultRule::new(fault.clone()));
        let loud = cluster.client(2).build()?;
        let error = failure(loud.models().train("m1").from("now-1h").send().await)?;
        assert_eq!(cluster.served().len(), 1, "{fault:?}: {error}");
        let error = failure(loud.buckets().write("b1").body(vec![point()]).send().await)?;
        assert_eq!(cluster.served().len(), 2, "{fault:?}: {error}");
    }
    Ok(())
}

/// What was not sent is sent elsewhere, and who knows that a repetition does
/// no harm says so for one call.
#[tokio::test(start_paused = true)]
async fn a_call_may_be_told_otherwise() -> Checked {
    let cluster = Cluster::new();
    cluster.set("a", Reply::no_connection());
    cluster.set("b", Reply::json("a job"));
    let loud = cluster.client(2).build()?;
    loud.buckets().write("b1").body(vec![point()]).send().await?;
    assert_eq!(cluster.served(), ["b"]);
    cluster.set("a", Reply::json("a job"));
    cluster.lab.fault(FaultRule::new(Fault::Reset).attempt(1));
    let harmless = loud.with(|o| o.idempotent().retry(Retry::default().max_attempts(2)));
    harmless.buckets().write("b2").body(vec![point()]).send().await?;
    assert_eq!(cluster.served().len(), 3);
    Ok(())
}

/// There, 429 is an error at once, `Retry-After` is not read, pauses are
/// 0, 1, 3 and 7 s for everybody, and nothing bounds a call as a whole.
#[tokio::test(start_paused = true)]
async fn a_busy_server_is_left_alone_for_as_long_as_it_asks_and_a_call_has_an_end() -> Checked {
    let cluster = Cluster::new();
    cluster.lab.fault(FaultRule::new(Fault::Reply(Reply::status(429).header("retry-after", "5"))).times(1));
    let loud = cluster.client(1).build()?;
    loud.models().list().send().await?;
    let times: Vec<_> = cluster.lab.seen().iter().map(|seen| seen.at).collect();
    assert_eq!(times.len(), 2);
    assert!(times[1] >= seconds(5), "{times:?}");
    cluster.set("a", Reply::hang());
    let short = loud.with(|o| o.timeout(seconds(2)).deadline(seconds(3)).retry(Retry::default().on_timeout(true)));
    let error = failure(short.models().list().send().await)?;
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(cluster.lab.seen().last().is_some_and(|seen| seen.at < times[1] + seconds(3)));
    Ok(())
}

/// A point as the document has it.
fn point() -> mlhub::loudml::types::Point {
    serde_json::from_value(json!({"timestamp": 1_795_221_960, "foo": 10.0})).expect("a point")
}

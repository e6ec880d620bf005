//! The raw request of each operation. One without a call here, or a call
//! without a snapshot, fails.

use futures::future::BoxFuture;
use mlhub::testing::{Lab, Reply, SeenRequest};
use mlhub::{Builder, Op};

/// A call of an operation, sent to a lab; what comes back does not matter.
pub(super) type Call<C> = (&'static str, for<'a> fn(&'a C) -> BoxFuture<'a, ()>);

/// One of them. Its result does not matter.
macro_rules! call {
    ($id:literal, |$c:ident| $call:expr) => {
        ($id, |$c| ::futures::FutureExt::boxed(::futures::FutureExt::map($call.send(), |_| ())))
    };
}

pub(super) use call;

/// A client that speaks to that lab.
pub(super) fn over<C>(builder: Builder<C>, lab: &Lab) -> C {
    builder.transport(lab.clone()).clock(lab.clock()).build().expect("plain addresses")
}

/// Sends every call and compares what was sent with its snapshot.
pub(super) async fn check<C>(platform: &str, ops: &[Op], calls: &[Call<C>], client: impl Fn(&Lab) -> C) {
    let named: Vec<_> = calls.iter().map(|(id, _)| *id).collect();
    let expected: Vec<_> = ops.iter().map(|op| op.id).collect();
    assert_eq!(named, expected, "each operation of {platform} has one call here, in the order of their ids");
    for (id, call) in calls {
        let lab = Lab::new();
        // No status that is repeated, so that one request is all there is.
        lab.then(Reply::status(418));
        call(&client(&lab)).await;
        let seen = lab.seen();
        assert_eq!(seen.len(), 1, "{id} sends one request");
        insta::assert_snapshot!(format!("{platform}__{id}"), text(&seen[0]));
    }
}

/// The request as text: line, headers by name, body.
fn text(seen: &SeenRequest) -> String {
    let mut headers: Vec<_> = seen
        .headers
        .iter()
        .map(|(name, value)| {
            let value = match name.as_str() {
                // Random by design; that it is there is what counts.
                "idempotency-key" => "(a fresh key)".to_owned(),
                "user-agent" => value.to_str().expect("text").replace(env!("CARGO_PKG_VERSION"), "VERSION"),
                _ => value.to_str().expect("text").to_owned(),
            };
            format!("{name}: {value}")
        })
        .collect();
    headers.sort();
    let body = String::from_utf8_lossy(&seen.body);
    format!("{} {}\n{}\n\n{body}", seen.method, seen.url, headers.join("\n"))
}

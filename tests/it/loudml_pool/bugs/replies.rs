//! What is made of requests and replies.

use futures::TryStreamExt;
use mlhub::loudml::Client;
use mlhub::testing::{Lab, Replay, Reply};
use mlhub::{ErrorKind, GetBody, Optional};
use serde_json::{Value, json};

use super::super::support::Cluster;
use crate::recordings;
use crate::support::{Checked, failure};

/// There, `exists` and `ping` are false when nobody could be asked.
#[tokio::test(start_paused = true)]
async fn not_there_and_cannot_tell_are_two_answers() -> Checked {
    let cluster = Cluster::new();
    let loud = cluster.client(1).build()?;
    cluster.set("a", Reply::status(404));
    assert!(!loud.models().exists(["m1"]).send().await?);
    cluster.set("a", Reply::status(200));
    assert!(loud.models().exists(["m1"]).send().await?);
    for (reply, kind) in [(Reply::no_connection(), ErrorKind::Connect), (Reply::status(500), ErrorKind::Server)] {
        cluster.set("a", reply);
        assert_eq!(failure(loud.models().exists(["m1"]).send().await)?.kind(), kind);
        assert_eq!(failure(loud.server().ping().send().await)?.kind(), kind);
    }
    Ok(())
}

/// There, asking for compression compresses every body, which this server
/// refuses with 400, and says so even where there is none.
#[tokio::test(start_paused = true)]
async fn compressed_replies_are_asked_for_and_bodies_left_alone() -> Checked {
    let cluster = Cluster::new();
    cluster.set("a", Reply::json("a job"));
    let loud = cluster.client(1).with(|o| o.compressed_replies(true)).build()?;
    let points: Vec<_> =
        (0..200).map(|i| serde_json::from_value(json!({"timestamp": i, "foo": 0.5}))).collect::<Result<_, _>>()?;
    loud.buckets().write("b1").body(points).send().await?;
    let seen = &cluster.lab.seen()[0];
    assert!(seen.header("accept-encoding").is_some_and(|codings| codings.contains("gzip")), "{:?}", seen.headers);
    assert_eq!((seen.header("content-encoding"), seen.json().as_array().map(Vec::len)), (None, Some(200)));
    // Who has a server that reads it says so; what has no body says nothing.
    let packing = loud.with(|o| o.gzip(true));
    cluster.set("a", Reply::json(&[0u8; 0]));
    packing.models().list().send().await?;
    assert_eq!(cluster.lab.seen()[1].header("content-encoding"), None);
    Ok(())
}

/// There, a generator over names asks for the same page for ever.
#[tokio::test(start_paused = true)]
async fn a_list_ends_and_a_call_by_name_is_one_call() -> Checked {
    let lab = Lab::new();
    // It has three models, and gives what is named whatever page is asked for.
    lab.rule(|seen| {
        let model = |name: &str| json!({"settings": {"name": name}, "state": {"trained": false}});
        let named = seen.path().strip_prefix("/models/").map(|names| names.replace("%3B", ";"));
        let page = |query: &str| query.split('&').find_map(|pair| pair.strip_prefix("page=")?.parse::<usize>().ok());
        let models: Vec<_> = match named {
            Some(names) => names.split(';').map(model).collect(),
            None if page(seen.query()).unwrap_or_default() == 0 => ["m1", "m2", "m3"].map(model).to_vec(),
            None => Vec::new(),
        };
        Some(Reply::json(&models))
    });
    let loud = Client::builder("http://a.test").lab(&lab).build()?;
    let all: Vec<_> = loud.models().list().items().try_collect().await?;
    assert_eq!(all.len(), 3);
    let asked = lab.seen().len();
    assert_eq!(loud.models().get(["m1", "m3"]).send().await?.len(), 2);
    assert_eq!(lab.seen().len(), asked + 1);
    Ok(())
}

/// There, `send_get_body_as="POST"` makes a creation of `GET /models`.
#[tokio::test(start_paused = true)]
async fn a_read_without_a_body_stays_a_read() -> Checked {
    let cluster = Cluster::new();
    let loud = cluster.client(1).get_body(GetBody::AsPost).build()?;
    loud.models().list().send().await?;
    loud.raw(http::Method::GET, "/models").body(json!({"q": 1})).send::<Value>().await?;
    let methods: Vec<_> = cluster.lab.seen().iter().map(|seen| seen.method.clone()).collect();
    assert_eq!(methods, [http::Method::GET, http::Method::POST]);
    Ok(())
}

/// There, a 404 that the caller is prepared for is a `SerializationError` where
/// its body is text, and `{"message": ..}` is shown as it came.
#[tokio::test(start_paused = true)]
async fn errors_are_one_kind_of_thing_in_all_their_shapes() -> Checked {
    let Some(recordings) = recordings::read("loudml.json") else { return Ok(()) };
    let lab = Lab::new();
    Replay::new(&recordings)?.serve(&lab);
    let loud = Client::builder("http://a.test").lab(&lab).build()?;
    // text/html
    assert!(loud.models().training("m1").send().await.optional()?.is_none());
    for (method, path, words) in [
        (http::Method::GET, "/models/nope", "Model (nope) not found"),
        (http::Method::PUT, "/models", "The method is not allowed for the requested URL."),
        (http::Method::GET, "/models/", "unknown endpoint"),
        (http::Method::POST, "/models/nope/_train?from=now-1h", "nope"),
    ] {
        let mut call = loud.raw(method.clone(), path);
        if method == http::Method::PUT {
            call = call.body(json!({}));
        }
        let error = failure(call.send::<Value>().await)?;
        let line = error.to_string();
        assert!(line.contains(words) && !line.contains("{\""), "{line}");
    }
    Ok(())
}

/// There, status, headers, time and node of an answer are lost.
#[tokio::test(start_paused = true)]
async fn an_answer_comes_with_all_that_is_known_of_it() -> Checked {
    let cluster = Cluster::new();
    cluster.set("a", Reply::no_connection());
    cluster.set("b", Reply::json(&[0u8; 0]).header("x-request-id", "r7").after(std::time::Duration::from_millis(30)));
    let loud = cluster.client(2).build()?;
    let answer = loud.raw(http::Method::GET, "/models").idempotent().answer().await?;
    assert_eq!((answer.status.as_u16(), answer.headers["x-request-id"].to_str()?), (200, "r7"));
    let attempts: Vec<_> =
        answer.attempts.iter().map(|a| (a.node.as_str(), a.outcome.to_string(), a.took.as_millis())).collect();
    let expected =
        [("http://a.test:8077", "no connection".to_owned(), 0), ("http://b.test:8077", "200".to_owned(), 30)];
    assert_eq!(attempts, expected);
    Ok(())
}

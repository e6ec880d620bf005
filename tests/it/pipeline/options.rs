//! What one call does differently.

use std::sync::LazyLock;

use mlhub::op::{AuthKind, BodyKind, Op, RetryClass};
use mlhub::pipeline::Body;
use mlhub::testing::{Lab, Reply};
use mlhub::{ErrorKind, GetBody, Optional, RawCall};
use serde_json::json;

use crate::support::{Checked, NEVER, READ, SAFE, builder, call, client, failure, op, seconds};

static PARAMS: LazyLock<Op> =
    LazyLock::new(|| Op { body: BodyKind::Params, auth: AuthKind::Body, ..op("params", RetryClass::Safe) });

#[tokio::test(start_paused = true)]
async fn options_are_of_the_clone_and_not_of_the_client() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::hang()));
    let pipeline = client(&lab)?;
    let quick = pipeline.with(|o| o.timeout(seconds(2)).no_retry().header("x-request-id", "42"));
    failure(call(&quick, &READ).await)?;
    failure(call(&pipeline, &READ).await)?;
    let seen = lab.seen();
    assert_eq!(seen[0].header("x-request-id"), Some("42"));
    assert_eq!((seen[1].header("x-request-id"), seen[1].at), (None, seconds(2)));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_bad_header_is_reported_by_the_call() -> Checked {
    let lab = Lab::new();
    let error = failure(call(&client(&lab)?.with(|o| o.header("x", "a\nb")), &READ).await)?;
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(lab.seen().is_empty());
    assert!(builder(&lab).header("bad name", "x").build().is_err());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn extra_goes_where_parameters_go() -> Checked {
    let lab = Lab::new();
    lab.times(3, Reply::json(&1));
    let pipeline = client(&lab)?.with(|o| o.extra("a", 1).extra("b", "x y").extra("c", json!([1, 2])));
    call(&pipeline, &READ).await?;
    call(&pipeline, &SAFE).await?;
    RawCall::of(pipeline, &PARAMS).arg("n", 1.0).send::<u8>().await?;
    let seen = lab.seen();
    assert_eq!(seen[0].query(), "a=1&b=x+y&c=1&c=2");
    assert_eq!(seen[1].json(), json!({"n": 1, "a": 1, "b": "x y", "c": [1, 2]}));
    assert_eq!(seen[2].json(), json!({"n": 1.0, "a": 1, "b": "x y", "c": [1, 2]}));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_accepted_status_is_decoded() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(404).with_json(&json!({"gone": true})));
    let value = call(&client(&lab)?.with(|o| o.accept_status([404])), &READ).await?;
    assert_eq!(value, json!({"gone": true}));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_accepted_status_is_told_apart_from_a_success() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(404).header("x-why", "gone").with_json(&json!("gone")));
    let pipeline = client(&lab)?.with(|o| o.accept_status([404]));
    let reply = RawCall::of(pipeline, &READ).answer().await?;
    assert_eq!((reply.status.as_u16(), &*reply.body), (404, &b"\"gone\""[..]));
    assert_eq!(reply.headers["x-why"], "gone");
    assert!(!format!("{reply:?}").contains("gone"), "{reply:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_none_and_what_cannot_be_told_is_an_error() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(404)).then(Reply::json(&1)).then(Reply::status(500));
    let pipeline = client(&lab)?;
    assert_eq!(call(&pipeline, &READ).await.optional()?, None);
    assert_eq!(call(&pipeline, &READ).await.optional()?, Some(json!(1)));
    assert_eq!(failure(call(&pipeline, &READ).await.optional())?.kind(), ErrorKind::Server);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_link_is_followed_on_the_same_host_only() -> Checked {
    for (link, expected) in [
        ("/prefix/things?page=2", "http://hub.test/prefix/things?page=2"),
        ("/things?page=2", "http://hub.test/prefix/things?page=2"),
        ("?page=2", "http://hub.test/prefix/things?page=2"),
        ("https://evil.test/prefix/things?page=2", "http://hub.test/prefix/things?page=2"),
        ("//evil.test/x", "http://hub.test/prefix/x"),
        ("/prefixed", "http://hub.test/prefix/prefixed"),
    ] {
        let lab = Lab::new();
        lab.then(Reply::json(&1));
        call(&client(&lab)?.with(|o| o.follow(link)), &READ).await?;
        assert_eq!(lab.seen()[0].url, expected, "{link}");
    }
    let lab = Lab::new();
    let error = failure(call(&client(&lab)?.with(|o| o.follow("mailto:x")), &READ).await)?;
    assert_eq!(error.kind(), ErrorKind::Decode);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_get_carries_its_body_in_three_ways() -> Checked {
    static SEARCH: LazyLock<Op> = LazyLock::new(|| Op { method: http::Method::GET, ..op("search", RetryClass::Safe) });
    let lab = Lab::new();
    lab.times(3, Reply::json(&1));
    let pipeline = client(&lab)?;
    for style in [GetBody::AsBody, GetBody::AsPost, GetBody::AsQuery] {
        call(&pipeline.with(|o| o.get_body(style)), &SEARCH).await?;
    }
    let sent: Vec<_> = lab
        .seen()
        .iter()
        .map(|seen| {
            (seen.method.to_string(), seen.query().to_owned(), String::from_utf8_lossy(&seen.body).into_owned())
        })
        .collect();
    let body = r#"{"n":1}"#;
    let expected = [("GET", "", body), ("POST", "", body), ("GET", "source=%7B%22n%22%3A1%7D", "")];
    assert_eq!(sent, expected.map(|(m, q, b)| (m.to_owned(), q.to_owned(), b.to_owned())));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_token_of_auth_body_goes_into_the_object_and_the_rest_keeps_its_bytes() -> Checked {
    let lab = Lab::new();
    lab.times(2, Reply::json(&1));
    let pipeline = builder(&lab).token("t0k\"en").build()?;
    RawCall::of(pipeline.clone(), &PARAMS).content("application/json", r#"{ "x": 1.0 }"#).send::<u8>().await?;
    RawCall::of(pipeline, &PARAMS).send::<u8>().await?;
    let seen = lab.seen();
    assert_eq!(seen[0].body, r#"{"token":"t0k\"en", "x": 1.0 }"#);
    assert_eq!(seen[1].body, r#"{"token":"t0k\"en"}"#);
    assert!(seen.iter().all(|seen| seen.header("authorization").is_none()));
    assert!(seen.iter().all(|seen| seen.header("content-type") == Some("application/json")));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn parameters_in_a_body_can_travel_as_a_query() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::json(&1));
    let pipeline = client(&lab)?.with(|o| o.params_as_query(true));
    let filter = json!({"a": {"b": 1}, "ids": [1, 2], "none": null, "text": "x"});
    RawCall::of(pipeline, &PARAMS).body(filter).send::<u8>().await?;
    assert_eq!(lab.seen()[0].query(), "a=%7B%22b%22%3A1%7D&ids=1&ids=2&text=x");
    assert!(lab.seen()[0].body.is_empty());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn no_auth_sends_no_credential() -> Checked {
    let lab = Lab::new();
    lab.times(2, Reply::json(&1));
    let pipeline = builder(&lab).token("abc").build()?;
    call(&pipeline, &READ).await?;
    call(&pipeline.with(|o| o.no_auth()), &READ).await?;
    let sent: Vec<_> = lab.seen().iter().map(|seen| seen.header("authorization").map(str::to_owned)).collect();
    assert_eq!(sent, [Some("Bearer abc".to_owned()), None]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn only_the_caller_can_make_an_unsafe_call_repeatable() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(503)).then(Reply::json(&1));
    call(&client(&lab)?.with(|o| o.idempotent()), &NEVER).await?;
    assert_eq!(lab.seen().len(), 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_client_says_who_it_is_and_not_which_document_it_has() -> Checked {
    let lab = Lab::new();
    lab.times(2, Reply::json(&1));
    let versioned = |o: mlhub::Options| o.header("api-version", "1.0.0");
    call(&client(&lab)?, &READ).await?;
    call(&builder(&lab).user_agent("mine/2").build()?.with(versioned), &READ).await?;
    let seen = lab.seen();
    assert_eq!(seen[0].header("user-agent"), Some(concat!("mlhub/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(seen[1].header("user-agent"), Some("mine/2"));
    // What the caller says himself stays.
    assert_eq!((seen[0].header("api-version"), seen[1].header("api-version")), (None, Some("1.0.0")));
    Ok(())
}

#[test]
fn a_body_prints_its_length_alone() {
    assert_eq!(format!("{:?}", Body::from("secret")), "Body(6 bytes)");
}

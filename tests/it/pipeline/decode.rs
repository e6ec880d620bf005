//! Replies that are, and are not, what the document says.

use std::sync::LazyLock;

use mlhub::op::{BodyKind, Op, ReplyKind, RetryClass};
use mlhub::testing::{Lab, Reply};
use mlhub::{ErrorKind, RawCall};
use serde::Deserialize;
use serde_json::json;

use crate::support::{Checked, READ, client, failure, op};

#[derive(Debug, Deserialize, PartialEq)]
struct Thing {
    data: Vec<Inner>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Inner {
    id: u64,
    score: Option<f64>,
}

static LENIENT: LazyLock<Op> = LazyLock::new(|| Op {
    method: http::Method::GET,
    body: BodyKind::None,
    reply: ReplyKind::Lenient,
    ..op("lenient", RetryClass::Safe)
});

#[tokio::test(start_paused = true)]
async fn a_wrong_shape_is_named_by_its_place() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::json(&json!({"data": [{"id": 1}, {"id": "hunter2"}]})).header("x-request-id", "r1"));
    let error = failure(RawCall::of(client(&lab)?, &READ).send::<Thing>().await)?;
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.json_path(), Some("data[1].id"));
    assert_eq!(error.status().map(|s| s.as_u16()), Some(200));
    assert_eq!((error.attempts().len(), error.request_id()), (1, Some("r1")));
    let source = std::error::Error::source(&error).map(ToString::to_string);
    assert_eq!(source.as_deref(), Some("invalid type: string, expected u64 at line 1 column 33"));
    assert!(error.body().is_some());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_is_no_json_says_so() -> Checked {
    for body in ["<html>", "{\"data\": [", "{} x"] {
        let lab = Lab::new();
        lab.then(Reply::bytes(body));
        let error = failure(RawCall::of(client(&lab)?, &READ).send::<serde_json::Value>().await)?;
        assert!(error.to_string().contains("the reply is not JSON"), "{error}");
        assert!(!error.is_retryable());
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_empty_body_reads_as_null() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(204)).then(Reply::bytes(" \n"));
    let pipeline = client(&lab)?;
    assert_eq!(RawCall::of(pipeline.clone(), &READ).send::<Option<u8>>().await?, None);
    assert_eq!(RawCall::of(pipeline, &READ).send::<()>().await?, ());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn bare_nan_is_read_where_the_document_allows_it() -> Checked {
    let body = r#"{"data": [{"id": 1, "score": NaN}]}"#;
    let lab = Lab::new();
    lab.times(2, Reply::bytes(body));
    let thing = RawCall::of(client(&lab)?, &LENIENT).send::<Thing>().await?;
    assert_eq!(thing, Thing { data: vec![Inner { id: 1, score: None }] });
    assert!(RawCall::of(client(&lab)?, &READ).send::<Thing>().await.is_err());
    Ok(())
}

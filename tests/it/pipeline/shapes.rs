//! Replies of another shape than the document's: no operation of any platform takes one for a success with nothing in it.

use futures::{StreamExt, TryStreamExt};
use mlhub::op::{BodyKind, Op, ReplyKind, ReplyShape, RetryClass};
use mlhub::testing::{Lab, Reply};
use mlhub::{Error, ErrorKind, RawCall, auger, autotune, loudml, vantage6};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::support::{Checked, builder, client, failure, filled, op};

/// Every operation of every platform whose reply is JSON of a known shape.
fn operations() -> Vec<&'static Op> {
    let all = [auger::ops::OPS, autotune::ops::OPS, loudml::ops::OPS, vantage6::ops::OPS];
    let all = all.into_iter().flatten().filter(|op| op.shape != ReplyShape::Any);
    all.filter(|op| matches!(op.reply, ReplyKind::Json | ReplyKind::Lenient)).collect()
}

/// What is asked of a reply, whichever way it is read.
async fn read(lab: &Lab, op: &'static Op, body: &str) -> Result<Vec<Result<(), Error>>, Error> {
    // A call without its defaults: some clients fill one in.
    let pipeline = builder(lab).service("optimizers", "http://hub.test").build()?.with(|o| o.no_retry());
    lab.times(3, Reply::bytes(body.to_owned()));
    let mut read =
        vec![filled(&pipeline, op).send::<Value>().await.map(drop), filled(&pipeline, op).answer().await.map(drop)];
    if op.paging.is_some() {
        read.push(filled(&pipeline, op).items().try_collect::<Vec<_>>().await.map(drop));
    }
    Ok(read)
}

/// Whether a body is what the document says of the operation, judged by itself.
fn fits(op: &Op, body: &str) -> bool {
    match (op.shape, serde_json::from_str::<Value>(body)) {
        (ReplyShape::Object(fields), Ok(Value::Object(object))) => fields.iter().any(|name| object.contains_key(*name)),
        (ReplyShape::List, Ok(Value::Array(_))) => true,
        (ReplyShape::Text, Ok(value)) => !value.is_array() && !value.is_object(),
        (ReplyShape::Text, Err(_)) => body.trim().is_empty(),
        (ReplyShape::Any, _) => true,
        _ => false,
    }
}

fn wrong() -> impl Strategy<Value = String> {
    let word = "[a-z]{1,8}";
    prop_oneof![
        Just(r#"{"status":"ok"}"#.to_owned()),
        Just("<!doctype html><title>Sign in</title>".to_owned()),
        Just(String::new()),
        Just("null".to_owned()),
        Just("{}".to_owned()),
        Just("[]".to_owned()),
        Just("[[], {}]".to_owned()),
        Just("ok".to_owned()),
        Just(r#"{"error": {"data": [], "items": []}}"#.to_owned()),
        proptest::collection::vec((word, any::<i32>()), 0..4)
            .prop_map(|fields| json!(fields.into_iter().collect::<std::collections::BTreeMap<_, _>>()).to_string()),
        proptest::collection::vec(any::<u8>(), 0..3).prop_map(|items| json!(items).to_string()),
        word.prop_map(|text| json!(text).to_string()),
        any::<f32>().prop_map(|number| json!(number).to_string()),
        any::<bool>().prop_map(|truth| truth.to_string()),
    ]
}

#[tokio::test(start_paused = true)]
async fn no_operation_takes_another_shape_for_a_success_with_nothing_in_it() -> Checked {
    let mut runner = TestRunner::deterministic();
    let mut refused = 0;
    let all = operations();
    assert!(all.len() > 200, "only {}", all.len());
    for op in all {
        let mut bodies: Vec<String> =
            [r#"{"status":"ok"}"#, "<html>", "", "null", "{}", "[]"].map(str::to_owned).into();
        for _ in 0..12 {
            bodies.push(wrong().new_tree(&mut runner).map_err(|reason| reason.to_string())?.current());
        }
        for body in bodies.into_iter().filter(|body| !fits(op, body)) {
            for result in read(&Lab::new(), op, &body).await? {
                let error = failure(result).map_err(|what| format!("{} {}: {what}: {body}", op.platform, op.id))?;
                assert_eq!(error.kind(), ErrorKind::Decode, "{} {}: {body}: {error}", op.platform, op.id);
                refused += 1;
            }
        }
    }
    assert!(refused > 2000, "only {refused}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_page_of_somebody_else_is_shown_by_its_head() -> Checked {
    let list = vantage6::ops::OPS.iter().find(|op| op.id == "organization_list").ok_or("the operation")?;
    for (body, shown) in [
        (r#"{"status":"ok"}"#, r#"it is {"status":"ok"}"#),
        ("[]", "it is []"),
        ("<html><title>Sign in</title>", "Sign in"),
        (r#"{"token": "c4n4ry"}"#, r#"it is {"token": "***"}"#),
    ] {
        let lab = Lab::new();
        lab.then(Reply::bytes(body));
        let error = failure(filled(&client(&lab)?, list).items().next().await.ok_or("an end")?)?;
        assert!(error.to_string().contains(shown), "{error}");
        assert!(!format!("{error:?} {error}").contains("c4n4ry"), "{error:?}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_python_and_browsers_read_is_read() -> Checked {
    static NAMES: std::sync::LazyLock<Op> = std::sync::LazyLock::new(|| Op {
        method: http::Method::GET,
        body: BodyKind::None,
        shape: ReplyShape::List,
        ..op("names", RetryClass::Safe)
    });
    for (body, expected) in [
        (b"\xef\xbb\xbf [\"a\"]".to_vec(), json!(["a"])),
        (br#"["\ud800", "b\udc00", "\ud83d\ude00"]"#.to_vec(), json!(["\u{fffd}", "b\u{fffd}", "\u{1f600}"])),
        (b"[\"\xff\"]".to_vec(), json!(["\u{fffd}"])),
    ] {
        let lab = Lab::new();
        lab.then(Reply::bytes(body.clone()));
        let read: Value = RawCall::of(client(&lab)?, &NAMES).send().await?;
        assert_eq!(read, expected, "{body:?}");
    }
    Ok(())
}

//! Keys that travel elsewhere than tokens do.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use mlhub::RawCall;
use mlhub::op::{AuthKind, BodyKind, Op, RetryClass};
use mlhub::pipeline::ApiKey;
use mlhub::testing::{Lab, Reply};
use serde_json::json;

use crate::support::{Checked, READ, SAFE, builder, call, failure, op};

/// With every character that something on the way could stumble over.
const KEY: &str = "k3y/+ &=%";

/// A call whose parameters are the fields of one JSON object.
static PARAMS: LazyLock<Op> =
    LazyLock::new(|| Op { body: BodyKind::Params, auth: AuthKind::Body, ..op("params", RetryClass::Safe) });

#[tokio::test(start_paused = true)]
async fn in_a_header_in_the_query_or_under_a_scheme_of_its_own() -> Checked {
    let keys = [ApiKey::header("x-service-pass", KEY), ApiKey::query("pass", KEY), ApiKey::scheme("ApiKey", "abc")];
    let mut sent = Vec::new();
    for key in keys {
        let lab = Lab::new();
        lab.then(Reply::status(503)).then(Reply::json(&1));
        let pipeline = builder(&lab).authenticate(key?).build()?;
        call(&pipeline.with(|o| o.extra("a", 1)), &READ).await?;
        for seen in lab.seen() {
            let header = |name| seen.header(name).unwrap_or_default().to_owned();
            sent.push((header("x-service-pass"), seen.query().to_owned(), header("authorization")));
        }
    }
    let line = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
    let query = "a=1&pass=k3y%2F%2B+%26%3D%25";
    let expected = [line(KEY, "a=1", ""), line("", query, ""), line("", "a=1", "ApiKey abc")];
    // Each call was tried twice, and the key came once in each attempt.
    let twice: Vec<_> = expected.into_iter().flat_map(|line| [line.clone(), line]).collect();
    assert_eq!(sent, twice);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn in_a_field_of_the_body_or_in_the_query_where_that_carries_the_fields() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::json(&1)));
    let pipeline = builder(&lab).authenticate(ApiKey::field("pass", KEY)?).build()?;
    call(&pipeline, &SAFE).await?;
    RawCall::of(pipeline.clone(), &PARAMS).arg("n", 1).send::<u8>().await?;
    RawCall::of(pipeline.with(|o| o.params_as_query(true)), &PARAMS).arg("n", 1).send::<u8>().await?;
    let seen = lab.seen();
    assert_eq!((seen[0].json(), seen[1].json()), (json!({"n": 1, "pass": KEY}), json!({"n": 1, "pass": KEY})));
    assert_eq!((seen[2].query(), seen[2].body.len()), ("n=1&pass=k3y%2F%2B+%26%3D%25", 0));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn it_shows_nowhere_even_if_the_server_repeats_it() -> Checked {
    let sent = "k3y%2F%2B+%26%3D%25";
    for (key, said) in [
        (ApiKey::header("x-service-pass", KEY)?, format!("bad key {KEY}")),
        (ApiKey::query("pass", KEY)?, format!("bad key {KEY}, or rather {sent}")),
        (ApiKey::field("pass", KEY)?, format!("bad key {KEY}, or rather {sent}")),
    ] {
        let shown = format!("{key:?}");
        let lab = Lab::new();
        lab.then(Reply::status(400).with_json(&json!({"detail": said})));
        let error = failure(call(&builder(&lab).authenticate(key).build()?, &SAFE).await)?;
        let printed = format!("{error} {error:?} {shown}");
        assert!(!printed.contains("k3y"), "{printed}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_name_or_a_key_that_fits_no_header_is_refused() -> Checked {
    assert!(ApiKey::header("a b", "x").is_err());
    let error = failure(ApiKey::header("x-pass", "a\nk3y"))?;
    assert!(error.to_string().contains("characters that headers cannot carry"), "{error}");
    assert!(!format!("{error:?}").contains("k3y"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_curl_trace_has_a_variable_in_its_place() -> Checked {
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);
    impl std::io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    crate::support::hear_all();
    let log = Log::default();
    let sink = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || sink.clone())
        .with_ansi(false)
        .finish();
    let _heard = tracing::subscriber::set_default(subscriber);
    for key in [ApiKey::header("x-service-pass", KEY)?, ApiKey::query("pass", KEY)?, ApiKey::field("pass", KEY)?] {
        let lab = Lab::new();
        lab.then(Reply::json(&1));
        call(&builder(&lab).curl_trace(true).authenticate(key).build()?, &READ).await?;
    }
    let text = String::from_utf8_lossy(&log.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned();
    assert_eq!(text.matches("$MLHUB_TOKEN").count(), 3, "{text}");
    assert!(!text.contains("k3y"), "{text}");
    Ok(())
}

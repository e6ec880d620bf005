//! Bodies in other languages than JSON.

use bytes::Bytes;
use mlhub::pipeline::{Serializer, SerializerError};
use mlhub::testing::{Lab, Reply};
use mlhub::{ErrorKind, RawCall};
use serde_json::json;

use crate::support::{Checked, NEVER, READ, SAFE, builder, call, client, failure};

/// JSON backwards.
#[derive(Debug)]
struct Backwards;

fn turned(bytes: &[u8]) -> Bytes {
    bytes.iter().rev().copied().collect::<Vec<_>>().into()
}

impl Serializer for Backwards {
    fn media_type(&self) -> &str {
        "application/x-backwards"
    }

    fn write(&self, json: &[u8]) -> Result<Bytes, SerializerError> {
        Ok(turned(json))
    }

    fn read(&self, bytes: &[u8]) -> Result<Bytes, SerializerError> {
        match bytes {
            b"broken" => Err("it has no beginning".into()),
            _ => Ok(turned(bytes)),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn requests_are_written_and_replies_read_by_their_media_type() -> Checked {
    let lab = Lab::new();
    let reply = |kind: &str, body: &'static str| Reply::bytes(body).header("content-type", kind);
    lab.then(reply("Application/X-Backwards; charset=utf-8", "]21[")).then(reply("application/json", "[12]"));
    let pipeline = builder(&lab).with(|o| o.write_with(Backwards)).build()?;
    for _ in 0..2 {
        assert_eq!(call(&pipeline, &SAFE).await?, json!([12]));
    }
    let seen = &lab.seen()[0];
    assert_eq!((&*seen.body, seen.header("content-type")), (&b"}1:\"n\"{"[..], Some("application/x-backwards")));
    assert_eq!(seen.header("accept"), Some("application/x-backwards, application/json"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn who_only_reads_with_it_writes_json() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::bytes("1").header("content-type", "application/x-backwards"));
    call(&client(&lab)?.with(|o| o.read_with(Backwards)), &SAFE).await?;
    assert_eq!(
        (&*lab.seen()[0].body, lab.seen()[0].header("content-type")),
        (&b"{\"n\":1}"[..], Some("application/json"))
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_token_in_a_body_is_written_too() -> Checked {
    use mlhub::op::{AuthKind, BodyKind, Op, RetryClass};
    static PARAMS: std::sync::LazyLock<Op> = std::sync::LazyLock::new(|| Op {
        body: BodyKind::Params,
        auth: AuthKind::Body,
        ..crate::support::op("params", RetryClass::Safe)
    });
    let lab = Lab::new();
    lab.then(Reply::json(&1));
    let pipeline = builder(&lab).token("abc").with(|o| o.write_with(Backwards)).build()?;
    RawCall::of(pipeline, &PARAMS).send::<u8>().await?;
    assert_eq!(turned(&lab.seen()[0].body), r#"{"token":"abc"}"#);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_says_so_and_bytes_stay_as_they_came() -> Checked {
    let lab = Lab::new();
    let broken = || Reply::bytes("broken").header("content-type", "application/x-backwards");
    lab.times(2, broken());
    let pipeline = client(&lab)?.with(|o| o.read_with(Backwards));
    let error = failure(call(&pipeline, &NEVER).await)?;
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("the reply cannot be read as application/x-backwards"), "{error}");
    assert!(error.may_have_been_applied());
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    assert_eq!(cause.as_deref(), Some("it has no beginning"));
    assert_eq!(RawCall::of(pipeline, &READ).bytes().await?, "broken");
    Ok(())
}

//! AWS Signature Version 4: the published vectors, and what is signed of a call.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use mlhub::Error;
use mlhub::pipeline::{GZIP_THRESHOLD, SigV4, Sign};
use mlhub::testing::{Lab, Reply};
use serde_json::json;

use crate::support::{Checked, READ, SAFE, builder, call, client, failure};

/// Of the test suite that AWS publishes for its Signature Version 4.
const KEY_ID: &str = "AKIDEXAMPLE";
const KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn signer(service: &str) -> SigV4 {
    SigV4::new(KEY_ID, KEY, "us-east-1", service)
}

/// 2015-08-30 12:36:00 UTC, the date of the suite.
fn date() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_440_938_160)
}

fn signature(signer: &SigV4, method: &str, url: &str, kind: Option<&str>, body: &str) -> Result<String, Error> {
    let mut request = http::Request::new(());
    *request.method_mut() = method.parse().expect("a method");
    *request.uri_mut() = url.parse().expect("an address");
    if let Some(kind) = kind {
        request.headers_mut().insert("content-type", kind.parse().expect("a header"));
    }
    let (mut parts, ()) = request.into_parts();
    signer.sign(&mut parts, Some(&Bytes::copy_from_slice(body.as_bytes())), date())?;
    let text = parts.headers["authorization"].to_str().expect("text").to_owned();
    assert_eq!(parts.headers["x-amz-date"], "20150830T123600Z");
    assert!(parts.headers["authorization"].is_sensitive());
    Ok(text)
}

#[test]
fn the_published_vectors_come_out() -> Checked {
    let form = Some("application/x-www-form-urlencoded");
    let list = Some("application/x-www-form-urlencoded; charset=utf-8");
    let at = |path: &str| format!("https://example.amazonaws.com{path}");
    let plain = || signer("service");
    for (signer, method, url, kind, body, signed, expected) in [
        // get-vanilla
        (
            plain(),
            "GET",
            at("/"),
            None,
            "",
            "host;x-amz-date",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        // get-vanilla-query-order-key-case
        (
            plain(),
            "GET",
            at("/?Param2=value2&Param1=value1"),
            None,
            "",
            "host;x-amz-date",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        // get-vanilla-empty-query-key
        (
            plain(),
            "GET",
            at("/?Param1=value1"),
            None,
            "",
            "host;x-amz-date",
            "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
        ),
        // get-vanilla-utf8-query
        (
            plain(),
            "GET",
            at("/?%E1%88%B4=bar"),
            None,
            "",
            "host;x-amz-date",
            "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
        ),
        // get-utf8
        (
            plain().path_as_sent(),
            "GET",
            at("/%E1%88%B4"),
            None,
            "",
            "host;x-amz-date",
            "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
        ),
        // post-vanilla
        (
            plain(),
            "POST",
            at("/"),
            None,
            "",
            "host;x-amz-date",
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        ),
        // post-x-www-form-urlencoded
        (
            plain(),
            "POST",
            at("/"),
            form,
            "Param1=value1",
            "content-type;host;x-amz-date",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
        // The worked example of the manual.
        (
            signer("iam"),
            "GET",
            "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08".to_owned(),
            list,
            "",
            "content-type;host;x-amz-date",
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
        ),
    ] {
        let found = signature(&signer, method, &url, kind, body)?;
        let ending = format!("SignedHeaders={signed}, Signature={expected}");
        assert!(found.ends_with(&ending), "{method} {url}: {found}");
        assert!(found.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/"), "{found}");
    }
    Ok(())
}

/// All that RFC 3986 calls unreserved.
const UNRESERVED: &str = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// More of the suite: what needs no encoding, what needs it, and what comes twice.
#[test]
fn the_published_vectors_of_paths_and_queries_come_out() -> Checked {
    let twice = format!("/?{UNRESERVED}={UNRESERVED}");
    let plain = format!("/{UNRESERVED}");
    for (name, method, path, kind, body, expected) in [
        (
            "get-unreserved",
            "GET",
            plain.as_str(),
            None,
            "",
            "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
        ),
        (
            "get-vanilla-query-unreserved",
            "GET",
            twice.as_str(),
            None,
            "",
            "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
        ),
        (
            "get-vanilla-query-order-key",
            "GET",
            "/?Param1=value2&Param1=Value1",
            None,
            "",
            "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1",
        ),
        (
            "get-vanilla-query-order-value",
            "GET",
            "/?Param1=value2&Param1=value1",
            None,
            "",
            "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694",
        ),
        (
            "get-space",
            "GET",
            "/example%20space/",
            None,
            "",
            "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
        ),
        (
            "post-vanilla-query",
            "POST",
            "/?Param1=value1",
            None,
            "",
            "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
        ),
        (
            "post-x-www-form-urlencoded-parameters",
            "POST",
            "/",
            Some("application/x-www-form-urlencoded; charset=utf8"),
            "Param1=value1",
            "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe",
        ),
    ] {
        let signer = signer("service").path_as_sent();
        let found = signature(&signer, method, &format!("https://example.amazonaws.com{path}"), kind, body)?;
        assert!(found.ends_with(&format!("Signature={expected}")), "{name}: {found}");
    }
    Ok(())
}

/// Of the suite: a token of temporary credentials is signed as well.
#[test]
fn the_published_vector_of_a_session_comes_out() -> Checked {
    let token = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";
    let found = signature(&signer("service").session_token(token), "POST", "https://example.amazonaws.com/", None, "")?;
    let expected = "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead";
    assert!(found.ends_with(&format!("Signature={expected}")), "{found}");
    Ok(())
}

/// The worked examples of the manual of S3, which signs paths as they are sent.
#[test]
fn the_published_examples_of_s3_come_out() -> Checked {
    let signer = SigV4::new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1", "s3");
    // Of an empty body.
    let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    // 2013-05-24 00:00:00 UTC
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(1_369_353_600);
    for (query, expected) in [
        ("lifecycle", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ] {
        let request = http::Request::get(format!("https://examplebucket.s3.amazonaws.com/?{query}"));
        let (mut parts, ()) = request.header("x-amz-content-sha256", digest).body(())?.into_parts();
        signer.clone().path_as_sent().sign(&mut parts, Some(&Bytes::new()), date)?;
        let found = parts.headers["authorization"].to_str()?;
        assert!(found.ends_with(&format!("Signature={expected}")), "{query}: {found}");
    }
    Ok(())
}

/// What arrived is signed once more: the signature is of those bytes, and not of what they unpack to.
#[tokio::test(start_paused = true)]
async fn what_is_signed_is_what_is_sent_after_compression() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::json(&1));
    let pipeline = client(&lab)?.with(|o| o.sign(signer("es")).gzip(true).extra("text", "x".repeat(GZIP_THRESHOLD)));
    call(&pipeline, &SAFE).await?;
    let seen = &lab.seen()[0];
    assert_eq!((seen.header("content-encoding"), seen.body.starts_with(&[0x1f, 0x8b])), (Some("gzip"), true));
    let again = |body: &Bytes| -> Result<String, Box<dyn std::error::Error>> {
        let mut request = http::Request::builder().method(seen.method.clone()).uri(&seen.url);
        request = request.header("content-type", &seen.headers["content-type"]);
        let (mut parts, ()) = request.body(())?.into_parts();
        signer("es").sign(&mut parts, Some(body), mlhub::clock::Clock::wall(&lab.clock()))?;
        Ok(parts.headers["authorization"].to_str()?.to_owned())
    };
    assert_eq!(seen.header("authorization"), Some(again(&seen.body)?.as_str()));
    let plain = json!({"n": 1, "text": "x".repeat(GZIP_THRESHOLD)}).to_string();
    assert_ne!(seen.header("authorization"), Some(again(&plain.into())?.as_str()));
    Ok(())
}

#[test]
fn a_port_that_is_not_the_usual_one_and_a_session_count() -> Checked {
    let at = |host: &str| signature(&signer("service"), "GET", &format!("https://{host}/"), None, "");
    assert_eq!(at("example.amazonaws.com")?, at("example.amazonaws.com:443")?);
    assert_ne!(at("example.amazonaws.com")?, at("example.amazonaws.com:8443")?);
    let session = signer("service").session_token("t0ken");
    let found = signature(&session, "GET", "https://example.amazonaws.com/", None, "")?;
    assert!(found.contains("SignedHeaders=host;x-amz-date;x-amz-security-token"), "{found}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn on_the_pipeline_it_takes_the_place_of_a_token_and_prints_nowhere() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(400).with_json(&json!({"detail": "no"})));
    let signature = signer("service").session_token("s3ss10n");
    assert!(!format!("{signature:?}").contains("wJalr"), "{signature:?}");
    let pipeline = builder(&lab).token("other").with(|o| o.sign(signature).extra("q", "a b")).build()?;
    let error = failure(call(&pipeline, &READ).await)?;
    let seen = &lab.seen()[0];
    assert!(seen.header("authorization").is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 ")));
    assert_eq!(seen.query(), "q=a%20b");
    let printed = format!("{error} {error:?} {pipeline:?}");
    assert!(!printed.contains("wJalr") && !printed.contains("s3ss10n") && !printed.contains("AWS4"), "{printed}");
    Ok(())
}

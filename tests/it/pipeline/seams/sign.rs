//! Signatures, the last thing that happens to a request.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::HeaderValue;
use http::request::Parts;
use mlhub::pipeline::{GZIP_THRESHOLD, Sign};
use mlhub::testing::{Lab, Reply};
use mlhub::{Error, ErrorKind};
use serde_json::json;

use crate::support::{Checked, READ, SAFE, builder, call, client, failure};

/// Remembers what it was shown and signs with its length.
#[derive(Clone, Debug, Default)]
struct Recorder(Arc<Mutex<Vec<(String, usize, SystemTime)>>>);

impl Sign for Recorder {
    fn sign(&self, request: &mut Parts, body: Option<&Bytes>, now: SystemTime) -> Result<(), Error> {
        let length = body.map_or(0, Bytes::len);
        let line = format!("{} {} {:?}", request.method, request.uri, request.headers.get("content-encoding"));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((line, length, now));
        let mut value = HeaderValue::from(length);
        value.set_sensitive(true);
        request.headers.insert("x-signature", value);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn each_attempt_is_signed_anew_as_it_travels() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(503).header("retry-after", "10"))
        .then(Reply::status(307).header("location", "/there"))
        .then(Reply::json(&1));
    let recorder = Recorder::default();
    let signer = recorder.clone();
    let road = client(&lab)?.with(|o| o.sign(signer).gzip(true).extra("text", "x".repeat(GZIP_THRESHOLD)));
    call(&road, &SAFE).await?;
    let (shown, seen) = (recorder.0.lock().unwrap_or_else(PoisonError::into_inner).clone(), lab.seen());
    assert_eq!(shown.len(), 3);
    for ((line, length, _), seen) in shown.iter().zip(&seen) {
        assert_eq!(*line, format!("POST {} Some(\"gzip\")", seen.url));
        assert_eq!((*length, seen.header("x-signature")), (seen.body.len(), Some(length.to_string().as_str())));
    }
    assert!(shown[2].0.contains("http://hub.test/there"));
    // Ten seconds were asked for; a pause of our own comes on top.
    assert_eq!(shown[1].2.duration_since(shown[0].2)?, std::time::Duration::from_millis(10_125));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_call_may_go_without_and_a_signer_may_refuse() -> Checked {
    #[derive(Debug)]
    struct Refuses;
    impl Sign for Refuses {
        fn sign(&self, _: &mut Parts, _: Option<&Bytes>, _: SystemTime) -> Result<(), Error> {
            Err(Error::new(ErrorKind::Request, "the key is locked away"))
        }
    }
    let lab = Lab::new();
    lab.then(Reply::json(&1));
    let road = builder(&lab).with(|o| o.sign(Refuses)).build()?;
    let error = failure(call(&road, &READ).await)?;
    assert!(error.to_string().contains("the key is locked away"), "{error}");
    assert_eq!((error.operation(), error.may_have_been_applied()), (Some("read"), false));
    call(&road.with(|o| o.no_signature()), &READ).await?;
    assert_eq!(lab.seen().len(), 1);
    Ok(())
}

mod sigv4 {
    use mlhub::pipeline::SigV4;

    use super::*;

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
    async fn on_the_road_it_takes_the_place_of_a_token_and_prints_nowhere() -> Checked {
        let lab = Lab::new();
        lab.then(Reply::status(400).with_json(&json!({"detail": "no"})));
        let signature = signer("service").session_token("s3ss10n");
        assert!(!format!("{signature:?}").contains("wJalr"), "{signature:?}");
        let road = builder(&lab).token("other").with(|o| o.sign(signature).extra("q", "a b")).build()?;
        let error = failure(call(&road, &READ).await)?;
        let seen = &lab.seen()[0];
        assert!(seen.header("authorization").is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 ")));
        assert_eq!(seen.query(), "q=a%20b");
        let printed = format!("{error} {error:?} {road:?}");
        assert!(!printed.contains("wJalr") && !printed.contains("s3ss10n") && !printed.contains("AWS4"), "{printed}");
        Ok(())
    }
}

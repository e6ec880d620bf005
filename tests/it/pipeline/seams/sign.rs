//! Signatures, the last thing that happens to a request.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use http::HeaderValue;
use http::request::Parts;
use mlhub::pipeline::{GZIP_THRESHOLD, Sign};
use mlhub::testing::{Lab, Reply};
use mlhub::{Error, ErrorKind};

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
    let pipeline = client(&lab)?.with(|o| o.sign(signer).gzip(true).extra("text", "x".repeat(GZIP_THRESHOLD)));
    call(&pipeline, &SAFE).await?;
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
    let pipeline = builder(&lab).with(|o| o.sign(Refuses)).build()?;
    let error = failure(call(&pipeline, &READ).await)?;
    assert!(error.to_string().contains("the key is locked away"), "{error}");
    assert_eq!((error.operation(), error.may_have_been_applied()), (Some("read"), false));
    call(&pipeline.with(|o| o.no_signature()), &READ).await?;
    assert_eq!(lab.seen().len(), 1);
    Ok(())
}

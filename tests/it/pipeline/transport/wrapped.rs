//! A transport of one's own before the one of production.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::BoxFuture;
use mlhub::Builder;
use mlhub::pipeline::{Body, HttpSettings, HttpTransport, Pipeline, Transport, TransportError};

use super::server::plain;
use crate::support::{Checked, READ, call, failure};

#[derive(Debug)]
struct Counted {
    below: HttpTransport,
    sent: Arc<AtomicUsize>,
}

impl Transport for Counted {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'static, Result<http::Response<Body>, TransportError>> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        self.below.send(request)
    }
}

#[tokio::test]
async fn it_sees_every_request_and_the_rest_stays_as_it_was() -> Checked {
    let (address, tally) = plain().await?;
    let sent = Arc::new(AtomicUsize::new(0));
    let below = HttpTransport::new(HttpSettings::default())?;
    let pipeline = Builder::new(format!("http://{address}"), |pipeline: Pipeline| pipeline)
        .transport(Counted { below, sent: Arc::clone(&sent) })
        .build()?;
    assert_eq!(call(&pipeline, &READ).await?, 1);
    assert_eq!((sent.load(Ordering::Relaxed), tally.heads().len()), (1, 1));
    Ok(())
}

#[tokio::test]
async fn it_can_say_why_and_that_trying_again_is_no_use() -> Checked {
    #[derive(Debug)]
    struct Closed;
    impl Transport for Closed {
        fn send(&self, _: http::Request<Body>) -> BoxFuture<'static, Result<http::Response<Body>, TransportError>> {
            Box::pin(async { Err(TransportError::connect("no").because("closed until Monday").lasting()) })
        }
    }
    let pipeline = Builder::new("http://hub.test", |pipeline: Pipeline| pipeline).transport(Closed).build()?;
    let error = failure(call(&pipeline, &READ).await)?;
    assert!(error.to_string().contains("cannot connect to http://hub.test: closed until Monday"), "{error}");
    assert_eq!((error.attempts().len(), error.is_retryable()), (1, false));
    Ok(())
}

//! The transport of production: reqwest, with its own retries off.

use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::StreamExt;

use super::body::Body;
use super::transport::{Transport, TransportError};
use crate::error::{Error, ErrorKind};

/// Time to establish a connection, TLS included.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Redirects followed within one origin, as many as browsers take for a mistake.
const MAX_REDIRECTS: usize = 5;

/// What connections look like; see the builder's methods of the same names.
#[derive(Default)]
pub(crate) struct HttpSettings {
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) roots: Vec<Vec<u8>>,
    pub(crate) proxy: Option<String>,
}

/// Sends requests over HTTP/1.1 and HTTPS.
#[derive(Clone, Debug)]
pub struct HttpTransport(reqwest::Client);

impl HttpTransport {
    /// A transport with its own pool of connections.
    pub(crate) fn new(settings: HttpSettings) -> Result<Self, Error> {
        let mut builder = reqwest::Client::builder()
            // Ours is the only retry: it knows which calls bear it.
            .retry(reqwest::retry::never())
            .redirect(same_origin())
            .connect_timeout(settings.connect_timeout.unwrap_or(CONNECT_TIMEOUT));
        if let Some(proxy) = settings.proxy {
            let proxy = reqwest::Proxy::all(&proxy).map_err(|cause| config("the proxy's address is not one", cause))?;
            builder = builder.proxy(proxy);
        }
        builder = with_roots(builder, &settings.roots)?;
        let client = builder.build().map_err(|cause| config("connections cannot be set up", cause))?;
        Ok(HttpTransport(client))
    }

    /// The client below, which builds requests for generated code.
    pub(crate) fn client(&self) -> &reqwest::Client {
        &self.0
    }
}

/// A client that only builds requests: another transport sends them.
pub(crate) fn request_builder() -> Result<reqwest::Client, Error> {
    let builder = reqwest::Client::builder().no_proxy();
    // Reading the system's certificates takes longer than many a test.
    #[cfg(feature = "rustls")]
    let builder = builder.tls_certs_only([]);
    builder.build().map_err(|cause| config("requests cannot be built", cause))
}

#[cfg(feature = "rustls")]
fn with_roots(mut builder: reqwest::ClientBuilder, roots: &[Vec<u8>]) -> Result<reqwest::ClientBuilder, Error> {
    for pem in roots {
        let certificates = reqwest::Certificate::from_pem_bundle(pem)
            .map_err(|cause| config("the certificate authority's file is not PEM", cause))?;
        if certificates.is_empty() {
            return Err(Error::new(ErrorKind::Config, "the certificate authority's file holds no certificate"));
        }
        builder = builder.tls_certs_merge(certificates);
    }
    Ok(builder)
}

#[cfg(not(feature = "rustls"))]
fn with_roots(builder: reqwest::ClientBuilder, roots: &[Vec<u8>]) -> Result<reqwest::ClientBuilder, Error> {
    if roots.is_empty() {
        return Ok(builder);
    }
    Err(Error::new(ErrorKind::Config, "certificates need the feature `rustls`, which this build leaves out"))
}

/// A redirect to another origin would take tokens in custom headers and bodies
/// along, so it is handed back as the reply that it is.
fn same_origin() -> reqwest::redirect::Policy {
    reqwest::redirect::Policy::custom(|attempt| {
        let same = attempt.previous().last().is_some_and(|from| from.origin() == attempt.url().origin());
        if same && attempt.previous().len() <= MAX_REDIRECTS { attempt.follow() } else { attempt.stop() }
    })
}

fn config(detail: &str, cause: reqwest::Error) -> Error {
    Error::new(ErrorKind::Config, detail).with_source(cause.without_url())
}

impl Transport for HttpTransport {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'static, Result<http::Response<Body>, TransportError>> {
        let client = self.0.clone();
        Box::pin(async move {
            let request = request.map(|body| match body.as_bytes() {
                Some(bytes) => reqwest::Body::from(bytes.clone()),
                None => reqwest::Body::wrap_stream(body.into_stream()),
            });
            // An address that reqwest refuses was never connected to.
            let request = reqwest::Request::try_from(request).map_err(TransportError::connect)?;
            let mut reply = client.execute(request).await.map_err(classify)?;
            let (status, headers) = (reply.status(), std::mem::take(reply.headers_mut()));
            let body = Body::stream(reply.bytes_stream().map(|piece| piece.map_err(classify)));
            let mut response = http::Response::new(body);
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        })
    }
}

/// The URL is left out: the pipeline names it without its secrets.
fn classify(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    // A connection that takes too long is both; that nothing was sent counts.
    if error.is_connect() || error.is_builder() {
        TransportError::connect(error)
    } else if error.is_timeout() {
        TransportError::timeout(error)
    } else {
        TransportError::other(error)
    }
}

/// reqwest's body as ours. Only a response gives out its body as a stream, so
/// a body that is not in memory takes the way over one.
pub(crate) fn from_reqwest(body: reqwest::Body) -> Body {
    match body.as_bytes() {
        Some(bytes) => Body::from(bytes::Bytes::copy_from_slice(bytes)),
        None => Body::stream(
            reqwest::Response::from(http::Response::new(body)).bytes_stream().map(|piece| piece.map_err(classify)),
        ),
    }
}

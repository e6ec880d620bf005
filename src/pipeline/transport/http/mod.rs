//! HTTP transport of production: hyper's client over a connection pool whose connections are ours.

mod config_error;
mod connect_failure;
mod connection;
mod connection_limit;
mod connector;
mod no_proxy;
#[cfg(feature = "rustls")]
mod no_verifier;
#[cfg(feature = "rustls")]
mod pem;
mod proxy;
mod proxy_env;
mod settings;
#[cfg(feature = "rustls")]
mod tls;
#[cfg(feature = "rustls")]
mod tls_config;
#[cfg(feature = "rustls")]
mod trusted_certificates;

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use futures::stream::StreamExt;
use http_body_util::BodyDataStream;
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};

pub use proxy::Proxy;
pub use settings::{
    CONNECT_TIMEOUT, HttpSettings, HttpVersions, IDLE_CONNECTION, MAX_IDLE_CONNECTIONS, TCP_KEEP_ALIVE,
};
#[cfg(feature = "rustls")]
pub use tls::{Tls, TlsVersion};

use self::connection_limit::ConnectionLimit;
use self::connector::Connector;
use self::proxy::Proxies;
use super::{Body, Transport, TransportError, UnixSocket};
use crate::error::Error;

/// The HTTP transport: sends requests over HTTP and HTTPS, on connections that are kept for the
/// next request. Clones share them. A server that writes the head and the body
/// of a response one after the other costs no more time than another: on Linux,
/// what comes in is acknowledged at once.
///
/// It is what a client uses when it is given no other transport, and what a
/// transport of your own can stand before:
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use futures::future::BoxFuture;
/// use mlhub::pipeline::{Body, HttpSettings, HttpTransport, Pipeline, Transport, TransportError};
/// use mlhub::Builder;
///
/// /// Counts what goes out.
/// #[derive(Debug)]
/// struct Counted {
///     below: HttpTransport,
///     sent: AtomicU64,
/// }
///
/// impl Transport for Counted {
///     fn send(&self, request: http::Request<Body>) -> BoxFuture<'static, Result<http::Response<Body>, TransportError>> {
///         self.sent.fetch_add(1, Ordering::Relaxed);
///         self.below.send(request)
///     }
/// }
///
/// # fn main() -> Result<(), mlhub::Error> {
/// let below = HttpTransport::new(HttpSettings::default().max_connections(8))?;
/// let pipeline = Builder::new("http://127.0.0.1:8008", |pipeline: Pipeline| pipeline)
///     .transport(Counted { below, sent: AtomicU64::new(0) })
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct HttpTransport(Arc<HttpClient>);

struct HttpClient {
    client: Client<Connector, Body>,
    proxies: Option<Proxies>,
    limit: Option<ConnectionLimit>,
}

impl HttpTransport {
    /// A transport with its own connections. Fails with the first mistake in
    /// the settings; certificates are read here.
    pub fn new(settings: HttpSettings) -> Result<Self, Error> {
        let proxies = Proxies::new(&settings.proxy)?;
        let limit = ConnectionLimit::new(settings.max_connections)?;
        let connector = Connector::new(&settings, proxies.clone(), limit.clone())?;
        let mut client = Client::builder(TokioExecutor::new());
        client
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(settings.idle_for)
            .pool_max_idle_per_host(settings.max_idle);
        #[cfg(feature = "http2")]
        client.http2_only(settings.versions == HttpVersions::Http2);
        let client = client.build(connector);
        Ok(HttpTransport(Arc::new(HttpClient { client, proxies, limit })))
    }
}

impl Transport for HttpTransport {
    fn send(
        &self,
        mut request: http::Request<Body>,
    ) -> BoxFuture<'static, Result<http::Response<Body>, TransportError>> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            let progress = request.body().progress().cloned();
            progress.as_ref().inspect(|progress| progress.queued());
            // Held until the response's body is read or dropped: so long the connection is in use.
            let permit = match &inner.limit {
                Some(limit) => limit.request_permit(request.uri()).await,
                None => None,
            };
            progress.as_ref().inspect(|progress| progress.connecting());
            if UnixSocket::of(request.uri()).is_some() {
                request.headers_mut().entry(http::header::HOST).or_insert(UnixSocket::HOST);
            }
            if let Some(proxies) = &inner.proxies {
                proxies.authorize(&mut request);
            }
            let (parts, body) = inner.client.request(request).await.map_err(transport_error)?.into_parts();
            let chunks = BodyDataStream::new(body).map(move |chunk| {
                let _held = &permit;
                chunk.map_err(|cause| TransportError::other(cause).explained())
            });
            Ok(http::Response::from_parts(parts, Body::stream(chunks)))
        })
    }
}

fn transport_error(error: ClientError) -> TransportError {
    let error = if error.is_connect() { TransportError::connect(error) } else { TransportError::other(error) };
    error.explained()
}

impl TransportError {
    /// Says why in words, where the cause is one that people can do something about.
    fn explained(self) -> Self {
        match connect_failure::of(&self) {
            Some(reason) if reason.unsent => self.unsent().because(reason.words).lasting(),
            Some(reason) => self.because(reason.words),
            None => self,
        }
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport")
            .field("proxies", &self.0.proxies)
            .field("limit", &self.0.limit)
            .finish_non_exhaustive()
    }
}

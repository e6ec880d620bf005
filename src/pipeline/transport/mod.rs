//! Transport: the seam over which one request goes out and one response comes in, and what travels over it.

mod body;
mod error;
mod http;
mod serializer;
mod unix_socket;

use std::fmt;

use futures::future::BoxFuture;

pub use self::http::{
    CONNECT_TIMEOUT, HttpSettings, HttpTransport, HttpVersions, IDLE_CONNECTION, MAX_IDLE_CONNECTIONS, Proxy,
    TCP_KEEP_ALIVE,
};
#[cfg(feature = "rustls")]
pub use self::http::{Tls, TlsVersion};
pub use body::Body;
pub use error::{TransportError, TransportErrorKind};
pub use serializer::{Serializer, SerializerError};

pub(crate) use body::{SendProgress, SendState};
pub(crate) use serializer::{Serializers, to_json};
pub(crate) use unix_socket::UnixSocket;

/// A transport: sends one request to the address that it names.
///
/// Retries, nodes, credentials and time limits are above this: an
/// implementation repeats nothing, follows no redirect, and may be dropped at
/// any moment. It tells apart the one thing that only it knows: whether
/// anything was sent. To stand before the transport of production, wrap a
/// [`HttpTransport`](super::HttpTransport).
///
/// ```
/// use futures::future::BoxFuture;
/// use mlhub::pipeline::{Body, Transport, TransportError};
///
/// /// A hub that is closed for maintenance: no request leaves the machine.
/// #[derive(Debug)]
/// struct Closed;
///
/// impl Transport for Closed {
///     fn send(&self, _: http::Request<Body>) -> BoxFuture<'static, Result<http::Response<Body>, TransportError>> {
///         Box::pin(async { Err(TransportError::connect("closed until Monday")) })
///     }
/// }
/// ```
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends the request and returns as soon as the response's headers are there.
    fn send(
        &self,
        request: ::http::Request<Body>,
    ) -> BoxFuture<'static, Result<::http::Response<Body>, TransportError>>;
}

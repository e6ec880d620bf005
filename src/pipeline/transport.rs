//! The last hop: one request out, one reply in, nothing else.

use std::fmt;

use futures::future::BoxFuture;

use super::body::Body;

/// Sends one request to the address it names.
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
    /// Sends the request and returns as soon as the reply's headers are there.
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'static, Result<http::Response<Body>, TransportError>>;
}

/// Why no reply came, or why it broke off.
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    source: Box<dyn std::error::Error + Send + Sync>,
    reason: Option<String>,
    lasting: bool,
}

/// What a broken hop means for the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// Nothing was sent.
    Connect,
    /// Time ran out after something was sent.
    Timeout,
    /// Anything else: the server may have read the request.
    Other,
}

impl TransportError {
    /// Nothing was sent.
    pub fn connect(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(TransportErrorKind::Connect, source)
    }

    /// Time ran out after something was sent.
    pub fn timeout(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(TransportErrorKind::Timeout, source)
    }

    /// Anything else: the server may have read the request.
    pub fn other(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(TransportErrorKind::Other, source)
    }

    fn new(kind: TransportErrorKind, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        TransportError { kind, source: source.into(), reason: None, lasting: false }
    }

    /// Says in words why, for people who can do something about it: a
    /// certificate that has expired, a proxy that is away. The words stand in
    /// the error of the call.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// The same server would end every other attempt alike, so that none is made.
    #[must_use]
    pub fn lasting(mut self) -> Self {
        self.lasting = true;
        self
    }

    /// The same failure, known to come before the request was read.
    pub(crate) fn unsent(mut self) -> Self {
        self.kind = TransportErrorKind::Connect;
        self
    }

    /// Why, in words.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Whether the same server would end every other attempt alike.
    pub fn is_lasting(&self) -> bool {
        self.lasting
    }

    /// What it means for the request.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            TransportErrorKind::Connect => "no connection",
            TransportErrorKind::Timeout => "no answer in time",
            TransportErrorKind::Other => "connection broken",
        })
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.source.as_ref())
    }
}

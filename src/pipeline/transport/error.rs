//! Transport error: why no response came, and whether anything was sent.

use std::fmt;

/// A transport error: why no response came, or why it broke off.
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    source: Box<dyn std::error::Error + Send + Sync>,
    reason: Option<String>,
    lasting: bool,
}

/// The kind of a transport error: what it means for the request.
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

//! What travels: bytes that can be sent again, or a stream that cannot.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt, TryStreamExt};

use super::stage::Stage;
use super::transport::TransportError;

type Pieces = BoxStream<'static, Result<Bytes, TransportError>>;

/// The body of a request or a reply.
#[derive(Default)]
pub struct Body {
    inner: Inner,
    /// Who wants to know how far the request with it gets.
    stage: Option<Stage>,
}

enum Inner {
    Bytes(Bytes),
    /// Behind a lock that is never taken: only so that a call can be shared
    /// between threads, which a boxed stream cannot.
    Stream(Mutex<Pieces>),
}

impl Default for Inner {
    fn default() -> Self {
        Inner::Bytes(Bytes::new())
    }
}

fn unlocked(pieces: Mutex<Pieces>) -> Pieces {
    pieces.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl Body {
    /// A body of no bytes.
    pub fn empty() -> Self {
        Body::default()
    }

    /// A body that arrives in pieces. A request with such a body is sent once.
    pub fn stream(stream: impl futures::Stream<Item = Result<Bytes, TransportError>> + Send + 'static) -> Self {
        Inner::Stream(Mutex::new(stream.boxed())).into()
    }

    /// The bytes, unless the body is a stream.
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.inner {
            Inner::Bytes(bytes) => Some(bytes),
            Inner::Stream(_) => None,
        }
    }

    /// A second body with the same bytes, unless the body is a stream.
    pub fn try_clone(&self) -> Option<Body> {
        self.as_bytes().cloned().map(Body::from)
    }

    /// Lets that be told how far the request with this body gets.
    pub(crate) fn watched_by(&mut self, stage: Stage) {
        self.stage = Some(stage);
    }

    /// Who wants to know how far the request with it gets.
    pub(crate) fn stage(&self) -> Option<&Stage> {
        self.stage.as_ref()
    }

    /// The body piece by piece.
    pub fn into_stream(self) -> BoxStream<'static, Result<Bytes, TransportError>> {
        match self.inner {
            Inner::Bytes(bytes) if bytes.is_empty() => futures::stream::empty().boxed(),
            Inner::Bytes(bytes) => futures::stream::iter([Ok(bytes)]).boxed(),
            Inner::Stream(pieces) => unlocked(pieces),
        }
    }

    /// The whole body.
    pub async fn collect(self) -> Result<Bytes, TransportError> {
        self.collect_within(usize::MAX).await
    }

    /// The whole body, if it has no more bytes than that.
    pub(crate) async fn collect_within(self, most: usize) -> Result<Bytes, TransportError> {
        let check = |length: usize| if length > most { Err(too_large(most)) } else { Ok(()) };
        match self.inner {
            Inner::Bytes(bytes) => check(bytes.len()).map(|()| bytes),
            Inner::Stream(pieces) => {
                let mut stream = unlocked(pieces);
                let Some(first) = stream.try_next().await? else {
                    return Ok(Bytes::new());
                };
                check(first.len())?;
                // Most replies come in one piece, which needs no copy.
                let Some(second) = stream.try_next().await? else {
                    return Ok(first);
                };
                let mut whole = Vec::with_capacity(first.len() + second.len());
                whole.extend_from_slice(&first);
                whole.extend_from_slice(&second);
                check(whole.len())?;
                while let Some(piece) = stream.try_next().await? {
                    whole.extend_from_slice(&piece);
                    check(whole.len())?;
                }
                Ok(whole.into())
            }
        }
    }
}

fn too_large(most: usize) -> TransportError {
    let why = format!("it has more than the {most} bytes of `max_reply`; raise that, or take the reply as a stream");
    TransportError::other(std::io::Error::from(std::io::ErrorKind::FileTooLarge)).because(why).lasting()
}

impl From<Inner> for Body {
    fn from(inner: Inner) -> Self {
        Body { inner, stage: None }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Inner::Bytes(bytes).into()
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Inner::Bytes(bytes.into()).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Inner::Bytes(text.into()).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Inner::Bytes(text.into()).into()
    }
}

/// Only the length: what travels may be secret.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.inner {
            Inner::Bytes(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Inner::Stream(_) => f.write_str("Body(stream)"),
        }
    }
}

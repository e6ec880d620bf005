//! Body of a request or a response: bytes that can be sent again, or a stream that cannot; and how far its request got.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use super::error::TransportError;

type Chunks = BoxStream<'static, Result<Bytes, TransportError>>;

/// The body of a request or a response.
#[derive(Default)]
pub struct Body {
    inner: BodyContent,
    /// How far the request with it has got, for whoever gives it up.
    progress: Option<SendProgress>,
}

enum BodyContent {
    Bytes(Bytes),
    /// Behind a lock that is never taken: only so that a call can be shared
    /// between threads, which a boxed stream cannot.
    Stream(Mutex<Chunks>),
}

impl Default for BodyContent {
    fn default() -> Self {
        BodyContent::Bytes(Bytes::new())
    }
}

fn unlocked(chunks: Mutex<Chunks>) -> Chunks {
    chunks.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl Body {
    /// A body of no bytes.
    pub fn empty() -> Self {
        Body::default()
    }

    /// A body that arrives in chunks. A request with such a body is sent once.
    pub fn stream(stream: impl futures::Stream<Item = Result<Bytes, TransportError>> + Send + 'static) -> Self {
        BodyContent::Stream(Mutex::new(stream.boxed())).into()
    }

    /// The bytes, unless the body is a stream.
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.inner {
            BodyContent::Bytes(bytes) => Some(bytes),
            BodyContent::Stream(_) => None,
        }
    }

    /// A second body with the same bytes, unless the body is a stream.
    pub fn try_clone(&self) -> Option<Body> {
        self.as_bytes().cloned().map(Body::from)
    }

    /// Has that told how far the request with this body gets.
    pub(crate) fn set_progress(&mut self, progress: SendProgress) {
        self.progress = Some(progress);
    }

    /// How far the request with it has got.
    pub(crate) fn progress(&self) -> Option<&SendProgress> {
        self.progress.as_ref()
    }

    fn is_taken(&self) {
        if let Some(progress) = &self.progress {
            progress.sent();
        }
    }

    /// The body chunk by chunk.
    pub fn into_stream(self) -> BoxStream<'static, Result<Bytes, TransportError>> {
        match self.inner {
            BodyContent::Bytes(bytes) if bytes.is_empty() => futures::stream::empty().boxed(),
            BodyContent::Bytes(bytes) => futures::stream::iter([Ok(bytes)]).boxed(),
            BodyContent::Stream(chunks) => unlocked(chunks),
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
            BodyContent::Bytes(bytes) => check(bytes.len()).map(|()| bytes),
            BodyContent::Stream(chunks) => {
                let mut stream = unlocked(chunks);
                let Some(first) = stream.try_next().await? else {
                    return Ok(Bytes::new());
                };
                check(first.len())?;
                // Most replies come in one chunk, which needs no copy.
                let Some(second) = stream.try_next().await? else {
                    return Ok(first);
                };
                let mut whole = Vec::with_capacity(first.len() + second.len());
                whole.extend_from_slice(&first);
                whole.extend_from_slice(&second);
                check(whole.len())?;
                while let Some(chunk) = stream.try_next().await? {
                    whole.extend_from_slice(&chunk);
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

impl From<BodyContent> for Body {
    fn from(inner: BodyContent) -> Self {
        Body { inner, progress: None }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        BodyContent::Bytes(bytes).into()
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        BodyContent::Bytes(bytes.into()).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        BodyContent::Bytes(text.into()).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        BodyContent::Bytes(text.into()).into()
    }
}

/// How a connection reads it.
///
/// Connections ask a body whether it has an end before they write the first byte of its request, and nobody asks
/// earlier: by that its progress is known. Tests hold every kind of body and both versions of HTTP to it.
impl HttpBody for Body {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        self.is_taken();
        match &mut self.inner {
            BodyContent::Bytes(bytes) if bytes.is_empty() => Poll::Ready(None),
            BodyContent::Bytes(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            BodyContent::Stream(chunks) => {
                let chunks = chunks.get_mut().unwrap_or_else(PoisonError::into_inner);
                chunks.poll_next_unpin(cx).map_ok(Frame::data)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.is_taken();
        self.as_bytes().is_some_and(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        self.as_bytes().map_or_else(SizeHint::default, |bytes| SizeHint::with_exact(bytes.len() as u64))
    }
}

/// Only the length: what travels may be secret.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.inner {
            BodyContent::Bytes(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            BodyContent::Stream(_) => f.write_str("Body(stream)"),
        }
    }
}

/// The progress of a request: written by the transport, and read by the call when it gives the request up.
///
/// It travels with the request's body, so that a transport which stands before another hands it on. Where nothing was
/// written, the request may have been sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct SendProgress(Arc<AtomicU8>);

/// The state of a request that was given up, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SendState {
    /// It waited for its permit.
    Queued,
    /// It waited for a connection of its own.
    Connecting,
    /// The server may have read it.
    MaybeSent,
}

const QUEUE: u8 = 1;
const CONNECTING: u8 = 2;
const SENT: u8 = 3;

impl SendProgress {
    /// It waits for its permit.
    pub(crate) fn queued(&self) {
        self.advance(QUEUE);
    }

    /// It has its permit, and may need a connection.
    pub(crate) fn connecting(&self) {
        self.advance(CONNECTING);
    }

    /// A connection has taken it.
    pub(crate) fn sent(&self) {
        self.advance(SENT);
    }

    /// A request that was repeated below is as far as its furthest attempt.
    fn advance(&self, state: u8) {
        self.0.fetch_max(state, Ordering::AcqRel);
    }

    /// Asked when the request was dropped. Where it is still held, a connection is about to take it.
    pub(crate) fn when_dropped(self) -> SendState {
        let alone = Arc::strong_count(&self.0) == 1;
        match self.0.load(Ordering::Acquire) {
            QUEUE if alone => SendState::Queued,
            CONNECTING if alone => SendState::Connecting,
            _ => SendState::MaybeSent,
        }
    }
}

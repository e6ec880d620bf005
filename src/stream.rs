//! Byte stream: a reply that is handed over as it arrives.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::stream::{BoxStream, Stream, StreamExt, TryStreamExt};

use crate::error::Error;

/// A reply's bytes as they arrive, never buffered whole.
///
/// A silence longer than the idle timeout (60 s by default) ends it with an
/// error. Dropping it closes the connection.
pub struct ByteStream(BoxStream<'static, Result<Bytes, Error>>);

impl ByteStream {
    pub(crate) fn new(stream: impl Stream<Item = Result<Bytes, Error>> + Send + 'static) -> Self {
        // Whoever asks once more after the end is told the end again.
        ByteStream(stream.fuse().boxed())
    }

    pub(crate) fn whole(bytes: Bytes) -> Self {
        Self::new(futures::stream::iter([Ok(bytes)]))
    }

    /// Reads to the end and returns all bytes.
    pub async fn collect_bytes(mut self) -> Result<Bytes, Error> {
        let mut whole = Vec::new();
        while let Some(piece) = self.0.try_next().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole.into())
    }

    /// Reads to the end and returns the text; what is no UTF-8 is replaced.
    pub async fn text(self) -> Result<String, Error> {
        let bytes = self.collect_bytes().await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ByteStream")
    }
}

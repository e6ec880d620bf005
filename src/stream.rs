//! Byte stream: a reply that is handed over as it arrives.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::stream::{BoxStream, Stream, StreamExt, TryStreamExt};

use crate::error::{Error, ErrorKind};

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
    pub async fn collect_bytes(self) -> Result<Bytes, Error> {
        self.collect_within(usize::MAX).await
    }

    /// The same, if there are no more of them than that.
    pub(crate) async fn collect_within(mut self, most: usize) -> Result<Bytes, Error> {
        let mut whole = Vec::new();
        while let Some(piece) = self.0.try_next().await? {
            if whole.len().saturating_add(piece.len()) > most {
                let detail = format!(
                    "the reply has more than the {most} bytes of `max_reply`; raise that, or take it as a stream"
                );
                return Err(Error::new(ErrorKind::Decode, detail));
            }
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

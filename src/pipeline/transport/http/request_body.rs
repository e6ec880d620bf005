//! Request body in hyper's form, which notices when a connection takes it.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt};
use http_body_util::{Either, Full, StreamBody};
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use crate::pipeline::transport::{Body, SendProgress, TransportError};

type Frames = BoxStream<'static, Result<Frame<Bytes>, TransportError>>;

/// A body in hyper's form.
///
/// Connections ask a body whether it has an end before they write the first byte of its request, and nobody asks
/// earlier: tests hold every kind of body and both versions of HTTP to it.
pub(super) struct RequestBody {
    body: Either<Full<Bytes>, StreamBody<Frames>>,
    progress: Option<SendProgress>,
}

impl RequestBody {
    pub(super) fn new(body: Body, progress: Option<SendProgress>) -> Self {
        let body = match body.as_bytes() {
            Some(bytes) => Either::Left(Full::new(bytes.clone())),
            None => Either::Right(StreamBody::new(body.into_stream().map(|chunk| chunk.map(Frame::data)).boxed())),
        };
        RequestBody { body, progress }
    }

    fn is_taken(&self) {
        if let Some(progress) = &self.progress {
            progress.sent();
        }
    }
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        self.is_taken();
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.is_taken();
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

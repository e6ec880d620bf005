//! A request's body on its way out, which notices when a connection takes it.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt};
use http_body_util::{Either, Full, StreamBody};
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use crate::pipeline::body::Body;
use crate::pipeline::stage::Stage;
use crate::pipeline::transport::TransportError;

type Pieces = BoxStream<'static, Result<Frame<Bytes>, TransportError>>;

/// A body in hyper's form.
///
/// Connections ask a body whether it has an end before they write the first byte of its request, and nobody asks
/// earlier: tests hold every kind of body and both versions of HTTP to it.
pub(super) struct Outgoing {
    body: Either<Full<Bytes>, StreamBody<Pieces>>,
    stage: Option<Stage>,
}

impl Outgoing {
    pub(super) fn new(body: Body, stage: Option<Stage>) -> Self {
        let body = match body.as_bytes() {
            Some(bytes) => Either::Left(Full::new(bytes.clone())),
            None => Either::Right(StreamBody::new(body.into_stream().map(|piece| piece.map(Frame::data)).boxed())),
        };
        Outgoing { body, stage }
    }

    fn is_taken(&self) {
        if let Some(stage) = &self.stage {
            stage.is_taken();
        }
    }
}

impl HttpBody for Outgoing {
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

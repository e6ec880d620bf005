//! Idle timeout of a streamed response: a silence that is longer ends it with an error.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{self, StreamExt};

use super::head::ResponseHead;
use crate::clock::{Clock, Elapsed, timeout};
use crate::error::{Error, ErrorKind};
use crate::pipeline::context::CallContext;
use crate::pipeline::transport::{Body, TransportError};
use crate::stream::ByteStream;

/// The body of a success as a stream that ends with an error after a silence longer than the idle timeout.
pub(crate) fn watch_idle(
    body: Body,
    clock: Arc<dyn Clock>,
    idle: Duration,
    head: ResponseHead,
    context: CallContext,
) -> ByteStream {
    let source = Some(body.into_stream());
    let stream = stream::unfold(source, move |source| {
        let (clock, head, context) = (Arc::clone(&clock), head.clone(), context.clone());
        async move {
            let mut source = source?;
            // Nothing follows an error: the source is dropped, which closes
            // the connection.
            match timeout(&*clock, idle, source.next()).await {
                Ok(Some(Ok(chunk))) => Some((Ok(chunk), Some(source))),
                Ok(Some(Err(cause))) => Some((Err(stream_error(&context, head, None, Some(cause))), None)),
                Ok(None) => None,
                Err(Elapsed) => Some((Err(stream_error(&context, head, Some(idle), None)), None)),
            }
        }
    });
    ByteStream::new(stream)
}

/// A stream's failure as an error of the call.
fn stream_error(
    context: &CallContext,
    head: ResponseHead,
    idle: Option<Duration>,
    cause: Option<TransportError>,
) -> Error {
    let error = match (idle, cause) {
        (Some(idle), _) => {
            Error::new(ErrorKind::Timeout, format!("the stream was silent for {} s", idle.as_secs_f64()))
        }
        (None, Some(cause)) => {
            let detail = match cause.reason() {
                Some(reason) => format!("the stream broke off: {reason}"),
                None => "the connection broke within the stream".to_owned(),
            };
            Error::new(ErrorKind::Transport, detail).with_source(cause)
        }
        (None, None) => Error::new(ErrorKind::Transport, "the stream broke off"),
    };
    context
        .with_context(error)
        .with_status(head.status, head.request_id)
        .retryable(context.is_read())
        .applied(!context.is_read())
}

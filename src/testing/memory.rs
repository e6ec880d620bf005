//! In-memory transport: a lab in the place of the network.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::{self, StreamExt};

use super::Lab;
use super::reply::{End, ReplyAction, ScriptedResponse};
use crate::clock::Clock;
use crate::pipeline::{Body, Transport, TransportError};

impl Transport for Lab {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'static, Result<http::Response<Body>, TransportError>> {
        let lab = self.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await?;
            let Some(reply) = lab.answer(parts.uri.to_string(), parts, body) else {
                return Err(TransportError::other("the script has no more replies"));
            };
            if !reply.delay.is_zero() {
                lab.clock.sleep(reply.delay).await;
            }
            match reply.action {
                ReplyAction::NoConnection => Err(TransportError::connect("nothing listens there")),
                ReplyAction::Reset => Err(TransportError::other("the connection was reset")),
                ReplyAction::HangUp => Err(TransportError::other("the connection was closed without a word")),
                ReplyAction::Garbage => Err(TransportError::other("what came back is not HTTP")),
                ReplyAction::Hang => std::future::pending().await,
                ReplyAction::Respond(answer) => {
                    let (status, headers) = (answer.status, answer.headers.clone());
                    let mut response = http::Response::new(body_of(&lab, answer));
                    *response.status_mut() = status;
                    *response.headers_mut() = headers;
                    Ok(response)
                }
            }
        })
    }
}

fn body_of(lab: &Lab, answer: ScriptedResponse) -> Body {
    if answer.end == End::Whole && answer.gap.is_zero() {
        let mut whole = Bytes::from(answer.pieces.concat());
        whole.truncate(answer.announced.unwrap_or(whole.len()));
        return Body::from(whole);
    }
    let (clock, gap, end) = (lab.clock(), answer.gap, answer.end);
    let open = Open::count(&lab.open);
    let pieces = stream::iter(answer.pieces).then(move |piece| {
        let pause = clock.sleep(gap);
        async move {
            if !gap.is_zero() {
                pause.await;
            }
            Ok(piece)
        }
    });
    let tail = stream::once(async move {
        match end {
            End::Whole => None,
            End::Cut => Some(Err(TransportError::other("the connection was cut"))),
            End::Stall => std::future::pending().await,
        }
    });
    Body::stream(pieces.chain(tail.filter_map(std::future::ready)).inspect(move |_| {
        let _held = &open;
    }))
}

/// Counts a body for as long as somebody holds it.
struct Open(Arc<AtomicUsize>);

impl Open {
    fn count(counter: &Arc<AtomicUsize>) -> Self {
        counter.fetch_add(1, Ordering::Relaxed);
        Open(Arc::clone(counter))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

//! One line for each request, under an id that the caller gets back; never a header, a query or a body.

use std::sync::Arc;

use poem::http::{HeaderName, HeaderValue};
use poem::{Endpoint, IntoResponse, Request, Response};
use tracing::Instrument;
use uuid::Uuid;

use crate::clock::Clock;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id taken from a caller, in characters.
const MAX_ID: usize = 128;

/// Runs the request in a span and says how it ended.
pub(super) async fn log<E: Endpoint>(
    clock: Arc<dyn Clock>,
    endpoint: Arc<E>,
    request: Request,
) -> poem::Result<Response> {
    let id = request_id(&request);
    let span = tracing::info_span!(
        "request",
        id,
        method = %request.method(),
        path = request.uri().path(),
        user = tracing::field::Empty,
    );
    async move {
        let from = clock.now();
        let mut reply = endpoint.call(request).await?.into_response();
        let took = from.duration_until(clock.now()).as_micros();
        tracing::info!(status = reply.status().as_u16(), micros = took as u64, "answered");
        if let Ok(id) = HeaderValue::from_str(&id) {
            reply.headers_mut().insert(REQUEST_ID.clone(), id);
        }
        Ok(reply)
    }
    .instrument(span)
    .await
}

/// The caller's id, where it is fit to stand in a log; else one of ours.
fn request_id(request: &Request) -> String {
    let given = request.headers().get(&REQUEST_ID).and_then(|id| id.to_str().ok());
    let fit = |id: &&str| {
        !id.is_empty()
            && id.len() <= MAX_ID
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    given.filter(fit).map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

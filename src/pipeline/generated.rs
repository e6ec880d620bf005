//! Requests as generated code builds them, taken over before they are sent.

use futures::stream::StreamExt;

use super::body::Body;
use super::transport::TransportError;
use crate::error::{Error, ErrorKind};

/// A client that only builds requests: a transport sends them.
pub(crate) fn request_builder() -> Result<reqwest::Client, Error> {
    reqwest::Client::builder()
        .no_proxy()
        .build()
        .map_err(|cause| Error::new(ErrorKind::Config, "requests cannot be built").with_source(cause.without_url()))
}

/// reqwest's body as ours. Only a response gives out its body as a stream, so
/// a body that is not in memory takes the way over one.
pub(crate) fn from_reqwest(body: reqwest::Body) -> Body {
    match body.as_bytes() {
        Some(bytes) => Body::from(bytes::Bytes::copy_from_slice(bytes)),
        None => Body::stream(
            reqwest::Response::from(http::Response::new(body))
                .bytes_stream()
                .map(|piece| piece.map_err(|cause| TransportError::other(cause.without_url()))),
        ),
    }
}

//! Requests as generated code builds them, taken over before they are sent.

use std::sync::OnceLock;

use futures::stream::StreamExt;

use super::body::Body;
use super::transport::TransportError;
use crate::error::{Error, ErrorKind};

/// A client that only builds requests: a transport sends them.
///
/// One for the whole program. Where another crate has switched TLS on in reqwest, making one reads every certificate of
/// the system, which takes milliseconds and is for nothing here.
pub(crate) fn request_builder() -> Result<reqwest::Client, Error> {
    static ONE: OnceLock<reqwest::Client> = OnceLock::new();
    if let Some(made) = ONE.get() {
        return Ok(made.clone());
    }
    let made = reqwest::Client::builder()
        .no_proxy()
        .build()
        .map_err(|cause| Error::new(ErrorKind::Config, "requests cannot be built").with_source(cause.without_url()))?;
    Ok(ONE.get_or_init(|| made).clone())
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

//! Response head: what is known of a response before its body.

use http::response::Parts;
use http::{HeaderMap, StatusCode};

/// Headers under which servers name a request, the most usual first.
const REQUEST_IDS: &[&str] = &["x-request-id", "x-correlation-id", "request-id", "x-amzn-requestid"];

/// The status of a response, and the server's name for the request.
#[derive(Clone)]
pub(crate) struct ResponseHead {
    pub(crate) status: StatusCode,
    pub(crate) request_id: Option<String>,
}

impl From<Parts> for ResponseHead {
    fn from(parts: Parts) -> Self {
        ResponseHead { status: parts.status, request_id: request_id(&parts.headers) }
    }
}

/// The server's name for the request.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    let value = REQUEST_IDS.iter().find_map(|name| headers.get(*name))?;
    value.to_str().ok().map(str::to_owned)
}

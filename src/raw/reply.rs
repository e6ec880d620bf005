//! Raw reply: a success as it came.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::error::Attempt;

/// Raw reply, a success as it came: status, headers, the whole body, and how it was come by.
#[derive(Clone)]
#[non_exhaustive]
pub struct RawReply {
    /// Of the class 2xx, or one that was accepted by name.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// What was tried, each with its server and its time; the last one was answered.
    pub attempts: Vec<Attempt>,
}

/// Headers and body may be secret: names and a length print.
impl fmt::Debug for RawReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawReply")
            .field("status", &self.status)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .field("attempts", &self.attempts)
            .finish()
    }
}

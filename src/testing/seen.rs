//! A request as the service got it.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};

/// A request as the service got it: one line of the journal.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Seen {
    /// Virtual time since the lab was made.
    pub at: Duration,
    /// Method.
    pub method: Method,
    /// The whole address.
    pub url: String,
    /// Headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl Seen {
    /// The host it was sent to, with the port where the address has one.
    pub fn host(&self) -> &str {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        rest.split('/').next().unwrap_or_default()
    }

    /// The path, without host and query.
    pub fn path(&self) -> &str {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        let path = rest.find('/').map_or("", |slash| &rest[slash..]);
        path.split('?').next().unwrap_or_default()
    }

    /// The query as it was sent, empty without one.
    pub fn query(&self) -> &str {
        self.url.split_once('?').map_or("", |(_, query)| query)
    }

    /// The header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON; null where it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

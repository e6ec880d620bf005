//! Journal entry: a request as the service got it.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};

use crate::op::Op;

/// A request as the service got it: one line of the journal.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SeenRequest {
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
    /// Which attempt this seems to be, the first being 1: requests of the same
    /// method, path, query and body count up until one of them succeeds.
    pub attempt: u32,
}

impl SeenRequest {
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

    /// The operation that it is a request of, out of the table of a platform.
    pub fn operation(&self, ops: &'static [Op]) -> Option<&'static Op> {
        let path: Vec<_> = self.path().split('/').filter(|part| !part.is_empty()).collect();
        let fits = |op: &&Op| {
            let template = template(op);
            let begin = path.len().checked_sub(template.len());
            op.method == self.method
                && fixed_query(op).iter().all(|(name, value)| self.query().contains(&format!("{name}={value}")))
                && begin.is_some_and(|begin| {
                    template.iter().zip(&path[begin..]).all(|(part, found)| part == found || part.starts_with('{'))
                })
        };
        // The client's address may have a path of its own: what explains most
        // of the request, and most of it to the letter, is meant.
        let explains = |op: &&Op| {
            let template = template(op);
            let letters = template.iter().filter(|part| !part.starts_with('{')).count();
            (template.len(), letters, fixed_query(op).len())
        };
        ops.iter().filter(fits).max_by_key(explains)
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

/// The parts of the path that an operation sends.
fn template(op: &Op) -> Vec<&'static str> {
    let path = op.wire.and_then(|wire| wire.path).unwrap_or(op.path);
    path.split('/').filter(|part| !part.is_empty()).collect()
}

/// The query that an operation always sends.
fn fixed_query(op: &Op) -> &'static [(&'static str, &'static str)] {
    op.wire.map(|wire| wire.query).unwrap_or_default()
}

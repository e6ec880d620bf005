//! The readers of foreign bytes, for the fuzzers' entry points.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

use super::{Body, Credential, Node, curl, path, redact, reply};
use crate::error::Error;
use crate::op::{Op, ReplyKind};

pub(crate) fn decode(kind: ReplyKind, data: &[u8]) -> Option<Value> {
    reply::decode(kind, &Bytes::copy_from_slice(data)).ok()
}

pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    super::retry_after::read(headers, now)
}

pub(crate) fn node(text: &str) -> Result<Node, Error> {
    Node::parse(text)
}

pub(crate) fn segment(text: &str) -> Result<String, Error> {
    path::segment("name", text)
}

pub(crate) fn redacted(op: &Op, address: &str) -> String {
    redact::url(op, address)
}

pub(crate) fn curl(request: &http::Request<Body>, op: &Op, credential: &Credential) -> String {
    curl::command(request, op, Some(credential), None)
}

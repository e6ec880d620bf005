//! Fuzzing entry points: the readers of foreign bytes.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use serde_json::Value;

use super::call::curl;
use super::request::segment as encode_segment;
use super::retry::retry_after as retry_after_header;
use super::{Body, Credential, Node, redact, response};
use crate::error::Error;
use crate::op::{AuthKind, Op, ReplyKind};

pub(crate) fn decode(kind: ReplyKind, data: &[u8]) -> Option<Value> {
    let op = Op { reply: kind, ..Op::raw("", AuthKind::None, "") };
    response::decode(&op, data).ok()
}

pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    retry_after_header::read(headers, now)
}

pub(crate) fn node(text: &str) -> Result<Node, Error> {
    Node::parse(text)
}

pub(crate) fn segment(text: &str) -> Result<String, Error> {
    encode_segment("name", text)
}

pub(crate) fn redacted(op: &Op, address: &str) -> String {
    redact::url(op, address)
}

pub(crate) fn curl(request: &http::Request<Body>, op: &Op, credential: &Credential) -> String {
    curl::command(request, op, Some(credential), None)
}

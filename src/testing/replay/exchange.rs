//! Recorded exchange: what was asked, what came back, and when.

use std::io;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::testing::{Reply, SeenRequest};

/// A request, decoded once for all exchanges.
pub(super) struct DecodedRequest<'a> {
    seen: &'a SeenRequest,
    path: String,
    query: Vec<String>,
}

impl<'a> DecodedRequest<'a> {
    pub(super) fn new(seen: &'a SeenRequest) -> Self {
        DecodedRequest { seen, path: decoded(seen.path()), query: pairs(seen.query()) }
    }
}

/// A recorded exchange.
#[derive(Debug)]
pub(super) struct RecordedExchange {
    pub(super) name: String,
    pub(super) method: Method,
    path: String,
    /// Decoded and in order: a client may order and encode its parameters otherwise.
    query: Vec<String>,
    headers: Vec<(String, String)>,
    body: Bytes,
    /// Since its story began, where it is a part of one.
    pub(super) at: Option<Duration>,
    status: u16,
    answered: Vec<(&'static str, String)>,
    pub(super) answer: Bytes,
}

impl RecordedExchange {
    pub(super) fn new(recorded: &Value) -> io::Result<Self> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (name, request, response) = (text(&recorded["name"]), &recorded["request"], &recorded["response"]);
        let bad = |what: &str| io::Error::new(io::ErrorKind::InvalidData, format!("the recording {name:?} has {what}"));
        let method = request["method"].as_str().and_then(|method| method.parse().ok());
        let status = response["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        let body = match request["body_base64"].as_str() {
            Some(packed) => STANDARD.decode(packed).map_err(|_| bad("a body that is not base64"))?.into(),
            None => text(&request["body"]).into(),
        };
        let headers = request["headers"].as_object().into_iter().flatten();
        let answered = [("content-type", &response["content_type"]), ("allow", &response["allow"])];
        Ok(RecordedExchange {
            method: method.ok_or_else(|| bad("no method"))?,
            path: decoded(request["path"].as_str().ok_or_else(|| bad("no path"))?),
            query: pairs(request["query"].as_str().unwrap_or_default()),
            headers: headers.map(|(name, value)| (name.clone(), text(value))).collect(),
            body,
            at: recorded["at_ms"].as_u64().map(Duration::from_millis),
            status: status.ok_or_else(|| bad("no status"))?,
            answered: answered.iter().filter(|(_, value)| value.is_string()).map(|(n, v)| (*n, text(v))).collect(),
            answer: text(&response["body"]).into(),
            name,
        })
    }

    /// The story that it is a part of: its name without the last word.
    pub(super) fn story(&self) -> Option<&str> {
        self.at.and(self.name.rsplit_once('/')).map(|(story, _)| story)
    }

    /// Whether that is what was asked. Headers count where they change what is
    /// asked: the kind of a body that there is, and the server's own name.
    pub(super) fn fits(&self, asked: &DecodedRequest<'_>) -> bool {
        let seen = asked.seen;
        let counts = |name: &str| name == "host" || name == "content-type" && !self.body.is_empty();
        self.method == seen.method
            && self.path == asked.path
            && self.query == asked.query
            && self.headers.iter().all(|(name, value)| !counts(name) || seen.header(name) == Some(value))
            && same_body(&self.body, &seen.body)
    }

    /// How much more of the recorded headers agrees than differs.
    pub(super) fn likeness(&self, seen: &SeenRequest) -> i64 {
        self.headers.iter().map(|(name, value)| if seen.header(name) == Some(value) { 1 } else { -1 }).sum()
    }

    /// What came back.
    pub(super) fn reply(&self) -> Reply {
        let reply = Reply::status(self.status).with_pieces([self.answer.clone()]);
        self.answered.iter().fold(reply, |reply, (name, value)| reply.header(name, value))
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn pairs(query: &str) -> Vec<String> {
    let mut pairs: Vec<_> = query.split('&').filter(|pair| !pair.is_empty()).map(decoded).collect();
    pairs.sort();
    pairs
}

/// To the byte, or as JSON, whose keys and spaces may stand otherwise.
fn same_body(recorded: &[u8], sent: &[u8]) -> bool {
    let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).ok();
    recorded == sent || read(recorded).zip(read(sent)).is_some_and(|(recorded, sent)| same(&recorded, &sent))
}

/// Numbers by value: 60 is 60.0.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (a, b) => a == b,
    }
}

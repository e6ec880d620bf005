//! A request before it has a node and a credential.

use bytes::Bytes;
use http::{HeaderMap, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::body::Body;
use crate::error::{Error, ErrorKind};
use crate::op::{BodyKind, Op};

/// Where generated code believes to send its requests; each attempt replaces
/// it by a node.
pub(crate) const PLACEHOLDER: &str = "http://mlhub.invalid";

/// Method, path, query, headers and body of a call.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) method: Method,
    /// Encoded, begins with a slash.
    pub(crate) path: String,
    /// Encoded, without the question mark.
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    pub(crate) prefix: Prefix,
    /// Whether what belongs into the body as a field goes into the query instead.
    pub(crate) params_in_query: bool,
}

/// What becomes of a node's prefix before the path of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prefix {
    /// It is put there.
    Add,
    /// It is put there unless the path begins with it: links come in both forms.
    AddIfMissing,
    /// The path stands for itself.
    Leave,
}

impl Draft {
    pub(crate) fn new(method: Method, path: String) -> Self {
        Draft {
            method,
            path,
            query: None,
            headers: HeaderMap::new(),
            body: Body::empty(),
            prefix: Prefix::Add,
            params_in_query: false,
        }
    }

    /// Adds a pair to the query.
    pub(crate) fn push_query(&mut self, name: &str, value: &str) {
        let mut query = Query::after(self.query.take());
        query.push(name, value);
        self.query = query.finish();
    }

    /// Whether the query has a pair of that name.
    pub(crate) fn has_query(&self, name: &str) -> bool {
        let pairs = self.query.as_deref().unwrap_or_default().split('&');
        pairs.map(|pair| pair.split('=').next().unwrap_or_default()).any(|known| match known.contains(['%', '+']) {
            false => known == name,
            true => percent_decode_str(&known.replace('+', " ")).decode_utf8_lossy() == name,
        })
    }

    /// Adds a field to the JSON object that the body is, and makes the object
    /// where there is no body. The other fields keep their bytes.
    pub(crate) fn push_field(&mut self, name: &str, value: &serde_json::Value) -> Result<(), Error> {
        let Some(bytes) = self.body.as_bytes() else {
            let detail = format!("{name:?} cannot be added to a body that is a stream");
            return Err(Error::new(ErrorKind::Request, detail));
        };
        let bytes = with_field(bytes, name, value)?;
        self.set_json(bytes);
        Ok(())
    }

    pub(crate) fn set_json(&mut self, bytes: Bytes) {
        self.headers.entry(http::header::CONTENT_TYPE).or_insert(http::HeaderValue::from_static("application/json"));
        self.body = bytes.into();
    }
}

/// What stands as it is in a query, as HTML forms write it; a space becomes a plus sign.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_').remove(b' ');

/// Builds a query string. By hand: a whole address for each pair would cost more than all else that is done to a draft.
pub(crate) struct Query(String);

impl Query {
    /// Begins with a query that is encoded already.
    pub(crate) fn after(query: Option<String>) -> Self {
        Query(query.unwrap_or_default())
    }

    pub(crate) fn push(&mut self, name: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.encode(name);
        self.0.push('=');
        self.encode(value);
    }

    fn encode(&mut self, text: &str) {
        for (index, word) in text.split(' ').enumerate() {
            if index > 0 {
                self.0.push('+');
            }
            self.0.extend(utf8_percent_encode(word, FORM));
        }
    }

    pub(crate) fn finish(self) -> Option<String> {
        Some(self.0).filter(|query| !query.is_empty())
    }
}

/// A JSON object with one field more, or with that field replaced.
pub(crate) fn with_field(object: &[u8], name: &str, value: &serde_json::Value) -> Result<Bytes, Error> {
    use serde::de::IgnoredAny;
    use std::collections::BTreeMap;

    let refuse = || {
        let detail = format!("{name:?} cannot be added: the body is not a JSON object");
        Error::new(ErrorKind::Request, detail)
    };
    let text = object.trim_ascii();
    let text = if text.is_empty() { b"{}" } else { text };
    let fields: BTreeMap<String, IgnoredAny> = serde_json::from_slice(text).map_err(|_| refuse())?;
    if fields.contains_key(name) {
        let mut whole: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(text).map_err(|_| refuse())?;
        whole.insert(name.to_owned(), value.clone());
        return Ok(serde_json::Value::Object(whole).to_string().into());
    }
    let field = serde_json::Value::String(name.to_owned());
    let mut out = format!("{{{field}:{value}").into_bytes();
    if !fields.is_empty() {
        out.push(b',');
    }
    out.extend_from_slice(text.get(1..).unwrap_or_default());
    Ok(out.into())
}

/// Whether parameters of that operation travel in a JSON object.
pub(crate) fn in_json(op: &Op) -> bool {
    matches!(op.body, BodyKind::Json | BodyKind::Params)
}

//! A request before it has a node and a credential.

use bytes::Bytes;
use http::{HeaderMap, Method};
use reqwest::Url;

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
        let query = self.query.as_deref().unwrap_or_default();
        let url = Url::parse(&format!("{PLACEHOLDER}?{query}")).ok();
        url.is_some_and(|url| url.query_pairs().any(|(known, _)| known == name))
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

/// Builds a query string.
pub(crate) struct Query(Option<Url>);

impl Query {
    pub(crate) fn after(query: Option<String>) -> Self {
        let mut url = Url::parse(PLACEHOLDER).ok();
        if let Some(url) = &mut url {
            url.set_query(query.as_deref());
        }
        Query(url)
    }

    pub(crate) fn push(&mut self, name: &str, value: &str) {
        if let Some(url) = &mut self.0 {
            url.query_pairs_mut().append_pair(name, value);
        }
    }

    pub(crate) fn finish(self) -> Option<String> {
        self.0.and_then(|url| url.query().map(str::to_owned)).filter(|query| !query.is_empty())
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

//! Raw request of an operation: its parameters are set by name, put where the document has them, and its reply is read
//! by dotted paths.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind};
use crate::op::{BodyKind, Flag, Op, Param, ParamLocation};
use crate::pipeline::{Body, Pipeline, Query, RequestTemplate, Response, segment};

/// Raw request: an operation and what is set of its parameters. A mistake in one is kept until it is sent.
#[derive(Clone)]
pub struct RawRequest {
    pub(super) pipeline: Pipeline,
    pub(super) op: &'static Op,
    pub(super) method: Method,
    /// Encoded; empty where the document's is filled from the segments.
    pub(super) path: String,
    pub(super) query: Vec<(String, Value)>,
    pub(super) headers: HeaderMap,
    /// Parameters of the path, encoded.
    pub(super) segments: BTreeMap<&'static str, String>,
    /// Fields of a JSON body.
    pub(super) fields: Map<String, Value>,
    /// Those whose numbers keep every digit, which stand in place of the others.
    exact: BTreeMap<String, Box<RawValue>>,
    pub(super) body: Option<Payload>,
    pub(super) error: Option<Error>,
}

/// Body of a raw request that is set as a whole.
#[derive(Clone)]
pub(super) enum Payload {
    /// The text of JSON.
    Json(Bytes),
    Bytes(Bytes),
}

impl RawRequest {
    /// A request of an operation by its row.
    pub fn of(pipeline: Pipeline, op: &'static Op) -> Self {
        RawRequest::new(pipeline, op, op.method.clone())
    }

    pub(super) fn new(pipeline: Pipeline, op: &'static Op, method: Method) -> Self {
        RawRequest {
            pipeline,
            op,
            method,
            path: String::new(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            segments: BTreeMap::new(),
            fields: Map::new(),
            exact: BTreeMap::new(),
            body: None,
            error: None,
        }
    }

    /// The request that generated code has built, with its parameters by name once more.
    pub fn built(pipeline: Pipeline, op: &'static Op, request: Result<reqwest::Request, Error>) -> Self {
        let mut raw = RawRequest::of(pipeline, op);
        match request {
            Ok(request) => raw.take(request),
            Err(error) => raw.error = Some(error),
        }
        raw
    }

    fn take(&mut self, request: reqwest::Request) {
        self.path = request.url().path().to_owned();
        for (name, value) in self.op.path.split('/').zip(self.path.split('/')) {
            let name = name.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
            if let Some(param) = name.and_then(|name| self.op.param(name)) {
                self.segments.insert(param.name, value.to_owned());
            }
        }
        self.query = request.url().query_pairs().map(|(name, value)| (name.into_owned(), value.into())).collect();
        let template = RequestTemplate::from_reqwest(request);
        self.headers = template.headers;
        match template.body.as_bytes() {
            Some(bytes) if bytes.is_empty() => {}
            Some(bytes) => match serde_json::from_slice(bytes) {
                Ok(fields) if self.op.body == BodyKind::Params => self.fields = fields,
                _ => self.body = Some(Payload::Bytes(Bytes::copy_from_slice(bytes))),
            },
            None => {
                self.error = Some(Error::new(ErrorKind::Request, "a call with a streamed body cannot be made twice"));
            }
        }
    }

    /// The same request with a parameter more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.add(name, value.into());
        self
    }

    /// Sets a parameter beside those of the same name.
    pub(super) fn add(&mut self, name: &str, value: Value) {
        if let Err(error) = self.place(name, value) {
            self.error = Some(error);
        }
    }

    /// Sets a parameter, and keeps what was written of it where it is a field of the body.
    pub(super) fn add_exact(&mut self, name: &str, value: Box<RawValue>) {
        // What is JSON is a value.
        let known = serde_json::from_str(value.get()).unwrap_or_default();
        self.add(name, known);
        if self.fields.contains_key(name) {
            self.exact.insert(name.to_owned(), value);
        }
    }

    /// Sets a parameter anew: in its place, and a new one where a query that is in the order of its names has it.
    pub(super) fn set(&mut self, name: &'static str, value: Value) {
        let place = self.query.iter().position(|(known, _)| known == name);
        self.query.retain(|(known, _)| known != name);
        self.exact.remove(name);
        let rest = self.query.len();
        self.add(name, value);
        if self.query.len() > rest
            && let Some(pair) = self.query.pop()
        {
            let sorted = self.query.is_sorted_by(|(one, _), (other, _)| one <= other);
            let end = if sorted { self.query.partition_point(|(known, _)| known.as_str() < name) } else { rest };
            self.query.insert(place.unwrap_or(end), pair);
        }
    }

    /// A parameter of query or body, as it is set.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        let pair = self.query.iter().find(|(known, _)| known == name);
        pair.map(|(_, value)| value).or_else(|| self.fields.get(name))
    }

    /// A parameter of the path, as it was given.
    pub(super) fn segment(&self, param: &Param) -> Option<String> {
        let text = self.segments.get(param.name)?;
        Some(percent_decode_str(text).decode_utf8_lossy().into_owned())
    }

    /// The request of another operation about the same: with the same parameters of the path, as far as it has them.
    pub(super) fn about(&self, op: &'static Op) -> RawRequest {
        let mut other = RawRequest::of(self.pipeline.clone(), op);
        let segments = self.segments.iter().filter(|(name, _)| takes(op, name, ParamLocation::Path));
        other.segments = segments.map(|(name, value)| (*name, value.clone())).collect();
        other.headers =
            self.headers.get(header::ACCEPT).map(|kind| (header::ACCEPT, kind.clone())).into_iter().collect();
        other.error.clone_from(&self.error);
        other
    }

    /// The request of another operation with all parameters of this one that it has.
    pub(super) fn alike(&self, op: &'static Op) -> RawRequest {
        let mut other = self.about(op);
        other.query = self.query.iter().filter(|(name, _)| takes(op, name, ParamLocation::Query)).cloned().collect();
        let fields = self.fields.iter().filter(|(name, _)| takes(op, name, ParamLocation::Body));
        other.fields = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
        other.exact = self
            .exact
            .iter()
            .filter(|(name, _)| other.fields.contains_key(*name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        other
    }

    fn place(&mut self, name: &str, value: Value) -> Result<(), Error> {
        // Where all travel in one body, some travel in the path as well; elsewhere two of one name are two.
        let most = if self.op.body == BodyKind::Params { usize::MAX } else { 1 };
        let params: Vec<&'static Param> = self.op.params.iter().filter(|param| param.name == name).take(most).collect();
        if params.is_empty() {
            if matches!(self.op.body, BodyKind::Json | BodyKind::Params | BodyKind::Form) {
                self.fields.insert(name.to_owned(), value);
                return Ok(());
            }
            let known: Vec<_> = self.op.params.iter().map(|param| param.name).collect();
            let detail = match known.as_slice() {
                [] => format!("{} takes no parameter, so not {name:?}", self.op.id),
                _ => format!("{} has no parameter {name:?}; it takes {}", self.op.id, known.join(", ")),
            };
            return Err(Error::new(ErrorKind::Request, detail));
        }
        params.into_iter().try_for_each(|param| self.put(param, name, value.clone()))
    }

    fn put(&mut self, param: &'static Param, name: &str, value: Value) -> Result<(), Error> {
        match param.place {
            ParamLocation::Path => {
                let separator = param.join.unwrap_or(",");
                let parts = texts(&value).iter().map(|text| segment(name, text)).collect::<Result<Vec<_>, _>>()?;
                self.segments.insert(param.name, parts.join(separator));
            }
            ParamLocation::Query => {
                let value = match (param.join, param.flag) {
                    (Some(separator), _) if value.is_array() => texts(&value).join(separator).into(),
                    (_, Some(flag)) => spelled(flag, value),
                    _ => value,
                };
                self.query.push((name.to_owned(), value));
            }
            ParamLocation::Header => {
                let text = texts(&value).join(",");
                let pair = (HeaderName::try_from(name), HeaderValue::try_from(text));
                let (Ok(name), Ok(mut value)) = pair else {
                    let detail = format!("{name:?} does not fit a header");
                    return Err(Error::new(ErrorKind::Request, detail));
                };
                value.set_sensitive(param.secret);
                self.headers.insert(name, value);
            }
            ParamLocation::Body => {
                self.fields.insert(name.to_owned(), value);
            }
        }
        Ok(())
    }

    /// Sends the request.
    pub(super) async fn send(self, stream: bool) -> Result<Response, Error> {
        let (pipeline, op) = (self.pipeline.clone(), self.op);
        pipeline.send(self.template()?, op, stream).await
    }

    /// Sends the request; its reply decoded, and how long the server wants to be left alone.
    pub(super) async fn decode<T: DeserializeOwned>(self) -> Result<(T, Option<Duration>), Error> {
        let pipeline = self.pipeline.clone();
        let reply = self.send(false).await?;
        // Few replies ask for a pause.
        let asked = reply.headers.contains_key(header::RETRY_AFTER).then(|| reply.retry_after(&pipeline)).flatten();
        Ok((reply.decode().await?, asked))
    }

    fn template(self) -> Result<RequestTemplate, Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let missing = self.op.params.iter().find(|param| {
            param.required && !self.has(param) && (param.place != ParamLocation::Body || self.body.is_none())
        });
        if let Some(param) = missing {
            let detail = format!("{} needs the parameter {:?}", self.op.id, param.name);
            return Err(Error::new(ErrorKind::Request, detail));
        }
        let mut path = self.path;
        if path.is_empty() {
            path = self.op.path.to_owned();
            for (name, value) in &self.segments {
                path = path.replace(&format!("{{{name}}}"), value);
            }
        }
        let mut template = RequestTemplate::new(self.method, path);
        template.headers = self.headers;
        for (name, value) in &self.query {
            template.push_value(name, value);
        }
        match (self.body, self.op.body) {
            (Some(Payload::Bytes(bytes)), _) => template.body = bytes.into(),
            (Some(Payload::Json(text)), kind) => {
                set_body(&mut template, kind, text)?;
                if kind != BodyKind::Form && text_begins(&template, b'{') {
                    for (name, value) in &self.fields {
                        let exact = self.exact.get(name).map(|value| value.get().to_owned());
                        template.push_field(name, &exact.unwrap_or_else(|| value.to_string()))?;
                    }
                }
            }
            (None, kind) if !self.fields.is_empty() => {
                set_body(&mut template, kind, Value::Object(self.fields).to_string().into())?;
                if kind != BodyKind::Form {
                    self.exact.iter().try_for_each(|(name, value)| template.push_field(name, value.get()))?;
                }
            }
            (None, _) => {}
        }
        Ok(template)
    }

    fn has(&self, param: &Param) -> bool {
        match param.place {
            ParamLocation::Path => self.segments.contains_key(param.name),
            ParamLocation::Query => self.query.iter().any(|(name, _)| name == param.name),
            ParamLocation::Header => self.headers.contains_key(param.name),
            ParamLocation::Body => self.fields.contains_key(param.name),
        }
    }
}

fn takes(op: &Op, name: &str, place: ParamLocation) -> bool {
    op.params.iter().any(|param| param.name == name && param.place == place)
}

/// Whether the body of a request begins so.
fn text_begins(template: &RequestTemplate, sign: u8) -> bool {
    template.body.as_bytes().is_some_and(|text| text.trim_ascii_start().first() == Some(&sign))
}

/// Puts the text of JSON into a request, in the form that its operation takes.
fn set_body(template: &mut RequestTemplate, kind: BodyKind, text: Bytes) -> Result<(), Error> {
    match kind {
        BodyKind::Form => {
            let fields: Map<String, Value> =
                serde_json::from_slice(&text).map_err(|cause| bad_body().with_source(cause))?;
            let mut query = Query::after(None);
            for (name, value) in &fields {
                texts(value).iter().for_each(|text| query.push(name, text));
            }
            template.body = Body::from(query.finish().unwrap_or_default());
            template
                .headers
                .entry(header::CONTENT_TYPE)
                .or_insert(HeaderValue::from_static("application/x-www-form-urlencoded"));
        }
        BodyKind::Text | BodyKind::Bytes if text.first() == Some(&b'"') => {
            let text: String = serde_json::from_slice(&text).map_err(|cause| bad_body().with_source(cause))?;
            template.body = text.into();
        }
        _ => template.set_json(text),
    }
    Ok(())
}

fn bad_body() -> Error {
    Error::new(ErrorKind::Request, "the body is of another form than the operation takes")
}

/// A truth value as the server reads it; what is none stays.
fn spelled(flag: Flag, value: Value) -> Value {
    match (flag, &value) {
        (_, Value::Bool(true)) => 1.into(),
        (Flag::Numeric, Value::Bool(false)) => 0.into(),
        (Flag::Presence, Value::Bool(false)) => Value::Null,
        (Flag::Presence, Value::Number(number)) if number.as_i64() == Some(0) => Value::Null,
        _ => value,
    }
}

/// A value as the texts that a path, a query or a form carries.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        other => vec![other.to_string()],
    }
}

/// What stands at a dotted path of a reply; a number steps into a list.
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let mut steps = path.split('.').filter(|step| !step.is_empty());
    let found = steps.try_fold(value, |here, step| match here {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        other => other.get(step),
    });
    found.filter(|found| !found.is_null())
}

/// A value of a reply as a word; nothing for null and the empty text.
pub fn word<T: Serialize + ?Sized>(value: &T) -> Option<String> {
    match serde_json::to_value(value).ok()? {
        Value::Null => None,
        Value::String(text) => (!text.is_empty()).then_some(text),
        other => Some(other.to_string()),
    }
}

/// A value of a reply as a number, also where it is written as a text.
pub(super) fn number<T: Serialize + ?Sized>(value: &T) -> Option<f64> {
    match serde_json::to_value(value).ok()? {
        Value::String(text) => text.trim_end_matches('%').trim().parse().ok(),
        other => other.as_f64(),
    }
}

/// A value of a reply as a count.
pub fn count<T: Serialize + ?Sized>(value: &T) -> Option<u64> {
    let number = number(value)?;
    // Beyond that a double does not tell neighbours apart.
    (0.0..9e15).contains(&number).then_some(number as u64)
}

/// A page without its list, which is no page with an empty one.
pub fn no_list(place: &str) -> Error {
    let place = if place.is_empty() { String::new() } else { format!(": at {place:?}") };
    Error::new(ErrorKind::Decode, format!("the reply has no list where the document says{place}"))
}

/// A reply without the part that was asked for.
pub fn missing(op: &'static Op) -> Error {
    Error::new(ErrorKind::Decode, "the reply lacks the value that was waited for").with_call(
        (op.platform, op.id),
        op.method.clone(),
        op.path,
    )
}

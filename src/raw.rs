//! A call put together at run time.

mod list;
mod wait;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use list::RawItem;

use crate::error::{Error, ErrorKind};
use crate::op::{BodyKind, Flag, Op, Param, Place};
use crate::pipeline::{Body, Node, Options, Pipeline, Query, RequestTemplate, Response, segment};
use crate::raw_reply::RawReply;
use crate::stream::ByteStream;

/// A call that the document does not name, or an operation chosen by its row
/// in the table. It takes the same pipeline as every other call.
///
/// A mistake in an argument is reported when the call is sent.
#[derive(Clone)]
#[must_use]
pub struct RawCall {
    pipeline: Pipeline,
    op: &'static Op,
    method: Method,
    path: String,
    query: Vec<(String, Value)>,
    headers: HeaderMap,
    segments: BTreeMap<&'static str, String>,
    fields: Map<String, Value>,
    body: Option<Payload>,
    fault: Option<Error>,
}

#[derive(Clone)]
enum Payload {
    Json(Value),
    Bytes(Bytes),
}

/// Names only: what travels may be secret, also where nobody marked it.
impl fmt::Debug for RawCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query: Vec<_> = self.query.iter().map(|(name, _)| name).collect();
        let headers: Vec<_> = self.headers.keys().map(HeaderName::as_str).collect();
        let segments: Vec<_> = self.segments.keys().collect();
        let fields: Vec<_> = self.fields.keys().collect();
        f.debug_struct("RawCall")
            .field("op", &self.op.id)
            .field("method", &self.method)
            .field("path", &segments)
            .field("query", &query)
            .field("headers", &headers)
            .field("fields", &fields)
            .field("body", &self.body.is_some())
            .finish_non_exhaustive()
    }
}

impl RawCall {
    /// A call outside the document.
    pub fn raw(pipeline: Pipeline, op: &'static Op, method: Method, path: &str) -> Self {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut call = RawCall::over(pipeline, op, method);
        call.path = match path.strip_prefix('/') {
            Some(_) => path.to_owned(),
            None => format!("/{path}"),
        };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            call.query.push((decode(name), decode(value).into()));
        }
        call
    }

    /// A call of an operation by its row.
    pub fn of(pipeline: Pipeline, op: &'static Op) -> Self {
        RawCall::over(pipeline, op, op.method.clone())
    }

    fn over(pipeline: Pipeline, op: &'static Op, method: Method) -> Self {
        RawCall {
            pipeline,
            op,
            method,
            path: String::new(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            segments: BTreeMap::new(),
            fields: Map::new(),
            body: None,
            fault: None,
        }
    }

    /// Other options for this call.
    pub fn with(mut self, change: impl FnOnce(Options) -> Options) -> Self {
        self.pipeline = self.pipeline.with(change);
        self
    }

    /// Repeats the call like a read; for calls whose repetition is harmless.
    pub fn idempotent(self) -> Self {
        self.with(Options::idempotent)
    }

    /// A pair of the query; a list repeats the name.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// A header.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.with(|options| options.header(name, value))
    }

    /// The whole body, as JSON.
    pub fn body(mut self, body: impl Serialize) -> Self {
        match serde_json::to_value(body) {
            Ok(value) => self.body = Some(Payload::Json(value)),
            Err(cause) => {
                let error = Error::new(ErrorKind::Request, "the body cannot be written as JSON");
                self.fault = Some(error.with_source(cause));
            }
        }
        self
    }

    /// The whole body, as bytes.
    pub fn content(mut self, media_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        let value = HeaderValue::from_static(media_type);
        self.headers.insert(header::CONTENT_TYPE, value);
        self.body = Some(Payload::Bytes(bytes.into()));
        self
    }

    /// A parameter by name, put where the document has it: path, query, header
    /// or body. A name that the document does not know becomes a field of the
    /// body where there is one.
    pub fn arg(mut self, name: &str, value: impl Into<Value>) -> Self {
        if let Err(error) = self.place(name, value.into()) {
            self.fault = Some(error);
        }
        self
    }

    /// A field of the JSON body, also where a parameter of the path is called the same.
    pub fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
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
            Place::Path => {
                let separator = param.join.unwrap_or(",");
                let parts = texts(&value).iter().map(|text| segment(name, text)).collect::<Result<Vec<_>, _>>()?;
                self.segments.insert(param.name, parts.join(separator));
            }
            Place::Query => {
                let value = match (param.join, param.flag) {
                    (Some(separator), _) if value.is_array() => texts(&value).join(separator).into(),
                    (_, Some(flag)) => written(flag, value),
                    _ => value,
                };
                self.query.push((name.to_owned(), value));
            }
            Place::Header => {
                let text = texts(&value).join(",");
                let pair = (HeaderName::try_from(name), HeaderValue::try_from(text));
                let (Ok(name), Ok(mut value)) = pair else {
                    let detail = format!("{name:?} does not fit a header");
                    return Err(Error::new(ErrorKind::Request, detail));
                };
                value.set_sensitive(param.secret);
                self.headers.insert(name, value);
            }
            Place::Body => {
                self.fields.insert(name.to_owned(), value);
            }
        }
        Ok(())
    }

    /// Sends the call and decodes its JSON reply.
    pub async fn send<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.reply(false).await?.decode().await
    }

    /// As [`send`](Self::send), with the node that answered: what the call has
    /// made there may live there alone.
    pub async fn send_with_node<T: DeserializeOwned>(self) -> Result<(T, Node), Error> {
        let reply = self.reply(false).await?;
        let node = reply.node.clone();
        Ok((reply.decode().await?, node))
    }

    /// Sends the call and returns the reply's bytes, whole.
    pub async fn bytes(self) -> Result<Bytes, Error> {
        self.reply(false).await?.bytes().await
    }

    /// Sends the call and returns status, headers and body as they came, with
    /// the attempts that it took; with
    /// [`Options::accept_status`] that need not be a success.
    pub async fn answer(self) -> Result<RawReply, Error> {
        let reply = self.reply(false).await?;
        let (status, headers, attempts) = (reply.status, reply.headers.clone(), reply.context.attempts.clone());
        Ok(RawReply { status, headers, attempts, body: reply.bytes().await? })
    }

    /// Sends the call and hands the reply over as it arrives.
    pub async fn stream(self) -> Result<ByteStream, Error> {
        Ok(self.reply(true).await?.stream())
    }

    /// Sends the call; its reply as JSON, and how long the server wants to be left alone.
    async fn look(self) -> Result<(Value, Option<Duration>), Error> {
        let pipeline = self.pipeline.clone();
        let reply = self.reply(false).await?;
        let asked = reply.retry_after(&pipeline);
        Ok((reply.decode().await?, asked))
    }

    /// Sets a parameter anew.
    fn set(&mut self, name: &'static str, value: Value) {
        self.query.retain(|(known, _)| known != name);
        if let Err(error) = self.place(name, value) {
            self.fault = Some(error);
        }
    }

    async fn reply(self, stream: bool) -> Result<Response, Error> {
        let (pipeline, op) = (self.pipeline.clone(), self.op);
        pipeline.send(self.template()?, op, stream).await
    }

    fn template(self) -> Result<RequestTemplate, Error> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let missing =
            self.op.params.iter().find(|param| {
                param.required && !self.has(param) && (param.place != Place::Body || self.body.is_none())
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
            (Some(Payload::Json(Value::String(text))), BodyKind::Text | BodyKind::Bytes) => {
                template.body = text.into();
            }
            (Some(Payload::Json(mut value)), kind) => {
                if let (Value::Object(object), false) = (&mut value, self.fields.is_empty()) {
                    object.extend(self.fields);
                }
                set_body(&mut template, kind, value);
            }
            (None, kind) if !self.fields.is_empty() => {
                set_body(&mut template, kind, Value::Object(self.fields));
            }
            (None, _) => {}
        }
        Ok(template)
    }

    fn has(&self, param: &Param) -> bool {
        match param.place {
            Place::Path => self.segments.contains_key(param.name),
            Place::Query => self.query.iter().any(|(name, _)| name == param.name),
            Place::Header => self.headers.contains_key(param.name),
            Place::Body => self.fields.contains_key(param.name),
        }
    }
}

fn set_body(template: &mut RequestTemplate, kind: BodyKind, value: Value) {
    match (kind, value) {
        (BodyKind::Form, Value::Object(fields)) => {
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
        (_, value) => template.set_json(value.to_string().into()),
    }
}

/// A truth value as the server reads it; what is none stays.
fn written(flag: Flag, value: Value) -> Value {
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

fn decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

/// What stands at a dotted path; a number steps into a list.
fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let mut steps = path.split('.').filter(|step| !step.is_empty());
    let found = steps.try_fold(value, |here, step| match here {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        other => other.get(step),
    });
    found.filter(|found| !found.is_null())
}

//! Raw call: a call put together at run time, of an operation chosen by its row or of none that the document names.

mod job;
mod paged_list;
mod reply;
mod request;

use std::fmt;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, header};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

pub use job::Job;
pub use paged_list::{PagedList, RawItem};
pub use reply::RawReply;
pub use request::{RawRequest, count, missing, no_list, word};

use self::request::{Payload, at};
use crate::error::{Error, ErrorKind};
use crate::op::{Op, Param, ParamLocation, find};
use crate::paginate::{Items, Pages};
use crate::pipeline::{Node, Options, Pipeline};
use crate::stream::ByteStream;
use crate::wait::{Wait, WaitHandle};

/// Raw call: one that the document does not name, or of an operation chosen by its row
/// in the table. It goes through the same pipeline as every other call.
///
/// A mistake in an argument is reported when the call is sent.
#[derive(Clone)]
#[must_use]
pub struct RawCall(RawRequest);

/// Names only: what travels may be secret, also where nobody marked it.
impl fmt::Debug for RawCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query: Vec<_> = self.0.query.iter().map(|(name, _)| name).collect();
        let headers: Vec<_> = self.0.headers.keys().map(HeaderName::as_str).collect();
        let segments: Vec<_> = self.0.segments.keys().collect();
        let fields: Vec<_> = self.0.fields.keys().collect();
        f.debug_struct("RawCall")
            .field("op", &self.0.op.id)
            .field("method", &self.0.method)
            .field("path", &segments)
            .field("query", &query)
            .field("headers", &headers)
            .field("fields", &fields)
            .field("body", &self.0.body.is_some())
            .finish_non_exhaustive()
    }
}

impl RawCall {
    /// A call outside the document.
    pub fn raw(pipeline: Pipeline, op: &'static Op, method: Method, path: &str) -> Self {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut request = RawRequest::new(pipeline, op, method);
        request.path = match path.strip_prefix('/') {
            Some(_) => path.to_owned(),
            None => format!("/{path}"),
        };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            request.query.push((decode(name), decode(value).into()));
        }
        RawCall(request)
    }

    /// A call of an operation by its row.
    pub fn of(pipeline: Pipeline, op: &'static Op) -> Self {
        RawCall(RawRequest::of(pipeline, op))
    }

    /// The row of its operation.
    pub fn op(&self) -> &'static Op {
        self.0.op
    }

    /// Other options for this call.
    pub fn with(mut self, change: impl FnOnce(Options) -> Options) -> Self {
        self.0.pipeline = self.0.pipeline.with(change);
        self
    }

    /// Repeats the call like a read; for calls whose repetition is harmless.
    pub fn idempotent(self) -> Self {
        self.with(Options::idempotent)
    }

    /// A pair of the query; a list repeats the name.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.query.push((name.into(), value.into()));
        self
    }

    /// A header.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.with(|options| options.header(name, value))
    }

    /// The whole body, as JSON.
    pub fn body(mut self, body: impl Serialize) -> Self {
        match serde_json::to_vec(&body) {
            Ok(text) => self.0.body = Some(Payload::Json(text.into())),
            Err(cause) => {
                let error = Error::new(ErrorKind::Request, "the body cannot be written as JSON");
                self.0.error = Some(error.with_source(cause));
            }
        }
        self
    }

    /// The whole body, as the text of JSON: numbers keep every digit.
    pub fn json_text(self, text: &str) -> Self {
        match serde_json::from_str::<&RawValue>(text) {
            Ok(value) => self.body(value),
            Err(cause) => self.failed(cause, "the body is not JSON"),
        }
    }

    /// A parameter by name, as [`arg`](Self::arg), its value as the text of JSON: in a body, numbers keep every digit.
    pub fn json_arg(mut self, name: &str, text: &str) -> Self {
        match serde_json::from_str::<Box<RawValue>>(text) {
            Ok(value) => self.0.add_exact(name, value),
            Err(cause) => return self.failed(cause, &format!("the value of {name:?} is not JSON")),
        }
        self
    }

    fn failed(mut self, cause: serde_json::Error, what: &str) -> Self {
        self.0.error = Some(Error::new(ErrorKind::Request, what).with_source(cause));
        self
    }

    /// The whole body, as bytes.
    pub fn content(mut self, media_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        let value = HeaderValue::from_static(media_type);
        self.0.headers.insert(header::CONTENT_TYPE, value);
        self.0.body = Some(Payload::Bytes(bytes.into()));
        self
    }

    /// A parameter by name, put where the document has it: path, query, header
    /// or body. A name that the document does not know becomes a field of the
    /// body where there is one.
    pub fn arg(self, name: &str, value: impl Into<Value>) -> Self {
        RawCall(self.0.with(name, value))
    }

    /// A field of the JSON body, also where a parameter of the path is called the same.
    pub fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.fields.insert(name.to_owned(), value.into());
        self
    }

    /// Sends the call and decodes its JSON reply.
    pub async fn send<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.0.send(false).await?.decode().await
    }

    /// As [`send`](Self::send), with the node that answered: what the call has
    /// made there may live there alone.
    pub async fn send_with_node<T: DeserializeOwned>(self) -> Result<(T, Node), Error> {
        let reply = self.0.send(false).await?;
        let node = reply.node.clone();
        Ok((reply.decode().await?, node))
    }

    /// Sends the call and returns the reply's bytes, whole, however long they take: a silence longer than the idle timeout
    /// ends it.
    pub async fn bytes(self) -> Result<Bytes, Error> {
        self.0.send(true).await?.checked_bytes().await
    }

    /// Sends the call and returns status, headers and body as they came, with
    /// the attempts that it took; with
    /// [`Options::accept_status`] that need not be a success.
    pub async fn answer(self) -> Result<RawReply, Error> {
        let reply = self.0.send(true).await?;
        let (status, headers, attempts) = (reply.status, reply.headers.clone(), reply.context.attempts.clone());
        Ok(RawReply { status, headers, attempts, body: reply.checked_bytes().await? })
    }

    /// Sends the call and hands the reply over as it arrives.
    pub async fn stream(self) -> Result<ByteStream, Error> {
        Ok(self.0.send(true).await?.stream())
    }

    /// All items of the list, page after page, as a stream: the document says how the list is cut. A call of another
    /// kind is an error, the first that the stream gives.
    pub fn items(self) -> Items<RawItem> {
        Items::new(PagedList::raw(self.0))
    }

    /// The pages of the list, as a stream.
    pub fn pages(self) -> Pages<RawItem> {
        Pages::new(PagedList::raw(self.0))
    }

    /// Waits until that goal is reached; the value is JSON. `ops` is the table that the operation is a row of.
    ///
    /// # Errors
    ///
    /// An operation without such a goal.
    pub fn wait(self, ops: &'static [Op], goal: &str) -> Result<Wait<'static, Value>, Error> {
        let op = self.0.op;
        let Some(index) = op.waits.iter().position(|wait| wait.goal == goal) else {
            let goals: Vec<_> = op.waits.iter().map(|wait| wait.goal).collect();
            let detail = match goals.as_slice() {
                [] => format!("{} is nothing that can be waited for", op.id),
                _ => format!("{} has no goal {goal:?}; it has {}", op.id, goals.join(", ")),
            };
            return Err(Error::new(ErrorKind::Request, detail));
        };
        Ok(Wait::new(Job::raw(self.0, ops, index)))
    }

    /// Sends the call, and gives the call about the job that it has started, beside the reply: to the server that has
    /// answered, where the document says that the job lives there alone. `ops` is the table that the operation is a row
    /// of.
    ///
    /// # Errors
    ///
    /// Those of `send`, a call that starts no job, and a reply without an id.
    pub async fn start(self, ops: &'static [Op]) -> Result<(RawCall, Value), Error> {
        let op = self.0.op;
        let nothing = || Error::new(ErrorKind::Request, format!("the document does not say what {} starts", op.id));
        let starts = op.starts.ok_or_else(nothing)?;
        let job = find(ops, starts.operation);
        let mut request = self.0.about(job);
        let (reply, node): (Value, _) = self.send_with_node().await?;
        let id = at(&reply, starts.id).and_then(word).ok_or_else(|| missing(op))?;
        request.pipeline = request.pipeline.onward();
        if job.waits.iter().any(|wait| wait.pinned) {
            request.pipeline = request.pipeline.to(Some(node.base()));
        }
        Ok((RawCall(request).arg(starts.param, id), reply))
    }

    /// Sets the parameters that a saved wait holds, and goes to the server that it names, if it names one.
    pub fn held(mut self, handle: &WaitHandle) -> Self {
        if handle.node().is_some() {
            self.0.pipeline = self.0.pipeline.to(handle.node());
        }
        for (name, text) in handle.args() {
            match self.0.op.param(name) {
                Some(param) => self.0.set(param.name, read(param, text)),
                None => {
                    let detail = format!("the handle names {name:?}, which {} does not take", self.0.op.id);
                    self.0.error = Some(Error::new(ErrorKind::Handle, detail));
                }
            }
        }
        self
    }
}

/// A parameter as a handle keeps it: texts without their quotes, lists of a path joined.
fn read(param: &Param, text: &str) -> Value {
    match (param.place, param.join) {
        (ParamLocation::Path, Some(separator)) => text.split(separator).collect(),
        _ if param.list && param.join.is_none() => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        _ => param.read(text).unwrap_or_else(|| text.into()),
    }
}

fn decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

//! What generated code names. Not part of the public interface: it changes
//! with the generator.
#![expect(clippy::result_large_err, reason = "the generated code fixes the error type between its call and its `send`")]

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use progenitor_client::ResponseValue;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use http::{self, Method};
pub use progenitor_client::{self, ClientHooks, ClientInfo, OperationInfo};
pub use reqwest;
pub use serde_json;

pub use crate::__mlhub_platform as platform;
pub use crate::builder::Builder;
pub use crate::error::{Error, ErrorKind};
pub use crate::joined::Joined;
pub use crate::op::{AuthKind, BodyKind, Op, Paging, PagingStyle, Param, Place, ReplyKind, RetryClass, WaitSpec, Wire};
pub use crate::paginate::{Cursor, Items, Page, Pages, Paginate};
pub use crate::pipeline::{Options, Pipeline};
pub use crate::platform::Platform;
pub use crate::raw::RawCall;
pub use crate::secret::Secret;
pub use crate::stream::ByteStream;
pub use crate::timestamp::Timestamp;
pub use crate::wait::{Look, Poll, Wait, WaitHandle as Handle};

use crate::pipeline::{Draft, Reply, from_reqwest};

/// Where generated code believes to send its requests.
pub const PLACEHOLDER: &str = "http://mlhub.invalid";

/// The generator's error type, as all operations have it.
pub type RawError = progenitor_client::Error<()>;

/// No status of HTTP: marks a reply that carries a fault. The generated code
/// takes only 2XX for a success, so it hands any other one back untouched.
const FAULT: u16 = 599;

/// What really came of a call, inside of the reply that the generated code
/// sees. Its extensions have to be cloneable, so the one value is shared.
#[derive(Clone)]
struct Carried(Arc<Mutex<Option<Result<Reply, Error>>>>);

impl Carried {
    fn new(result: Result<Reply, Error>) -> Self {
        Carried(Arc::new(Mutex::new(Some(result))))
    }

    fn take(response: &mut reqwest::Response) -> Result<Reply, Error> {
        response
            .extensions_mut()
            .remove::<Carried>()
            .and_then(|carried| carried.0.lock().unwrap_or_else(PoisonError::into_inner).take())
            .unwrap_or_else(|| Err(foreign()))
    }
}

/// A reply that did not come over the pipeline; no generated code makes one.
fn foreign() -> Error {
    Error::new(ErrorKind::Transport, "the reply did not come over this client's pipeline")
}

/// A response of the generated code's type around what came of the call.
fn carry(result: Result<Reply, Error>) -> reqwest::Response {
    let status = match &result {
        // A status that the caller accepts is a success for the generated code.
        Ok(_) => http::StatusCode::OK,
        Err(_) => http::StatusCode::from_u16(FAULT).unwrap_or(http::StatusCode::BAD_GATEWAY),
    };
    let mut response = http::Response::new(Bytes::new());
    *response.status_mut() = status;
    response.extensions_mut().insert(Carried::new(result));
    response.into()
}

impl Pipeline {
    /// The client that builds requests for the generated code; it sends none.
    pub fn requests(&self) -> reqwest::Client {
        self.core().requests.clone()
    }

    /// Sends a request of generated code. Never fails for a fault of ours: the
    /// response carries it until [`finish`] or [`Error::from`] takes it out.
    pub async fn exec(&self, mut request: reqwest::Request, op: &'static Op) -> reqwest::Result<reqwest::Response> {
        let mut draft = Draft::new(request.method().clone(), request.url().path().to_owned());
        draft.query = request.url().query().map(str::to_owned);
        draft.headers = std::mem::take(request.headers_mut());
        draft.body = request.body_mut().take().map(from_reqwest).unwrap_or_default();
        Ok(carry(self.send(draft, op, false).await))
    }
}

/// Takes the reply out and decodes it.
pub async fn finish<T: DeserializeOwned>(
    mut response: reqwest::Response,
    _op: &'static Op,
) -> Result<ResponseValue<T>, RawError> {
    let reply = take(&mut response)?;
    let (status, headers) = (reply.status, reply.headers.clone());
    let value = reply.decode().await.map_err(raw)?;
    Ok(ResponseValue::new(value, status, headers))
}

/// Takes a reply without content out.
pub fn empty(mut response: reqwest::Response) -> Result<ResponseValue<()>, RawError> {
    let reply = take(&mut response)?;
    Ok(ResponseValue::new((), reply.status, reply.headers))
}

/// Takes a streamed reply out.
pub fn stream(mut response: reqwest::Response) -> Result<ResponseValue<ByteStream>, RawError> {
    let reply = take(&mut response)?;
    let (status, headers) = (reply.status, reply.headers.clone());
    Ok(ResponseValue::new(reply.stream(), status, headers))
}

/// Takes a text out, whole.
pub async fn text(mut response: reqwest::Response) -> Result<ResponseValue<String>, RawError> {
    let reply = take(&mut response)?;
    let (status, headers) = (reply.status, reply.headers.clone());
    let text = reply.stream().text().await.map_err(raw)?;
    Ok(ResponseValue::new(text, status, headers))
}

fn take(response: &mut reqwest::Response) -> Result<Reply, RawError> {
    Carried::take(response).map_err(raw)
}

fn raw(error: Error) -> RawError {
    RawError::UnexpectedResponse(carry(Err(error)))
}

impl From<RawError> for Error {
    fn from(error: RawError) -> Self {
        match error {
            RawError::UnexpectedResponse(mut response) => match Carried::take(&mut response) {
                Err(error) => error,
                Ok(_) => foreign(),
            },
            RawError::InvalidRequest(why) | RawError::Custom(why) => Error::new(ErrorKind::Request, why),
            RawError::InvalidResponsePayload(_, cause) => {
                Error::new(ErrorKind::Decode, "the reply does not have the documented shape").with_source(cause)
            }
            RawError::CommunicationError(cause)
            | RawError::InvalidUpgrade(cause)
            | RawError::ResponseBodyError(cause) => {
                Error::new(ErrorKind::Request, "the request could not be built").with_source(cause.without_url())
            }
            RawError::ErrorResponse(_) => foreign(),
        }
    }
}

/// The row of an operation; the generated code asks for none that it has not.
pub fn find(ops: &'static [Op], id: &str) -> &'static Op {
    static UNKNOWN: Op = Op::raw("", AuthKind::None, "");
    ops.binary_search_by(|op| op.id.cmp(id)).ok().and_then(|index| ops.get(index)).unwrap_or(&UNKNOWN)
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
pub fn number<T: Serialize + ?Sized>(value: &T) -> Option<f64> {
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

/// A parameter that the generated code could not convert.
pub fn invalid<T: std::fmt::Display + ?Sized>(why: &T) -> Error {
    Error::new(ErrorKind::Request, why.to_string())
}

/// A reply without the part that a wait returns.
pub fn missing(op: &'static Op) -> Error {
    Error::new(ErrorKind::Decode, "the reply lacks the value that was waited for").with_call(
        (op.platform, op.id),
        op.method.clone(),
        op.path,
    )
}

//! A success on its way to the caller, with all that an error may have to say.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use super::attempt::Head;
use super::{Node, Serializer, lenient, redact, serializer};
use crate::error::{Attempt, Error, ErrorKind};
use crate::op::{Op, ReplyKind};
use crate::stream::ByteStream;

/// Headers under which servers name a request, the most usual first.
const REQUEST_IDS: &[&str] = &["x-request-id", "x-correlation-id", "request-id", "x-amzn-requestid"];

/// Which call something belongs to. Not printable: the address is as it was sent.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) op: &'static Op,
    pub(crate) method: Method,
    /// Where the last attempt went; loses its secret values when it gets into an error.
    pub(crate) address: Option<Bytes>,
    pub(crate) attempts: Vec<Attempt>,
}

impl Context {
    /// The error with everything that is known about the call.
    pub(crate) fn dress(&self, error: Error) -> Error {
        let url = self.address.as_ref().map(|address| redact::url(self.op, &String::from_utf8_lossy(address)));
        error
            .with_call((self.op.platform, self.op.id), self.method.clone(), self.op.path)
            .with_url(url)
            .with_attempts(self.attempts.clone())
    }

    /// Whether the call changes nothing by its method.
    pub(crate) fn is_read(&self) -> bool {
        self.method.is_safe()
    }
}

/// What a success carries.
pub(crate) enum Content {
    Whole(Bytes),
    Stream(ByteStream),
}

impl Content {
    async fn bytes(self) -> Result<Bytes, Error> {
        match self {
            Content::Whole(bytes) => Ok(bytes),
            Content::Stream(stream) => stream.collect_bytes().await,
        }
    }
}

/// A success: status, headers, body.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
    pub(crate) context: Context,
    /// What its body is read with, where it is not JSON.
    pub(crate) reader: Option<Arc<dyn Serializer>>,
    /// Where it came from.
    pub(crate) node: Node,
}

impl Reply {
    /// The whole body; a stream is read to its end.
    pub(crate) async fn bytes(self) -> Result<Bytes, Error> {
        self.content.bytes().await
    }

    /// The body as a stream.
    pub(crate) fn stream(self) -> ByteStream {
        match self.content {
            Content::Whole(bytes) => ByteStream::whole(bytes),
            Content::Stream(stream) => stream,
        }
    }

    /// The body as the document describes it.
    pub(crate) async fn decode<T: serde::de::DeserializeOwned>(self) -> Result<T, Error> {
        let Reply { status, headers, content, context, reader, .. } = self;
        let bytes = content.bytes().await?;
        let decoded = match reader {
            Some(reader) => serializer::read(&*reader, &bytes).and_then(|json| decode(context.op.reply, &json)),
            None => decode(context.op.reply, &bytes),
        };
        decoded.map_err(|fault| {
            context
                .dress(fault)
                .with_status(status, request_id(&headers))
                .with_body(bytes.clone())
                // The server has said that it is done.
                .applied(!context.is_read())
        })
    }
}

pub(super) fn decode<T: serde::de::DeserializeOwned>(kind: ReplyKind, bytes: &Bytes) -> Result<T, Error> {
    let lenient;
    let mut text: &[u8] = match bytes.trim_ascii() {
        // Some servers answer nothing where the document says null.
        b"" => b"null",
        text => text,
    };
    // Keeping the place in mind costs as much as decoding; it is looked for when there is something to tell.
    // Looking at all of a text at once costs less than looking at each string in it.
    let plain = match std::str::from_utf8(text) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(text),
    };
    let fault = match plain {
        Ok(value) => return Ok(value),
        Err(fault) => fault,
    };
    // Bare words are rare, and looking for them costs more than decoding.
    if kind == ReplyKind::Lenient && fault.is_syntax() {
        lenient = lenient::to_json(text);
        text = &lenient;
    }
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|fault| {
        let path = fault.path().to_string();
        undecodable(fault.into_inner()).with_json_path(path)
    })?;
    json.end().map_err(undecodable)?;
    Ok(value)
}

fn undecodable(cause: serde_json::Error) -> Error {
    let what = match cause.classify() {
        serde_json::error::Category::Data => "the reply does not have the documented shape",
        _ => "the reply is not JSON",
    };
    Error::new(ErrorKind::Decode, what).with_source(Place(without_values(&cause.to_string())))
}

/// serde's message quotes the value that it met, which may be secret: between
/// double quotes, and after `invalid value` as it stands.
fn without_values(message: &str) -> String {
    let Some((met, expected)) = message.split_once(", expected ") else {
        return message.split('"').step_by(2).collect();
    };
    let sort = met.split(['"', '`']).next().unwrap_or_default().trim();
    format!("{sort}, expected {expected}")
}

/// Where decoding stopped and why.
#[derive(Debug)]
struct Place(String);

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Place {}

/// The server's name for the request.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    let value = REQUEST_IDS.iter().find_map(|name| headers.get(*name))?;
    value.to_str().ok().map(str::to_owned)
}

/// A stream's failure as an error of the call.
pub(crate) fn stream_error(
    context: &Context,
    head: Head,
    idle: Option<Duration>,
    cause: Option<super::TransportError>,
) -> Error {
    let error = match (idle, cause) {
        (Some(idle), _) => {
            Error::new(ErrorKind::Timeout, format!("the stream was silent for {} s", idle.as_secs_f64()))
        }
        (None, Some(cause)) => {
            let detail = match cause.reason() {
                Some(reason) => format!("the stream broke off: {reason}"),
                None => "the connection broke within the stream".to_owned(),
            };
            Error::new(ErrorKind::Transport, detail).with_source(cause)
        }
        (None, None) => Error::new(ErrorKind::Transport, "the stream broke off"),
    };
    context.dress(error).with_status(head.status, head.request_id).retryable(context.is_read())
}

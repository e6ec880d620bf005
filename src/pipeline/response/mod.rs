//! Response of a call: decompressed, decoded as the document describes it, or streamed.

pub(crate) mod decompress;
mod head;
mod idle;
pub(crate) mod lenient_json;
mod resume;
mod shape;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, StatusCode};
use serde::de::IgnoredAny;

pub(crate) use head::{ResponseHead, request_id};
pub(crate) use idle::watch_idle;
pub(crate) use resume::{Resumption, resumable};

use super::client::Pipeline;
use super::context::CallContext;
use super::node::Node;
use super::retry::retry_after;
use super::transport::{self, Serializer};
use crate::error::{Error, ErrorKind};
use crate::op::{Op, ReplyKind};
use crate::stream::ByteStream;

/// The content of a response.
pub(crate) enum Content {
    Whole(Bytes),
    Stream(ByteStream),
}

impl Content {
    async fn bytes(self, most: usize) -> Result<Bytes, Error> {
        match self {
            Content::Whole(bytes) => Ok(bytes),
            Content::Stream(stream) => stream.collect_within(most).await,
        }
    }
}

/// The response of a call that succeeded: status, headers, body.
pub struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
    pub(crate) context: CallContext,
    /// What its body is read with, where it is not JSON.
    pub(crate) reader: Option<Arc<dyn Serializer>>,
    /// The node that answered.
    pub(crate) node: Node,
    /// As much of its body is held in memory.
    pub(crate) most: usize,
}

impl Response {
    /// The whole body; a stream is read to its end.
    pub(crate) async fn bytes(self) -> Result<Bytes, Error> {
        self.content.bytes(self.most).await
    }

    /// The node that answered, to pin to it what lives there alone.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// How long the server wants to be left alone after it.
    pub fn retry_after(&self, pipeline: &Pipeline) -> Option<Duration> {
        retry_after::read(&self.headers, pipeline.clock().wall())
    }

    /// The body as a stream.
    pub fn stream(self) -> ByteStream {
        match self.content {
            Content::Whole(bytes) => ByteStream::whole(bytes),
            Content::Stream(stream) => stream,
        }
    }

    /// The body as the document describes it.
    pub async fn decode<T: serde::de::DeserializeOwned>(self) -> Result<T, Error> {
        let Response { status, headers, content, context, reader, most, .. } = self;
        let bytes = content.bytes(most).await?;
        let decoded = match reader {
            Some(reader) => transport::to_json(&*reader, &bytes).and_then(|json| decode(context.op, &json)),
            None => decode(context.op, &bytes),
        };
        decoded.map_err(|error| undecoded(error, &context, status, &headers, bytes))
    }

    /// The whole body as it came, where it is a success of the shape that the document says.
    pub(crate) async fn checked_bytes(self) -> Result<Bytes, Error> {
        let Response { status, headers, content, context, reader, most, .. } = self;
        let bytes = content.bytes(most).await?;
        let is_json = matches!(context.op.reply, ReplyKind::Json | ReplyKind::Lenient);
        // Nobody says what a call outside of the document brings.
        let packed = headers.contains_key(CONTENT_ENCODING);
        if !is_json || packed || reader.is_some() || !status.is_success() || context.op.path.is_empty() {
            return Ok(bytes);
        }
        match decode::<IgnoredAny>(context.op, &bytes) {
            Ok(IgnoredAny) => Ok(bytes),
            Err(error) => Err(undecoded(error, &context, status, &headers, bytes)),
        }
    }
}

/// The error of a reply that says that it is done and is not what it should be.
fn undecoded(error: Error, context: &CallContext, status: StatusCode, headers: &HeaderMap, body: Bytes) -> Error {
    context
        .with_context(error)
        .with_status(status, request_id(headers))
        .with_body(body)
        // The server has said that it is done.
        .applied(!context.is_read())
}

/// The text of a reply: without a byte order mark, and `null` where there is none.
fn plain(bytes: &[u8]) -> &[u8] {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match text.trim_ascii() {
        // Some servers answer nothing where the document says null.
        b"" => b"null",
        text => text,
    }
}

pub(crate) fn decode<T: serde::de::DeserializeOwned>(op: &Op, bytes: &[u8]) -> Result<T, Error> {
    let lenient;
    let mut text = plain(bytes);
    // Keeping the place in mind costs as much as decoding; it is looked for when there is something to tell.
    // Looking at all of a text at once costs less than looking at each string in it.
    let plain = match std::str::from_utf8(text) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(text),
    };
    let error = match plain {
        Ok(value) => return shape::check(op.shape, text).map(|()| value),
        Err(error) => error,
    };
    // What is no JSON and read all the same is rare, and looking for it costs more than decoding.
    if error.is_syntax() {
        let bare: Option<lenient_json::BareWord> = (op.reply == ReplyKind::Lenient).then_some(lenient_json::null);
        lenient = lenient_json::lenient(text, bare);
        text = &lenient;
    }
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        undecodable(op, error.into_inner(), bytes).with_json_path(path)
    })?;
    json.end().map_err(|error| undecodable(op, error, bytes))?;
    shape::check(op.shape, text).map(|()| value)
}

fn undecodable(op: &Op, cause: serde_json::Error, bytes: &[u8]) -> Error {
    let text = plain(bytes);
    let error = match cause.classify() {
        serde_json::error::Category::Data => match shape::check(op.shape, text) {
            Ok(()) => Error::new(ErrorKind::Decode, "the reply does not have the documented shape"),
            Err(error) => error,
        },
        _ => Error::new(ErrorKind::Decode, format!("the reply is not JSON{}", shape::begins(text))),
    };
    error.with_source(DecodeCause(without_values(&cause.to_string())))
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
struct DecodeCause(String);

impl fmt::Display for DecodeCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DecodeCause {}

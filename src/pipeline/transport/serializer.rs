//! Serializer: the seam for bodies of other media types than JSON.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};

use super::body::Body;
use crate::error::{Error, ErrorKind};

/// The error of a serializer.
pub type SerializerError = Box<dyn std::error::Error + Send + Sync>;

/// A serializer: translates between JSON, which all types here are written in, and one other media type.
///
/// ```
/// use bytes::Bytes;
/// use mlhub::pipeline::{Serializer, SerializerError};
///
/// /// One JSON value on each line, as logs have it, for lists.
/// #[derive(Debug)]
/// struct Lines;
///
/// impl Serializer for Lines {
///     fn media_type(&self) -> &str {
///         "application/x-ndjson"
///     }
///
///     fn write(&self, json: &[u8]) -> Result<Bytes, SerializerError> {
///         let items: Vec<serde_json::Value> = serde_json::from_slice(json)?;
///         Ok(items.iter().map(|item| format!("{item}\n")).collect::<String>().into())
///     }
///
///     fn read(&self, bytes: &[u8]) -> Result<Bytes, SerializerError> {
///         let lines = std::str::from_utf8(bytes)?.lines().collect::<Vec<_>>();
///         Ok(format!("[{}]", lines.join(",")).into())
///     }
/// }
/// # fn main() -> Result<(), mlhub::Error> {
/// let pipeline = mlhub::Builder::new("http://127.0.0.1:8008", |pipeline: mlhub::pipeline::Pipeline| pipeline)
///     .with(|o| o.read_with(Lines))
///     .build()?;
/// # Ok(())
/// # }
/// ```
pub trait Serializer: fmt::Debug + Send + Sync {
    /// Its media type, such as `application/msgpack`, without parameters.
    fn media_type(&self) -> &str;

    /// A request's body from JSON.
    fn write(&self, json: &[u8]) -> Result<Bytes, SerializerError>;

    /// JSON from a reply's body.
    fn read(&self, bytes: &[u8]) -> Result<Bytes, SerializerError>;
}

/// The serializers of a call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Serializers {
    pub(crate) read: Vec<Arc<dyn Serializer>>,
    pub(crate) write: Option<Arc<dyn Serializer>>,
}

impl Serializers {
    /// The serializer for a response with those headers.
    pub(crate) fn for_response(&self, headers: &HeaderMap) -> Option<Arc<dyn Serializer>> {
        if self.read.is_empty() {
            return None;
        }
        let kind = media_type_of(headers);
        self.read.iter().find(|one| one.media_type().eq_ignore_ascii_case(&kind)).cloned()
    }

    /// Adds the `accept` header that names the media types which responses may have.
    pub(crate) fn announce(&self, headers: &mut HeaderMap) -> Result<(), Error> {
        let mut kinds: Vec<_> = self.read.iter().map(|one| one.media_type()).collect();
        kinds.push("application/json");
        headers.insert(header::ACCEPT, value(&kinds.join(", "))?);
        Ok(())
    }

    /// Rewrites a JSON body in the media type that was asked for.
    pub(crate) fn rewrite(&self, request: &mut http::Request<Body>) -> Result<(), Error> {
        let Some(writer) = &self.write else {
            return Ok(());
        };
        let json = request.body().as_bytes().filter(|bytes| !bytes.is_empty());
        let Some(json) = json.filter(|_| media_type_of(request.headers()) == "application/json") else {
            return Ok(());
        };
        let written = writer.write(json).map_err(|cause| {
            let detail = format!("the body cannot be written as {}", writer.media_type());
            Error::new(ErrorKind::Request, detail).with_source(SerializerSource(cause))
        })?;
        *request.body_mut() = written.into();
        request.headers_mut().remove(header::CONTENT_LENGTH);
        request.headers_mut().insert(header::CONTENT_TYPE, value(writer.media_type())?);
        Ok(())
    }
}

/// JSON from a response of that media type.
pub(crate) fn to_json(reader: &dyn Serializer, bytes: &[u8]) -> Result<Bytes, Error> {
    reader.read(bytes).map_err(|cause| {
        let detail = format!("the reply cannot be read as {}", reader.media_type());
        Error::new(ErrorKind::Decode, detail).with_source(SerializerSource(cause))
    })
}

/// The media type of a body, without its parameters, in lower case.
fn media_type_of(headers: &HeaderMap) -> String {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let kind = String::from_utf8_lossy(kind);
    kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn value(text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::try_from(text)
        .map_err(|_| Error::new(ErrorKind::Request, format!("{text:?} is not the name of a media type")))
}

/// A serializer's error as a cause.
#[derive(Debug)]
struct SerializerSource(SerializerError);

impl fmt::Display for SerializerSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for SerializerSource {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

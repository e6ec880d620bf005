//! Gzip of request bodies, where the document says that the server reads it.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderValue;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};

use crate::error::{Error, ErrorKind};
use crate::pipeline::transport::Body;

/// Bodies of fewer bytes are sent as they are: with its headers such a request
/// fits the one packet of 1,500 bytes that it takes anyway.
pub const GZIP_THRESHOLD: usize = 1024;

/// Compresses the body, unless it is small, a stream, or encoded already. An
/// empty body announced as compressed is refused by some servers.
pub(crate) fn compress(request: &mut http::Request<Body>) -> Result<(), Error> {
    let Some(bytes) = request.body().as_bytes().filter(|bytes| bytes.len() >= GZIP_THRESHOLD) else {
        return Ok(());
    };
    if request.headers().contains_key(CONTENT_ENCODING) {
        return Ok(());
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let compressed = encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .map_err(|cause| Error::new(ErrorKind::Request, "the body cannot be compressed").with_source(cause))?;
    *request.body_mut() = compressed.into();
    request.headers_mut().remove(CONTENT_LENGTH);
    request.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    Ok(())
}

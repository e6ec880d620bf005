//! Replies that were compressed on their way, read as if they had not been.

use std::fmt;
use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use futures::stream::{self, BoxStream, StreamExt};
use http::{HeaderMap, HeaderValue, header};

use super::body::Body;
use super::transport::TransportError;

/// What a request says that it takes, where compressed replies are asked for.
pub(crate) const ACCEPTED: HeaderValue = HeaderValue::from_static("gzip, deflate");

/// Deflate makes at most 1,032 bytes of one (zlib's technical details), so that
/// no piece grows beyond 4 MiB before its size is looked at.
const INPUT_PIECE: usize = 4 * 1024;

/// Unpacks the body if its headers say that it is packed, and makes them say
/// so no longer. Fails for a coding that is not known here.
pub(crate) fn unpack(headers: &mut HeaderMap, body: Body) -> Result<Body, TransportError> {
    let Some(coding) = headers.get(header::CONTENT_ENCODING) else {
        return Ok(body);
    };
    let coding = String::from_utf8_lossy(coding.as_bytes()).trim().to_ascii_lowercase();
    let unpacker = match coding.as_str() {
        "" | "identity" => return Ok(body),
        "gzip" | "x-gzip" => Unpacker::Waiting { gzip: true },
        "deflate" => Unpacker::Waiting { gzip: false },
        _ => return Err(unreadable(Unpackable(coding), "it is packed in a way that is not known here")),
    };
    headers.remove(header::CONTENT_ENCODING);
    headers.remove(header::CONTENT_LENGTH);
    let state = State { source: body.into_stream(), rest: Bytes::new(), unpacker: Some(unpacker) };
    Ok(Body::stream(stream::unfold(state, State::next)))
}

/// A reply that another attempt would bring again.
pub(crate) fn unreadable(cause: impl std::error::Error + Send + Sync + 'static, why: &str) -> TransportError {
    TransportError::other(cause).because(why).lasting()
}

struct State {
    source: BoxStream<'static, Result<Bytes, TransportError>>,
    rest: Bytes,
    /// Nothing after the end, whichever end it was.
    unpacker: Option<Unpacker>,
}

impl State {
    async fn next(mut self) -> Option<(Result<Bytes, TransportError>, Self)> {
        loop {
            let mut unpacker = self.unpacker.take()?;
            let out = if !self.rest.is_empty() {
                let piece = self.rest.split_to(self.rest.len().min(INPUT_PIECE));
                let out = unpacker.push(&piece);
                self.unpacker = Some(unpacker);
                out
            } else {
                match self.source.next().await {
                    Some(Ok(piece)) => {
                        (self.rest, self.unpacker) = (piece, Some(unpacker));
                        continue;
                    }
                    Some(Err(cause)) => return Some((Err(cause), self)),
                    None => unpacker.finish(),
                }
            };
            match out {
                Ok(out) if out.is_empty() => {}
                Ok(out) => return Some((Ok(out.into()), self)),
                Err(cause) => {
                    self.unpacker = None;
                    return Some((Err(unreadable(cause, "it says that it is packed, and it is damaged")), self));
                }
            }
        }
    }
}

enum Unpacker {
    /// Before the first byte: a reply without any, as one to HEAD, has nothing to unpack.
    Waiting {
        gzip: bool,
    },
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
    Deflate {
        inner: Box<Decompress>,
        ended: bool,
    },
}

impl Unpacker {
    fn push(&mut self, piece: &[u8]) -> io::Result<Vec<u8>> {
        if let (Unpacker::Waiting { gzip }, Some(first)) = (&self, piece.first()) {
            *self = match gzip {
                true => Unpacker::Gzip(Box::new(MultiGzDecoder::new(Vec::new()))),
                // RFC 9110 means zlib's form, some servers the bare one; RFC 1950:
                // the lower half of zlib's first byte is 8 for deflate.
                false => Unpacker::Deflate { inner: Box::new(Decompress::new(first & 0x0f == 8)), ended: false },
            };
        }
        match self {
            Unpacker::Waiting { .. } => Ok(Vec::new()),
            Unpacker::Gzip(inner) => inner.write_all(piece).map(|()| std::mem::take(inner.get_mut())),
            Unpacker::Deflate { inner, ended } => inflate(inner, ended, piece),
        }
    }

    fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Unpacker::Waiting { .. } | Unpacker::Deflate { ended: true, .. } => Ok(Vec::new()),
            Unpacker::Gzip(inner) => inner.finish(),
            Unpacker::Deflate { .. } => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

fn inflate(inner: &mut Decompress, ended: &mut bool, mut piece: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    // What follows the end is ignored, as elsewhere.
    while !*ended {
        out.reserve(INPUT_PIECE);
        let before = inner.total_in();
        *ended = inner.decompress_vec(piece, &mut out, FlushDecompress::None)? == Status::StreamEnd;
        piece = piece.get((inner.total_in() - before) as usize..).unwrap_or_default();
        // There may be more to come out, unless there was room left for it.
        if piece.is_empty() && out.len() < out.capacity() {
            break;
        }
    }
    Ok(out)
}

/// The name of a coding that is not known here.
#[derive(Debug)]
struct Unpackable(String);

impl fmt::Display for Unpackable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "content-encoding {:?}", self.0)
    }
}

impl std::error::Error for Unpackable {}

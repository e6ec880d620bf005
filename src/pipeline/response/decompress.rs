//! Decompression of responses: gzip and deflate, read as if they had not been compressed.

use std::fmt;
use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::GzDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use futures::stream::{self, BoxStream, StreamExt};
use http::{HeaderMap, HeaderValue, header};

use crate::pipeline::transport::{Body, TransportError};

/// What a request says that it takes, where compressed replies are asked for.
pub(crate) const ACCEPTED: HeaderValue = HeaderValue::from_static("gzip, deflate");

/// Deflate makes at most 1,032 bytes of one (zlib's technical details), so that
/// no chunk grows beyond 4 MiB before its size is looked at.
const INPUT_CHUNK: usize = 4 * 1024;

/// Codings that are known and not read here: nobody asks for them.
const UNREAD: &[&str] = &["br", "zstd", "compress", "x-compress", "dcb", "dcz"];

/// Decompresses the body if its headers say that it is compressed, and makes them say so no longer. Fails for a coding
/// that is not read here; a word that is none, such as the name of a character set, means nothing, as to a browser.
pub(crate) fn decompress(headers: &mut HeaderMap, body: Body) -> Result<Body, TransportError> {
    let mut decoders = Vec::new();
    for coding in codings(headers) {
        match coding.as_str() {
            "gzip" | "x-gzip" => decoders.push(ContentDecoder::Waiting { gzip: true }),
            "deflate" => decoders.push(ContentDecoder::Waiting { gzip: false }),
            unread if UNREAD.contains(&unread) => {
                return Err(unreadable(UnknownCoding(coding), "it is packed in a way that is not known here"));
            }
            _ => {}
        }
    }
    if decoders.is_empty() {
        return Ok(body);
    }
    headers.remove(header::CONTENT_ENCODING);
    headers.remove(header::CONTENT_LENGTH);
    // What was done to it last stands last.
    Ok(decoders.into_iter().rev().fold(body, |body, decoder| {
        let state = DecompressedStream { source: body.into_stream(), rest: Bytes::new(), decoder: Some(decoder) };
        Body::stream(stream::unfold(state, DecompressedStream::next))
    }))
}

/// The words of all headers that name codings, in small letters, without quotation marks and parameters.
fn codings(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(header::CONTENT_ENCODING).into_iter();
    let texts = values.map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase());
    let words = |text: String| {
        let word = |word: &str| {
            let name = word.split(';').next().unwrap_or_default();
            name.trim_matches(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'')).to_owned()
        };
        text.split(',').map(word).collect::<Vec<_>>()
    };
    texts.flat_map(words).collect()
}

/// A reply that another attempt would bring again.
pub(crate) fn unreadable(cause: impl std::error::Error + Send + Sync + 'static, why: &str) -> TransportError {
    TransportError::other(cause).because(why).lasting()
}

struct DecompressedStream {
    source: BoxStream<'static, Result<Bytes, TransportError>>,
    rest: Bytes,
    /// Nothing after the end, whichever end it was.
    decoder: Option<ContentDecoder>,
}

impl DecompressedStream {
    async fn next(mut self) -> Option<(Result<Bytes, TransportError>, Self)> {
        loop {
            let mut decoder = self.decoder.take()?;
            let out = if !self.rest.is_empty() {
                let chunk = self.rest.split_to(self.rest.len().min(INPUT_CHUNK));
                let out = decoder.push(&chunk);
                self.decoder = Some(decoder);
                out
            } else {
                match self.source.next().await {
                    Some(Ok(chunk)) => {
                        (self.rest, self.decoder) = (chunk, Some(decoder));
                        continue;
                    }
                    Some(Err(cause)) => return Some((Err(cause), self)),
                    None => decoder.finish(),
                }
            };
            match out {
                Ok(out) if out.is_empty() => {}
                Ok(out) => return Some((Ok(out.into()), self)),
                Err(cause) => {
                    self.decoder = None;
                    return Some((Err(unreadable(cause, "it says that it is packed, and it is damaged")), self));
                }
            }
        }
    }
}

enum ContentDecoder {
    /// Before the first byte: a reply without any, as one to HEAD, has nothing to decompress.
    Waiting {
        gzip: bool,
    },
    Gzip(Gzip),
    Deflate {
        inner: Box<Decompress>,
        ended: bool,
    },
}

impl ContentDecoder {
    fn push(&mut self, chunk: &[u8]) -> io::Result<Vec<u8>> {
        if let (ContentDecoder::Waiting { gzip }, Some(first)) = (&self, chunk.first()) {
            *self = match gzip {
                true => ContentDecoder::Gzip(Gzip::default()),
                // RFC 9110 means zlib's form, some servers the bare one; RFC 1950:
                // the lower half of zlib's first byte is 8 for deflate.
                false => ContentDecoder::Deflate { inner: Box::new(Decompress::new(first & 0x0f == 8)), ended: false },
            };
        }
        match self {
            ContentDecoder::Waiting { .. } => Ok(Vec::new()),
            ContentDecoder::Gzip(inner) => inner.push(chunk),
            ContentDecoder::Deflate { inner, ended } => inflate(inner, ended, chunk),
        }
    }

    fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            ContentDecoder::Waiting { .. } | ContentDecoder::Deflate { ended: true, .. } => Ok(Vec::new()),
            ContentDecoder::Gzip(inner) => inner.finish(),
            ContentDecoder::Deflate { .. } => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// Decoder of gzip: one member after the other, and nothing of what follows them: some servers leave something behind
/// the end, which browsers and Python pass over.
#[derive(Default)]
struct Gzip {
    /// The member that is being read; none after the end.
    member: Option<Box<GzDecoder<Vec<u8>>>>,
    /// Whether a member was read to its end.
    whole: bool,
}

impl Gzip {
    fn push(&mut self, mut chunk: &[u8]) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        if self.member.is_none() && !self.whole {
            self.member = Some(Box::new(GzDecoder::new(Vec::new())));
        }
        while let (Some(member), false) = (&mut self.member, chunk.is_empty()) {
            let read = member.write(chunk);
            let came = std::mem::take(member.get_mut());
            out.extend(came);
            match read {
                // Its end: what follows is another one, or nothing that matters.
                Ok(0) => {
                    member.try_finish()?;
                    out.append(member.get_mut());
                    (self.member, self.whole) = (Some(Box::new(GzDecoder::new(Vec::new()))), true);
                }
                Ok(taken) => chunk = chunk.get(taken..).unwrap_or_default(),
                Err(_) if self.whole && member.header().is_none() => self.member = None,
                Err(damaged) => return Err(damaged),
            }
        }
        Ok(out)
    }

    fn finish(mut self) -> io::Result<Vec<u8>> {
        let Some(mut member) = self.member.take() else { return Ok(Vec::new()) };
        match member.try_finish() {
            Err(_) if self.whole && member.header().is_none() => Ok(Vec::new()),
            ended => ended.map(|()| std::mem::take(member.get_mut())),
        }
    }
}

fn inflate(inner: &mut Decompress, ended: &mut bool, mut chunk: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    // What follows the end is ignored, as elsewhere.
    while !*ended {
        out.reserve(INPUT_CHUNK);
        let before = inner.total_in();
        *ended = inner.decompress_vec(chunk, &mut out, FlushDecompress::None)? == Status::StreamEnd;
        chunk = chunk.get((inner.total_in() - before) as usize..).unwrap_or_default();
        // There may be more to come out, unless there was room left for it.
        if chunk.is_empty() && out.len() < out.capacity() {
            break;
        }
    }
    Ok(out)
}

/// The name of a coding that is not known here.
#[derive(Debug)]
struct UnknownCoding(String);

impl fmt::Display for UnknownCoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "content-encoding {:?}", self.0)
    }
}

impl std::error::Error for UnknownCoding {}

//! Resumption of a streamed response: a read that was cut goes on where it was, by a range of bytes where the server has
//! them, else by reading once more what was there already.

use std::ops::ControlFlow;

use flate2::Crc;
use futures::stream::{self, StreamExt};
use http::header::{ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_RANGE, ETAG, IF_RANGE, LAST_MODIFIED, RANGE};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::Content;
use crate::clock::unit;
use crate::error::{Error, ErrorKind};
use crate::op::Op;
use crate::pipeline::client::Pipeline;
use crate::pipeline::request::RequestTemplate;
use crate::stream::ByteStream;

/// So often in all: a server that cuts each reply after a few bytes is not asked for ever.
const MOST: u32 = 100;

/// Resumption of a stream: the call that it is the response of, to make it again.
pub(crate) struct Resumption {
    pub(crate) pipeline: Pipeline,
    pub(crate) template: RequestTemplate,
    pub(crate) op: &'static Op,
}

struct ResumableStream {
    stream: ByteStream,
    point: ResumePoint,
    failures: u32,
    resumed: u32,
}

/// How far a stream has come.
struct ResumePoint {
    resumption: Resumption,
    /// What tells whether the bytes on the server are still the same, where it gives out parts of them.
    validator: Option<HeaderValue>,
    /// How many bytes came, and their checksum.
    read: u64,
    seen: Crc,
}

/// The stream of a response with those headers, which goes on after a cut as long as the retry policy allows.
pub(crate) fn resumable(stream: ByteStream, headers: &HeaderMap, resumption: Resumption) -> ByteStream {
    let point = ResumePoint { resumption, validator: validator(headers), read: 0, seen: Crc::new() };
    let state = ResumableStream { stream, point, failures: 0, resumed: 0 };
    ByteStream::new(stream::unfold(Some(state), |state| async {
        let mut state = state?;
        match state.next().await? {
            Ok(chunk) => Some((Ok(chunk), Some(state))),
            Err(error) => Some((Err(error), None)),
        }
    }))
}

/// An entity tag that is strong, else a date, of a server that says that it gives out parts.
fn validator(headers: &HeaderMap) -> Option<HeaderValue> {
    let ranges = headers.get(ACCEPT_RANGES).is_some_and(|unit| unit.as_bytes().eq_ignore_ascii_case(b"bytes"));
    // What was decompressed here is counted otherwise there.
    if !ranges || headers.contains_key(CONTENT_ENCODING) {
        return None;
    }
    let strong = headers.get(ETAG).filter(|tag| !tag.as_bytes().starts_with(b"W/"));
    strong.or_else(|| headers.get(LAST_MODIFIED)).cloned()
}

impl ResumableStream {
    async fn next(&mut self) -> Option<Result<bytes::Bytes, Error>> {
        loop {
            let error = match self.stream.next().await? {
                Ok(chunk) => {
                    self.point.read += chunk.len() as u64;
                    self.point.seen.update(&chunk);
                    self.failures = 0;
                    return Some(Ok(chunk));
                }
                Err(error) => error,
            };
            if self.go_on(&error).await.is_break() {
                return Some(Err(error));
            }
        }
    }

    /// Has the stream go on behind what came, after a pause; or says that it does not.
    async fn go_on(&mut self, error: &Error) -> ControlFlow<()> {
        let pipeline = &self.point.resumption.pipeline;
        let (clock, retry) = (pipeline.clock(), pipeline.options.retry);
        while matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Transport) {
            (self.failures, self.resumed) = (self.failures + 1, self.resumed + 1);
            if self.failures >= retry.attempts() || self.resumed > MOST {
                break;
            }
            let pause = retry.backoff(self.failures, unit(&**clock));
            tracing::debug!(target: "mlhub", read = self.point.read, ?pause, "the stream was cut, and goes on");
            clock.sleep(pause).await;
            match self.point.again().await {
                Ok(Some(stream)) => {
                    self.stream = stream;
                    return ControlFlow::Continue(());
                }
                Err(error) if error.is_retryable() => {}
                Ok(None) | Err(_) => break,
            }
        }
        ControlFlow::Break(())
    }
}

impl ResumePoint {
    /// The stream from where it was cut; nothing where the server has another one by now.
    async fn again(&self) -> Result<Option<ByteStream>, Error> {
        let Resumption { pipeline, template, op } = &self.resumption;
        let Some(mut template) = template.again() else { return Ok(None) };
        if let Some(validator) = self.validator.clone().filter(|_| self.read > 0)
            && let Ok(range) = HeaderValue::try_from(format!("bytes={}-", self.read))
        {
            template.headers.insert(RANGE, range);
            template.headers.insert(IF_RANGE, validator);
        }
        let response = pipeline.resend(template, op).await?;
        let begins = format!("bytes {}-", self.read);
        let (status, part) = (response.status, response.headers.get(CONTENT_RANGE).cloned());
        let stream = match response.content {
            Content::Stream(stream) => stream,
            Content::Whole(bytes) => ByteStream::whole(bytes),
        };
        match (status, part) {
            (StatusCode::PARTIAL_CONTENT, Some(part)) if part.as_bytes().starts_with(begins.as_bytes()) => {
                Ok(Some(stream))
            }
            (StatusCode::PARTIAL_CONTENT, _) => Ok(None),
            _ => self.behind(stream).await,
        }
    }

    /// What follows in a stream that begins anew, if it begins with the same bytes.
    async fn behind(&self, mut stream: ByteStream) -> Result<Option<ByteStream>, Error> {
        let (mut left, mut seen) = (self.read, Crc::new());
        while left > 0 {
            let Some(mut chunk) = stream.next().await.transpose()? else { return Ok(None) };
            let known = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
            seen.update(&chunk.split_to(known));
            left -= known as u64;
            if !chunk.is_empty() {
                stream = ByteStream::new(stream::iter([Ok(chunk)]).chain(stream));
            }
        }
        Ok((seen.sum() == self.seen.sum()).then_some(stream))
    }
}

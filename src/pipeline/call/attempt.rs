//! Attempt: the request to one node, sent under the time limit, redirects within the node included.

use std::sync::OnceLock;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::stream::TryStreamExt;
use http::response::Parts;
use http::{HeaderMap, StatusCode, header};
use tracing::Instrument;

use super::state::Call;
use super::{curl, redirect, spans};
use crate::clock::{Clock, Elapsed, timeout};
use crate::error::{Attempt, Error, MAX_ERROR_BODY, Outcome};
use crate::op::Op;
use crate::pipeline::auth::Credential;
use crate::pipeline::node::Node;
use crate::pipeline::options::Options;
use crate::pipeline::request::compress;
use crate::pipeline::response::{ResponseHead, decompress};
use crate::pipeline::transport::{Body, SendProgress, SendState, Transport, TransportError, TransportErrorKind};

/// A response as it was read within the attempt.
pub(super) struct RawResponse {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: RawBody,
}

/// The body of a response, whole or still arriving.
pub(super) enum RawBody {
    Whole(Bytes),
    /// Of a success that is handed over as it arrives.
    Open(Body),
}

/// A failure without a response, or with a part of one.
pub(super) struct Failure {
    pub(super) outcome: Outcome,
    pub(super) cause: Option<TransportError>,
    /// The head of a response whose body did not come whole.
    pub(super) head: Option<ResponseHead>,
}

impl Failure {
    /// Whether there was a response that cannot be read: too large, or damaged
    /// before it was sent. The server has done its work.
    pub(super) fn is_unreadable(&self) -> bool {
        self.outcome == Outcome::Broken && self.cause.as_ref().is_some_and(TransportError::is_lasting)
    }
}

impl From<TransportError> for Failure {
    fn from(cause: TransportError) -> Self {
        let outcome = match cause.kind() {
            TransportErrorKind::Connect => Outcome::NotSent,
            TransportErrorKind::Timeout => Outcome::TimedOut,
            TransportErrorKind::Other => Outcome::Broken,
        };
        Failure { outcome, cause: Some(cause), head: None }
    }
}

/// The result of an attempt, and how long it might have taken.
pub(super) struct Attempted {
    pub(super) result: Result<RawResponse, Failure>,
    pub(super) outcome: Outcome,
    pub(super) success: bool,
    pub(super) limit: Duration,
}

impl Attempted {
    /// Whether there was a response that cannot be read.
    pub(super) fn is_unreadable(&self) -> bool {
        matches!(&self.result, Err(failure) if failure.is_unreadable())
    }
}

/// Sends the call to that node within the limit and, where the node redirects within itself, sends it on. It counts as
/// one attempt. An error ends the call.
pub(super) async fn attempt(
    call: &mut Call<'_>,
    node: &Node,
    credential: Option<&Credential>,
    limit: Duration,
) -> Result<Attempted, Error> {
    let (op, options, core) = (call.context.op, &*call.pipeline.options, &call.pipeline.core);
    let began = core.clock.now();
    let span = spans::attempt(op, &call.template.method, node, call.context.attempts.len());
    let mut redirects = 0;
    let result = loop {
        let address = Bytes::from(call.template.address(node));
        call.context.address = Some(address.clone());
        let request = call.template.request(address.clone(), credential, op)?;
        // The command shows the body as it is to be read, and runs all the same.
        if traces_curl(options) {
            curl::log(&request, op, credential, options, node);
        }
        let request = finish(request, op, options, &*core.clock)?;
        let left = limit.saturating_sub(core.clock.now().saturating_sub(began));
        let sent = send(&*core.transport, &*core.clock, left, request, call.stream, options);
        let result = sent.instrument(span.clone()).await;
        match &result {
            Ok(response)
                if !takes(options, response.status)
                    && redirects < redirect::MAX_REDIRECTS
                    && redirect::follow(&mut call.template, response.status, &response.headers, &address) =>
            {
                redirects += 1;
            }
            _ => break result,
        }
    };
    let outcome = match &result {
        Ok(response) => Outcome::Status(response.status),
        Err(failure) => failure.outcome,
    };
    let cause = match &result {
        Err(Failure { cause: Some(cause), .. }) => Some(chain(cause)),
        _ => None,
    };
    let success = matches!(&result, Ok(response) if takes(options, response.status));
    spans::attempted(&span, outcome, success);
    call.context.attempts.push(Attempt {
        started: began.saturating_sub(call.started),
        took: core.clock.now().saturating_sub(began),
        node: node.origin().to_owned(),
        outcome,
        cause,
    });
    Ok(Attempted { result, outcome, success, limit })
}

/// Whether that status is a success.
fn takes(options: &Options, status: StatusCode) -> bool {
    status.is_success() || options.accept.contains(&status)
}

/// Whether a subscriber takes the curl trace: one that names its target, or any that takes TRACE where options say so.
fn traces_curl(options: &Options) -> bool {
    tracing::enabled!(target: "mlhub::curl", tracing::Level::TRACE)
        && (options.curl || !tracing::enabled!(target: "mlhub::any", tracing::Level::TRACE))
}

/// What is between a request that people can read and one that travels: serializer, compression, signature.
fn finish(
    mut request: http::Request<Body>,
    op: &Op,
    options: &Options,
    clock: &dyn Clock,
) -> Result<http::Request<Body>, Error> {
    if options.serializers.write.is_some() {
        options.serializers.rewrite(&mut request)?;
    }
    if options.gzip.unwrap_or(op.gzip) {
        compress::compress(&mut request)?;
    }
    let Some(signer) = &options.sign else {
        return Ok(request);
    };
    let (mut parts, body) = request.into_parts();
    signer.sign(&mut parts, body.as_bytes(), clock.wall())?;
    Ok(http::Request::from_parts(parts, body))
}

/// Sends the request and reads the response; the body of a success is left open where the caller wants it as a stream.
async fn send(
    transport: &dyn Transport,
    clock: &dyn Clock,
    limit: Duration,
    mut request: http::Request<Body>,
    stream: bool,
    options: &Options,
) -> Result<RawResponse, Failure> {
    // Outside of what a time limit drops: an error tells of the head although
    // the body never came.
    let head: OnceLock<Parts> = OnceLock::new();
    let progress = SendProgress::default();
    request.body_mut().set_progress(progress.clone());
    let exchange = async {
        let (mut parts, mut body) = transport.send(request).await?.into_parts();
        let status = parts.status;
        let mut decompressed = Ok(());
        if !options.keep_compressed && parts.headers.contains_key(header::CONTENT_ENCODING) {
            (body, decompressed) = match decompress::decompress(&mut parts.headers, body) {
                Ok(body) => (body, Ok(())),
                Err(error) => (Body::empty(), Err(error)),
            };
        }
        // Set once, so there is nothing to refuse.
        let _ = head.set(parts);
        decompressed?;
        let body = if !takes(options, status) {
            RawBody::Whole(start_of(body).await)
        } else if stream {
            RawBody::Open(body)
        } else {
            RawBody::Whole(body.collect_within(options.max_reply).await?)
        };
        Ok::<_, TransportError>((status, body))
    };
    let ended = timeout(clock, limit, exchange).await;
    let head = head.into_inner();
    match ended {
        Ok(Ok((status, body))) => {
            Ok(RawResponse { status, headers: head.map(|parts| parts.headers).unwrap_or_default(), body })
        }
        Ok(Err(cause)) => Err(Failure { head: head.map(ResponseHead::from), ..Failure::from(cause) }),
        Err(Elapsed) => {
            // The request is dropped by now.
            let outcome = match progress.when_dropped() {
                SendState::Queued => Outcome::Queued,
                SendState::Connecting => Outcome::NotSent,
                SendState::MaybeSent => Outcome::TimedOut,
            };
            Err(Failure { outcome, cause: None, head: head.map(ResponseHead::from) })
        }
    }
}

/// The first part of an error's body. Where it breaks off, the status has been
/// said already, and what is there is enough.
async fn start_of(body: Body) -> Bytes {
    let mut stream = body.into_stream();
    let mut start = BytesMut::new();
    while let Ok(Some(chunk)) = stream.try_next().await {
        start.extend_from_slice(&chunk);
        if start.len() >= MAX_ERROR_BODY {
            break;
        }
    }
    start.freeze()
}

/// An error and what caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        line = format!("{line}: {cause}");
        next = cause.source();
    }
    line
}

//! One attempt: a request to one node, its reply read under the time limit.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::stream::{self, StreamExt, TryStreamExt};
use http::response::Parts;
use http::{HeaderMap, StatusCode, header};

use super::auth::{Credential, Place};
use super::draft::{Draft, Prefix, Query};
use super::node::Node;
use super::reply::{Content, Context, request_id, stream_error};
use super::stage::{Reached, Stage};
use super::{Body, Transport, TransportError, TransportErrorKind, draft, unpack};
use crate::clock::{Clock, Elapsed, timeout};
use crate::error::{Error, ErrorKind, MAX_ERROR_BODY, Outcome};
use crate::op::{AuthKind, Op};
use crate::stream::ByteStream;

/// The field of a JSON body that carries the token under [`AuthKind::Body`].
const TOKEN_FIELD: &str = "token";

/// A reply whose headers are there.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: AnswerBody,
}

pub(crate) enum AnswerBody {
    Whole(Bytes),
    /// Of a success that is handed over as it arrives.
    Open(Body),
}

/// Why there is no answer.
pub(crate) struct Failure {
    pub(crate) outcome: Outcome,
    pub(crate) cause: Option<TransportError>,
    /// The head of a reply whose body did not come whole.
    pub(crate) head: Option<Head>,
}

/// What is known of a reply before its body.
#[derive(Clone)]
pub(crate) struct Head {
    pub(crate) status: StatusCode,
    pub(crate) request_id: Option<String>,
}

impl From<Parts> for Head {
    fn from(parts: Parts) -> Self {
        Head { status: parts.status, request_id: request_id(&parts.headers) }
    }
}

impl Failure {
    /// Whether there was an answer that cannot be taken: too large, or damaged
    /// before it was sent. The server has done its work.
    pub(crate) fn is_unreadable(&self) -> bool {
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

/// The request of an attempt; takes the body out of a draft that is a stream.
pub(crate) fn request(
    draft: &mut Draft,
    address: Bytes,
    credential: Option<&Credential>,
    op: &Op,
) -> Result<http::Request<Body>, Error> {
    let mut headers = draft.headers.clone();
    let mut body = match draft.body.try_clone() {
        Some(body) => body,
        None => std::mem::take(&mut draft.body),
    };
    let mut address = address;
    if let Some(credential) = credential {
        let field = match credential.place() {
            Place::Authorization if op.auth == AuthKind::Body => Some(TOKEN_FIELD),
            Place::Field(name) => Some(&**name),
            _ => None,
        };
        match (field, credential.place()) {
            (Some(name), _) if draft.params_in_query => {
                address = with_pair(&address, draft, name, credential);
            }
            (Some(name), _) if body.as_bytes().is_some() => {
                let value = credential.secret().expose().into();
                let bytes = body.as_bytes().cloned().unwrap_or_default();
                body = draft::with_field(&bytes, name, &value)?.into();
                headers.entry(header::CONTENT_TYPE).or_insert(http::HeaderValue::from_static("application/json"));
                headers.remove(header::CONTENT_LENGTH);
            }
            (_, place) => match place {
                Place::Authorization if headers.contains_key(header::AUTHORIZATION) => {}
                Place::Authorization => {
                    headers.insert(header::AUTHORIZATION, credential.header().clone());
                }
                Place::Header(name) => {
                    headers.entry(name).or_insert(credential.header().clone());
                }
                Place::Query(name) => address = with_pair(&address, draft, name, credential),
                Place::Field(name) => {
                    let detail = format!("the token belongs into the body as {name:?}, and the body is a stream");
                    return Err(Error::new(ErrorKind::Request, detail));
                }
            },
        }
    }
    let mut request = http::Request::new(body);
    *request.method_mut() = draft.method.clone();
    *request.uri_mut() = http::Uri::from_maybe_shared(address)
        .map_err(|cause| Error::new(ErrorKind::Request, "the address of the call is not a URL").with_source(cause))?;
    *request.headers_mut() = headers;
    Ok(request)
}

/// The address with the credential as one more pair of its query.
fn with_pair(address: &Bytes, draft: &Draft, name: &str, credential: &Credential) -> Bytes {
    let mut query = Query::after(draft.query.clone());
    query.push(name, credential.secret().expose());
    let path = address.split(|byte| *byte == b'?').next().unwrap_or_default();
    let query = query.finish().unwrap_or_default();
    [path, b"?", query.as_bytes()].concat().into()
}

/// Where a draft goes on that node.
pub(crate) fn address(draft: &Draft, node: &Node) -> String {
    let begins_with =
        || draft.path.strip_prefix(node.prefix()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let before = match draft.prefix {
        Prefix::Leave => node.origin(),
        Prefix::AddIfMissing if begins_with() => node.origin(),
        Prefix::Add | Prefix::AddIfMissing => node.base(),
    };
    match &draft.query {
        Some(query) => format!("{before}{}?{query}", draft.path),
        None => format!("{before}{}", draft.path),
    }
}

/// How a reply is to be read.
pub(crate) struct Reading<'a> {
    /// Whether the body of a success is left open.
    pub(crate) open: bool,
    /// Statuses that are taken as success, beside 2xx.
    pub(crate) accept: &'a [StatusCode],
    /// Whether a compressed body stays as it is.
    pub(crate) packed: bool,
    /// The most bytes of a body that is held in memory.
    pub(crate) most: usize,
}

impl Reading<'_> {
    /// Whether that status is a success.
    pub(crate) fn takes(&self, status: StatusCode) -> bool {
        status.is_success() || self.accept.contains(&status)
    }
}

/// Sends the request and reads the reply; the body of a success is left open
/// where the caller wants it as a stream.
pub(crate) async fn send(
    transport: &dyn Transport,
    clock: &dyn Clock,
    limit: Duration,
    mut request: http::Request<Body>,
    reading: &Reading<'_>,
) -> Result<Answer, Failure> {
    // Outside of what a time limit drops: an error tells of the head although
    // the body never came.
    let head: OnceLock<Parts> = OnceLock::new();
    let stage = Stage::default();
    request.body_mut().watched_by(stage.clone());
    let exchange = async {
        let (mut parts, body) = transport.send(request).await?.into_parts();
        let status = parts.status;
        let body = match reading.packed {
            true => Ok(body),
            false => unpack::unpack(&mut parts.headers, body),
        };
        // Set once, so there is nothing to refuse.
        let _ = head.set(parts);
        let body = body?;
        let body = if !reading.takes(status) {
            AnswerBody::Whole(start_of(body).await)
        } else if reading.open {
            AnswerBody::Open(body)
        } else {
            AnswerBody::Whole(body.collect_within(reading.most).await?)
        };
        Ok::<_, TransportError>((status, body))
    };
    let ended = timeout(clock, limit, exchange).await;
    let head = head.into_inner();
    match ended {
        Ok(Ok((status, body))) => {
            Ok(Answer { status, headers: head.map(|parts| parts.headers).unwrap_or_default(), body })
        }
        Ok(Err(cause)) => Err(Failure { head: head.map(Head::from), ..Failure::from(cause) }),
        Err(Elapsed) => {
            // The request is dropped by now.
            let outcome = match stage.of_dropped() {
                Reached::Queue => Outcome::Queued,
                Reached::Connecting => Outcome::NotSent,
                Reached::MaybeSent => Outcome::TimedOut,
            };
            Err(Failure { outcome, cause: None, head: head.map(Head::from) })
        }
    }
}

/// The first part of an error's body. Where it breaks off, the status has been
/// said already, and what is there is enough.
async fn start_of(body: Body) -> Bytes {
    let mut stream = body.into_stream();
    let mut start = BytesMut::new();
    while let Ok(Some(piece)) = stream.try_next().await {
        start.extend_from_slice(&piece);
        if start.len() >= MAX_ERROR_BODY {
            break;
        }
    }
    start.freeze()
}

/// The body of a success, watched for silence.
pub(crate) fn watched(body: Body, clock: Arc<dyn Clock>, idle: Duration, head: Head, context: Context) -> Content {
    let source = Some(body.into_stream());
    let stream = stream::unfold(source, move |source| {
        let (clock, head, context) = (Arc::clone(&clock), head.clone(), context.clone());
        async move {
            let mut source = source?;
            // Nothing follows an error: the source is dropped, which closes
            // the connection.
            match timeout(&*clock, idle, source.next()).await {
                Ok(Some(Ok(piece))) => Some((Ok(piece), Some(source))),
                Ok(Some(Err(cause))) => Some((Err(stream_error(&context, head, None, Some(cause))), None)),
                Ok(None) => None,
                Err(Elapsed) => Some((Err(stream_error(&context, head, Some(idle), None)), None)),
            }
        }
    });
    Content::Stream(ByteStream::new(stream))
}

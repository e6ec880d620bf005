//! Generated-code support: what generated code names. Not part of the public interface: it changes with the
//! generator.

use futures::future::BoxFuture;
use serde::Serialize;
use serde_json::Value;

pub use futures::future::BoxFuture as Boxed;
pub use http::{self, Method};
pub use progenitor_client::{self, ClientHooks, ClientInfo};
pub use reqwest;
pub use serde_json;

pub use crate::__mlhub_platform as platform;
pub use crate::bool_encoding::{NumericBool, PresenceFlag};
pub use crate::builder::Builder;
pub use crate::delimited_list::DelimitedList;
use crate::error::Optional as _;
pub use crate::error::{Error, ErrorKind};
pub use crate::id::Id;
pub use crate::lenient::{Key, Lenient, LenientDeserialize};
pub use crate::op::{
    AuthKind, BodyKind, Flag, ListPlaces, Op, Paging, PagingStyle, Param, ParamKind, Place, Refused, ReplyKind,
    RetryClass, Starts, WaitPlaces, WaitSpec, Wire,
};
pub use crate::paginate::{Cursor, Items, Page, Pages, Paginate};
pub use crate::pipeline::{Options, Pipeline};
pub use crate::platform::Platform;
pub use crate::raw::RawCall;
pub use crate::secret::Secret;
pub use crate::stream::ByteStream;
pub use crate::time_expr::TimeExpr;
pub use crate::timestamp::Timestamp;
pub use crate::wait::{Listed, Listing, Look, Poll, Survey, Wait, WaitHandle as Handle};

use crate::pipeline::Node;
pub use crate::pipeline::lenient_json::to_json;
pub use crate::pipeline::{PLACEHOLDER, Response};

/// The generator's error type, as all operations have it.
pub type RawError = progenitor_client::Error<()>;

/// What generated code can say before anything is sent.
impl From<RawError> for Error {
    fn from(error: RawError) -> Self {
        match error {
            RawError::InvalidRequest(why) | RawError::Custom(why) => Error::new(ErrorKind::Request, why),
            RawError::CommunicationError(cause) => {
                Error::new(ErrorKind::Request, "the request could not be built").with_source(cause.without_url())
            }
            // The rest is about replies, which generated code never sees.
            other => Error::new(ErrorKind::Request, "the request could not be built")
                .with_source(Unforeseen(other.to_string())),
        }
    }
}

/// The words of an error that generated code has no way to make.
#[derive(Debug)]
struct Unforeseen(String);

impl std::fmt::Display for Unforeseen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unforeseen {}

/// The row of an operation; the generated code asks for none that it has not.
pub fn find(ops: &'static [Op], id: &str) -> &'static Op {
    static UNKNOWN: Op = Op::raw("", AuthKind::None, "");
    ops.binary_search_by(|op| op.id.cmp(id)).ok().and_then(|index| ops.get(index)).unwrap_or(&UNKNOWN)
}

/// What the document says about refused credentials for all its operations, so
/// that a call outside the document is understood alike.
pub fn common_refusals(ops: &[Op]) -> &'static [Refused] {
    let mut all = ops.iter().filter(|op| op.auth != AuthKind::None).map(|op| op.refused);
    let first = all.next().unwrap_or_default();
    if all.all(|other| other == first) { first } else { &[] }
}

/// Keeps a parameter for the handle of a wait, if it is set.
pub fn hold<T: Serialize + ?Sized>(args: &mut Vec<(&'static str, String)>, name: &'static str, value: &T) {
    match serde_json::to_value(value) {
        Ok(Value::Null) | Err(_) => {}
        Ok(Value::String(text)) => args.push((name, text)),
        Ok(other) => args.push((name, other.to_string())),
    }
}

/// The client whose calls go to that node alone, or to any.
pub fn at<C: Platform>(client: &C, node: Option<&str>) -> C {
    C::over(client.pipeline().to(node))
}

/// The client as whoever resumes a wait has it, or at the one node that the handle names.
pub fn resumed<C: Platform + Clone>(client: &C, handle: &Handle) -> C {
    match handle.node() {
        None => client.clone(),
        node => at(client, node),
    }
}

/// The client for calls about what a call has started: to the node that answered, where the document says that it lives
/// there alone.
pub fn onward<C: Platform>(client: &C, node: Option<&Node>) -> C {
    let pipeline = client.pipeline().onward();
    C::over(match node {
        Some(node) => pipeline.to(Some(node.base())),
        None => pipeline,
    })
}

/// The call that stops a job: the parameters of the job that it takes, and fixed ones.
pub fn stop(
    pipeline: &Pipeline,
    op: &'static Op,
    args: Vec<(&'static str, Value)>,
    fixed: &[(&'static str, &'static str)],
) -> BoxFuture<'static, Result<(), Error>> {
    let mut call = RawCall::of(pipeline.clone(), op);
    for (name, value) in args.into_iter().filter(|(name, _)| op.param(name).is_some()) {
        call = call.arg(name, value);
    }
    for (name, value) in fixed {
        call = call.arg(name, *value);
    }
    Box::pin(async move { call.bytes().await.map(drop) })
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

/// How much of a whole that is, from 0 to 1: counts may run past their end.
pub fn share(part: Option<f64>, whole: Option<f64>) -> Option<f64> {
    let share = part? / whole.filter(|whole| *whole > 0.0)?;
    share.is_finite().then(|| share.clamp(0.0, 1.0))
}

/// Whether something is there: "no" is an answer, and "cannot tell" a failure.
pub fn exists(answer: Result<Response, Error>) -> Result<bool, Error> {
    answer.optional().map(|there| there.is_some())
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

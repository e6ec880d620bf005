//! Generated-code support: what generated code names. Not part of the public interface: it changes with the
//! generator.

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
    AuthKind, BodyKind, Flag, JobListPlaces, ListPlaces, Op, Paging, PagingStyle, Param, ParamKind, ParamLocation,
    Refused, ReplyKind, ReplyShape, RetryClass, Starts, WaitPlaces, WaitSpec, Wire, find,
};
pub use crate::paginate::{Cursor, Items, Page, Pages, Paginate};
pub use crate::pipeline::{Options, Pipeline};
pub use crate::platform::{Platform, common_refusals};
pub use crate::raw::{Job, PagedList, RawCall, RawRequest, count, missing, no_list, word};
pub use crate::secret::Secret;
pub use crate::stream::ByteStream;
pub use crate::time_expr::TimeExpr;
pub use crate::timestamp::Timestamp;
pub use crate::wait::{ListedJob, PollResult, Pollable, StatusList, StatusPage, Wait, WaitHandle as Handle};

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

/// Whether something is there: "no" is an answer, and "cannot tell" a failure.
pub fn exists(answer: Result<Response, Error>) -> Result<bool, Error> {
    answer.optional().map(|there| there.is_some())
}

/// A parameter that the generated code could not convert.
pub fn invalid<T: std::fmt::Display + ?Sized>(why: &T) -> Error {
    Error::new(ErrorKind::Request, why.to_string())
}

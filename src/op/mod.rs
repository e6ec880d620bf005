//! Table of operations: one row, an [`Op`], for each endpoint of a platform's document.
//!
//! The rows are emitted from the OpenAPI documents. The pipeline reads them
//! to decide how a request may be repeated, authorised, paged and waited for;
//! the command line reads them to call any operation by name.
//!
//! ```
//! # #[cfg(feature = "autotune")] {
//! use mlhub::autotune::ops::OPS;
//!
//! for op in OPS.iter().filter(|op| op.paging.is_some()) {
//!     println!("{} {}: {}", op.group, op.verb, op.summary); // the operations that are lists
//! }
//! assert!(OPS.iter().any(|op| op.id == "trial_list" && op.path == "/v1/experiments/{experiment_id}/trials"));
//! # }
//! ```

mod paging;
mod param;
mod waiting;

use http::Method;

pub use paging::{ListPlaces, Paging, PagingStyle};
pub use param::{Flag, Param, ParamKind, ParamLocation};
pub use waiting::{JobListPlaces, Starts, WaitPlaces, WaitSpec};

/// Operation of a platform's document: what it is called with, what it replies, and what may be done around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Op {
    /// Name of the platform, such as `autotune`.
    pub platform: &'static str,
    /// Operation id, `group_verb`.
    pub id: &'static str,
    /// The resource it belongs to.
    pub group: &'static str,
    /// What it does to that resource.
    pub verb: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path template with `{name}` for each path parameter.
    pub path: &'static str,
    /// One line about what it does.
    pub summary: &'static str,
    /// Parameters, in the order of the document.
    pub params: &'static [Param],
    /// Parameters that are given by their place, after those of the path.
    pub arguments: &'static [&'static str],
    /// What the request carries.
    pub body: BodyKind,
    /// What a success carries.
    pub reply: ReplyKind,
    /// What its JSON is at the least.
    pub shape: ReplyShape,
    /// When a failed attempt may be repeated.
    pub retry: RetryClass,
    /// Header that always carries a fresh key, whatever the retry class.
    pub key: Option<&'static str>,
    /// How its list is cut into pages.
    pub paging: Option<Paging>,
    /// Where that list takes its position and keeps its items.
    pub list: Option<ListPlaces>,
    /// The fields that people look at first, as dotted paths from an item of the list or from the reply.
    pub columns: &'static [&'static str],
    /// Where the object or the list stands in the reply, as a dotted path; empty for the reply itself.
    pub row: &'static str,
    /// What can be waited for.
    pub waits: &'static [WaitSpec],
    /// Where each of those waits reads what it has to know, in the same order.
    pub wait_places: &'static [WaitPlaces],
    /// The job that a success has started.
    pub starts: Option<Starts>,
    /// Where the credential goes.
    pub auth: AuthKind,
    /// Answers that refuse the credential, beside 401.
    pub refused: &'static [Refused],
    /// Name of the platform's error shape.
    pub errors: &'static str,
    /// What replaces the documented path and query on the wire.
    pub wire: Option<Wire>,
    /// Whether the request body is compressed.
    pub gzip: bool,
    /// What a caller should know when the server answers with that status.
    pub hints: &'static [(u16, &'static str)],
}

impl Op {
    /// The row of a call that no document names: never repeated, its path not
    /// checked, JSON expected.
    pub const fn raw(platform: &'static str, auth: AuthKind, errors: &'static str) -> Op {
        Op {
            platform,
            id: "raw",
            group: "raw",
            verb: "raw",
            method: Method::GET,
            path: "",
            summary: "A call that the document does not name.",
            params: &[],
            arguments: &[],
            body: BodyKind::Json,
            reply: ReplyKind::Json,
            shape: ReplyShape::Any,
            retry: RetryClass::Never,
            key: None,
            paging: None,
            list: None,
            columns: &[],
            row: "",
            waits: &[],
            wait_places: &[],
            starts: None,
            auth,
            refused: &[],
            errors,
            wire: None,
            gzip: false,
            hints: &[],
        }
    }

    /// The parameter of that name.
    pub fn param(&self, name: &str) -> Option<&'static Param> {
        self.params.iter().find(|param| param.name == name)
    }

    /// The wait of that name.
    pub fn wait(&self, goal: &str) -> Option<&'static WaitSpec> {
        self.waits.iter().find(|wait| wait.goal == goal)
    }
}

/// Row of an operation in a table that is sorted by id; the generated code asks for none that it has not.
pub fn find(ops: &'static [Op], id: &str) -> &'static Op {
    static UNKNOWN: Op = Op::raw("", AuthKind::None, "");
    ops.binary_search_by(|op| op.id.cmp(id)).ok().and_then(|index| ops.get(index)).unwrap_or(&UNKNOWN)
}

/// Kind of a request body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// Nothing.
    None,
    /// A JSON document.
    Json,
    /// An HTML form.
    Form,
    /// Bytes as they are.
    Bytes,
    /// Plain text.
    Text,
    /// Every parameter as a field of one JSON object.
    Params,
}

/// Kind of a success reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyKind {
    /// A JSON document; an empty body reads as `null`.
    Json,
    /// JSON in which bare `NaN` and `Infinity` may stand; they read as `null`.
    Lenient,
    /// Plain text, handed over as it arrives.
    Text,
    /// Bytes, handed over as they arrive.
    Stream,
    /// Nothing worth reading.
    Empty,
}

/// Reply shape: what the JSON of a success is, as far as that shows without its types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyShape {
    /// Anything.
    Any,
    /// A text, or nothing.
    Text,
    /// A list.
    List,
    /// An object that has one of these fields.
    Object(&'static [&'static str]),
}

/// Retry class: when a failed attempt may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryClass {
    /// Repeating does no harm.
    Safe,
    /// Only repeated when nothing was sent.
    Never,
    /// The server takes a key for the same request and honours it, so that
    /// repeating does no harm once the key is set.
    Keyed {
        /// The header that carries the key.
        header: &'static str,
    },
}

/// Kind of authentication: where the credential goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthKind {
    /// Into the `authorization` header.
    Bearer,
    /// Into a field of the JSON body: `token`, unless the credential names another.
    Body,
    /// Into the `authorization` header, as user and password.
    Basic,
    /// Nowhere.
    None,
}

/// Reply that refuses the credential. Where any of an operation's has the
/// status 401, only those do; else every 401 does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The answer's status.
    pub status: u16,
    /// What the server's own message has to equal; without it, any answer of
    /// that status counts.
    pub message: Option<&'static str>,
    /// Whether other faults are answered alike. The credential is then replaced
    /// and the call repeated only where repeating does no harm, and the error
    /// stays that of its status.
    pub unsure: bool,
}

/// Wire form: what replaces the documented path and query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wire {
    /// Path template sent in place of the documented one.
    pub path: Option<&'static str>,
    /// Query pairs added to each request that does not name them itself.
    pub query: &'static [(&'static str, &'static str)],
    /// Query parameters and the name of the client's default for it, sent unless the request names them itself.
    pub client_defaults: &'static [(&'static str, &'static str)],
    /// Query pairs added where the parameter of the first name is set and that of the second is not.
    pub with: &'static [(&'static str, &'static str, &'static str)],
    /// The service that serves it, where that is another than the platform's
    /// main one; the builder is told its address.
    pub service: Option<&'static str>,
}

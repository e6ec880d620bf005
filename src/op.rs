//! What is known about each endpoint: one [`Op`] per operation of a document.
//!
//! The tables are emitted from the OpenAPI documents. The pipeline reads them
//! to decide how a request may be repeated, authorised, paged and waited for;
//! the command line reads them to call any operation by name.

use http::Method;

/// One operation of a platform's document.
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

/// One parameter of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Name on the wire.
    pub name: &'static str,
    /// Where it travels.
    pub place: Place,
    /// Whether a call without it is refused before it is sent.
    pub required: bool,
    /// What a value of it is; of each, where it takes several.
    pub kind: ParamKind,
    /// Whether it takes several values.
    pub list: bool,
    /// Separator of a list that travels as one text.
    pub join: Option<&'static str>,
    /// Whether its value never appears in errors, spans or logs.
    pub secret: bool,
    /// How its truth value is written, if it has one.
    pub flag: Option<Flag>,
    /// One line about it.
    pub doc: &'static str,
}

/// What a value of a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// Text, dates and ids that are texts among it.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// Anything that JSON can say.
    Json,
}

/// How a truth value travels in a query, where the server does not read the
/// words `true` and `false`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// As 1 or 0.
    Numeric,
    /// As 1, or not at all: the server takes any text for true.
    Presence,
}

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// A header.
    Header,
    /// A field of the body.
    Body,
}

/// What a request carries.
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

/// What a success carries.
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

/// When a failed attempt may be repeated.
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

/// Where the credential goes.
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

/// An answer that refuses the credential. Where any of an operation's has the
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

/// How a list is cut into pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// What names a page.
    pub style: PagingStyle,
    /// Number of the first page or item.
    pub first: u64,
    /// Largest page the server gives; 0 where the document names none.
    pub max: u64,
    /// Whether a parameter takes the size of a page.
    pub sized: bool,
    /// Whether the list is in the order of its ids.
    pub sorted: bool,
    /// Whether that order begins with the greatest.
    pub descending: bool,
    /// Whether the last page of a list with numbered pages shows that it is the last.
    pub ends: bool,
}

/// What names a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PagingStyle {
    /// The number of items before it.
    Offset,
    /// Its number.
    Page,
    /// A text from the page before it.
    Token,
    /// An address from the page before it.
    Link,
}

/// Where a list takes its position and keeps its items, by dotted paths: for walks put together at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListPlaces {
    /// The parameter that takes the position.
    pub position: Option<&'static str>,
    /// The parameter that takes the size of a page.
    pub size: Option<&'static str>,
    /// The size where nobody names one; without it, the server's own.
    pub default_size: Option<u64>,
    /// The items in the reply; empty where the reply is the list.
    pub items: &'static str,
    /// The number of all items in the reply.
    pub total: Option<&'static str>,
    /// What tells an item from all others, in the item.
    pub id: Option<&'static str>,
    /// What names the next page, in the reply.
    pub next: Option<&'static str>,
}

/// Where a wait reads what it has to know, by dotted paths: for waits put together at run time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WaitPlaces {
    /// The status word in the polled reply.
    pub status: Option<&'static str>,
    /// The field whose presence is final in the polled reply.
    pub present: Option<&'static str>,
    /// How far the job is, in the polled reply.
    pub progress: Option<&'static str>,
    /// The number that progress reaches at the end, in the polled reply, where it is neither 1 nor 100.
    pub whole: Option<&'static str>,
    /// Why it failed, in the polled reply.
    pub reason: Option<&'static str>,
    /// What the wait returns, in the reply of its own operation; none for all of it.
    pub value: Option<&'static str>,
    /// Fixed parameters of the call that stops the job.
    pub stop: &'static [(&'static str, &'static str)],
}

/// The job that a call has started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Starts {
    /// The operation that is waited for.
    pub operation: &'static str,
    /// The parameter of its path that takes the id.
    pub param: &'static str,
    /// Where the id stands in the reply, as a dotted path; empty where the reply is the id.
    pub id: &'static str,
}

/// Something that can be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitSpec {
    /// Its name, such as `done`.
    pub goal: &'static str,
    /// The operation that is asked again and again.
    pub poll: &'static str,
    /// Status words that mean success.
    pub good: &'static [&'static str],
    /// Status words that mean failure.
    pub bad: &'static [&'static str],
    /// Status words before the work begins; a failure once another word has been seen.
    pub start: &'static [&'static str],
    /// Words of the three kinds above that the server may take back: they count when the next look says the same.
    pub unsure: &'static [&'static str],
    /// Whether a field whose presence is final exists.
    pub present: bool,
    /// Whether such a job lives on one node alone.
    pub pinned: bool,
    /// The operation that lists such jobs with their status.
    pub list: Option<&'static str>,
    /// The operation that stops such a job.
    pub cancel: Option<&'static str>,
}

/// What replaces the documented path and query on the wire.
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

//! OpenAPI extension `x-mlhub`: what an endpoint *means* (retries, paging, waits, credentials), as types.
//!
//! It stands once at the top of a document (platform and defaults) and again in
//! each operation that differs; [`Endpoint::over`] joins the two key by key.

use std::collections::BTreeMap;

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Deserialize;

/// The key under which a document says what its endpoints mean.
pub const EXTENSION: &str = "x-mlhub";
/// The key on a string schema that says its values are a list in one text.
pub const JOIN: &str = "x-mlhub-join";
/// The key on the boolean schema of a query parameter that says how it is written: `bit` for 1 or 0, `set` for 1 or
/// not at all.
pub const FLAG: &str = "x-mlhub-flag";

/// `x-mlhub` at the top of a document.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// The platform's name: the module, the Cargo feature and the word in saved handles.
    pub platform: String,
    /// What holds for every operation that does not say otherwise.
    #[serde(default)]
    pub defaults: Endpoint,
}

/// `x-mlhub` of one operation. Every key may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Endpoint {
    /// When the operation may be sent again after a failure (left out: `never`).
    pub retry: Option<Retry>,
    /// A header that always carries a fresh key, whatever the retry class; implied by a keyed retry.
    pub key: Option<String>,
    /// How a list is paged. Operations with it get `.items()` and `.pages()`.
    pub paging: Option<Paging>,
    /// What people look at first in a table: fields of an item of the list, else of the reply, as dotted paths. Among
    /// the defaults it counts wherever there are such fields.
    pub columns: Option<Vec<String>>,
    /// Where the object or the list stands in the reply of an operation without paging, as a dotted path (left out: the
    /// reply itself). Among the defaults it counts wherever there is such a field.
    pub row: Option<String>,
    /// Named goals to wait for; `done` is what `.wait()` means.
    pub waits: Option<BTreeMap<String, Wait>>,
    /// The job that a success has started. Operations with it get `.start()`, which gives the call to wait for it.
    pub starts: Option<Starts>,
    /// How the caller proves who it is (left out: `none`).
    pub auth: Option<Auth>,
    /// Responses that refuse the credential. Where any of them has the status 401 only those do, else each 401 too.
    pub refused: Option<Vec<Refused>>,
    /// `body`: every documented query parameter travels in one JSON body. One that has the name of a path parameter is
    /// set along with it.
    pub params: Option<Params>,
    /// Query parameters that the accessor takes as arguments, after those of the path.
    pub arguments: Option<Vec<String>>,
    /// How the reply is read (left out: by its media type).
    pub reply: Option<Reply>,
    /// The name of the platform's error shape.
    pub errors: Option<String>,
    /// What replaces the documented path, where two honest operations share one.
    pub wire: Option<Wire>,
    /// Compress the request body.
    pub gzip: Option<bool>,
    /// What a caller should know when the server answers with that status: what it means there, and the way round.
    pub hints: Option<BTreeMap<u16, String>>,
}

impl Endpoint {
    /// The operation's own words over the document's defaults, key by key.
    #[must_use]
    pub fn over(self, defaults: &Self) -> Self {
        let d = defaults.clone();
        Self {
            retry: self.retry.or(d.retry),
            key: self.key.or(d.key),
            paging: self.paging.or(d.paging),
            columns: self.columns.or(d.columns),
            row: self.row.or(d.row),
            waits: self.waits.or(d.waits),
            starts: self.starts.or(d.starts),
            auth: self.auth.or(d.auth),
            refused: self.refused.or(d.refused),
            params: self.params.or(d.params),
            arguments: self.arguments.or(d.arguments),
            reply: self.reply.or(d.reply),
            errors: self.errors.or(d.errors),
            wire: self.wire.or(d.wire),
            gzip: self.gzip.or(d.gzip),
            hints: self.hints.or(d.hints),
        }
    }

    /// The header that carries a fresh key on each call, if any.
    #[must_use]
    pub fn key_header(&self) -> Option<&str> {
        match &self.retry {
            Some(Retry::Keyed(keyed)) => Some(&keyed.keyed),
            _ => self.key.as_deref(),
        }
    }
}

/// When an operation may be repeated.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(untagged)]
pub enum Retry {
    /// By one of the two plain words.
    Plain(PlainRetry),
    /// By a key that the server is proved to honour.
    Keyed(Keyed),
}

/// The retry classes that need no more than a word.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum PlainRetry {
    /// Repeating it changes nothing.
    Safe,
    /// Only if nothing was sent.
    Never,
}

/// A repeat that the server recognises by a header.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Keyed {
    /// The header's name.
    pub keyed: String,
    /// Where it is proved that the server honours the header.
    pub proof: String,
}

/// How a list is paged.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// What the position means.
    pub style: PagingStyle,
    /// The query parameter that takes the position (not for `link`).
    pub position: Option<String>,
    /// The query parameter that takes the page size.
    pub size: Option<String>,
    /// The number of the first page, where pages are counted.
    #[serde(default)]
    pub first: u64,
    /// The largest page the server gives.
    pub max: u64,
    /// The size of pages where the caller names none; left out: the server's own.
    pub default_size: Option<u64>,
    /// Where the items stand in the reply, as a dotted path; empty for a bare array.
    #[serde(default)]
    pub items: String,
    /// Where the total number of items stands, if the reply has it.
    pub total: Option<String>,
    /// The field of an item that tells it from others.
    pub id: Option<String>,
    /// Where the next token or link stands. Where pages or items are counted only its absence counts, on the last page.
    pub next: Option<String>,
    /// The list is in ascending order of its ids, numbers by value and texts by their bytes, whatever is added to it:
    /// then each item is given exactly once, also while others appear and go, and a saved place is exact.
    #[serde(default)]
    pub sorted: bool,
    /// That order is the other way round: the greatest id comes first, whatever is added.
    #[serde(default)]
    pub descending: bool,
}

/// What a position in a list is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum PagingStyle {
    /// A number of items to skip.
    Offset,
    /// A page number.
    Page,
    /// A text of the server's.
    Token,
    /// An address of the server's.
    Link,
}

/// One goal of a job: what to poll and which words are final.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Wait {
    /// The operation to poll; left out: the operation itself. It takes the same path parameters.
    pub poll: Option<String>,
    /// Where the status word stands in the polled reply.
    pub status: Option<String>,
    /// The words that mean the goal is reached.
    #[serde(default)]
    pub good: Vec<String>,
    /// The words that mean it never will be.
    #[serde(default)]
    pub bad: Vec<String>,
    /// The words before the work begins. They mean nothing at first, and failure once another word has been seen.
    #[serde(default)]
    pub start: Vec<String>,
    /// Those of the words above that the server may take back: they count when the next poll says the same.
    #[serde(default)]
    pub unsure: Vec<String>,
    /// A field whose presence is final, whatever the status word.
    pub present: Option<String>,
    /// Where progress stands, from 0 to 1 or 0 to 100.
    pub progress: Option<String>,
    /// Where the number stands that progress reaches at the end, if it is neither 1 nor 100.
    pub whole: Option<String>,
    /// Where the reason of a failure stands.
    pub reason: Option<String>,
    /// Which part of the reply the wait returns; left out: all of it.
    pub value: Option<String>,
    /// Such a job lives on one node alone, the one that was asked to start it: `.start()` gives a call that goes there and
    /// nowhere else, and the handle of its wait keeps the node. A wait that was not told the node asks all of them.
    #[serde(default)]
    pub pinned: bool,
    /// The list that tells of many such jobs in one request.
    pub list: Option<WaitList>,
    /// The call that stops such a job.
    pub cancel: Option<Cancel>,
}

/// What a call has started: another operation of the document tells how that goes. It takes those path parameters of
/// this one that it has too, and the id from the reply.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Starts {
    /// The operation that is waited for.
    pub operation: String,
    /// The path parameter of it that takes the id.
    pub param: String,
    /// Where the id stands in the reply, as a dotted path; left out: the reply is the id.
    #[serde(default)]
    pub id: String,
}

/// A list in which jobs stand with their status. Its operation has paging or answers with a bare array, and takes the
/// path parameters that it needs from the operation that is waited for.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WaitList {
    /// The operation.
    pub operation: String,
    /// The path parameter of the waiting operation that tells a job from the others in the list.
    pub param: String,
    /// The field of an item that equals that parameter.
    pub id: String,
    /// Where the status word stands in an item.
    pub status: Option<String>,
    /// The field of an item whose presence is final.
    pub present: Option<String>,
    /// As many of its items cost the server about as much as one poll of a job. Pages then hold as many items as there
    /// are jobs, and no more of them are read than polls would cost. Left out: pages as large as may be.
    pub items_per_poll: Option<u64>,
}

/// A call that stops a job. It takes those path parameters of the waiting operation that it has too, wherever they go.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Cancel {
    /// The operation.
    pub operation: String,
    /// Texts for other parameters of it.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

/// How the caller proves who it is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// A bearer token in the header.
    Bearer,
    /// A token among the fields of the JSON body.
    Body,
    /// User name and password in the header.
    Basic,
    /// Nothing.
    None,
}

/// A response that refuses the credential.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// The response's status.
    pub status: u16,
    /// What the server's own message has to equal; left out: any response of that status.
    pub message: Option<String>,
    /// Other errors are answered alike: the credential is replaced and the call repeated only where it is safe to, and
    /// the error stays that of its status.
    #[serde(default)]
    pub unsure: bool,
}

/// Where the documented query parameters travel.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Params {
    /// In one JSON body.
    Body,
    /// In the query, as documented.
    Query,
}

/// How a reply is read.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Reply {
    /// JSON.
    Json,
    /// JSON that may hold bare `NaN` and `Infinity`.
    Lenient,
    /// Text, read whole.
    Text,
    /// Bytes as they arrive.
    Stream,
    /// Nothing but its status, which says whether something is there: yes for a success, no for 404 and 410.
    Exists,
}

/// What goes out in place of the documented path.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Wire {
    /// The real path, with the same path parameters.
    pub path: Option<String>,
    /// The service that serves it, where that is another than the platform's main one and has an address of its own.
    pub service: Option<String>,
    /// Query parameters that are sent, unless the call names them itself.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// Query parameters that a client may have a default for, with its name for that: it is sent where there is
    /// one, unless the call names them itself.
    #[serde(default)]
    pub client_defaults: BTreeMap<String, String>,
    /// Query parameters that are sent with another one, by its name, unless they are set: a server's default that
    /// nobody would guess, said otherwise.
    #[serde(default)]
    pub with: BTreeMap<String, BTreeMap<String, String>>,
}

/// The JSON Schema of both extensions, as checked in under `openapi/x-mlhub.schema.json`.
#[cfg(feature = "schema")]
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut generator = schemars::SchemaGenerator::default();
    let platform = generator.subschema_for::<Platform>();
    let endpoint = generator.subschema_for::<Endpoint>();
    serde_json::json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "x-mlhub",
        "description": "What the endpoints of a document mean: once at its top, and in each operation that differs.",
        "anyOf": [platform, endpoint],
        "$defs": generator.take_definitions(true),
    })
}

//! Error of a call: what failed, where, how often it was tried, and what the server had to say.

mod attempt;
mod display;
mod kind;
mod optional;
mod server_message;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode};

pub use attempt::{Attempt, Outcome};
pub use kind::{ErrorKind, Explanation};
pub use optional::Optional;

pub(crate) use server_message::server_message;

/// Result with this crate's error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A longer error body is cut: it is there to be read by people.
pub(crate) const MAX_ERROR_BODY: usize = 64 * 1024;

type Source = Arc<dyn std::error::Error + Send + Sync>;

/// Why a call failed.
///
/// `Display` is one line that names the operation, the URL without secrets, the
/// status, the server's own message and how often it was tried; the cause stays
/// in [`source()`](std::error::Error::source). Cloning is cheap: eight calls
/// that waited for one token share one error.
#[derive(Clone)]
pub struct Error(Arc<ErrorDetails>);

#[derive(Clone)]
struct ErrorDetails {
    kind: ErrorKind,
    detail: String,
    message: Option<String>,
    platform: &'static str,
    operation: Option<&'static str>,
    method: Option<Method>,
    url: Option<String>,
    template: Option<&'static str>,
    status: Option<StatusCode>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    body: Option<Bytes>,
    attempts: Vec<Attempt>,
    may_have_been_applied: bool,
    retryable: bool,
    json_path: Option<String>,
    hint: Option<&'static str>,
    source: Option<Source>,
}

impl Error {
    /// An error of that kind; the detail is a clause without a full stop.
    pub fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Error(Arc::new(ErrorDetails {
            kind,
            detail: detail.into(),
            message: None,
            platform: "",
            operation: None,
            method: None,
            url: None,
            template: None,
            status: None,
            request_id: None,
            retry_after: None,
            body: None,
            attempts: Vec::new(),
            may_have_been_applied: false,
            retryable: false,
            json_path: None,
            hint: None,
            source: None,
        }))
    }

    /// The same error with its cause.
    pub fn with_source(self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.edit(|inner| inner.source = Some(Arc::from(source.into())))
    }

    /// What sort of failure this is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The stable code of the kind, such as `MLH-AUTH`.
    pub fn code(&self) -> &'static str {
        self.0.kind.code()
    }

    /// The status of the last reply, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The server's name for the request, from its reply headers.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Every attempt of the call, in order.
    pub fn attempts(&self) -> &[Attempt] {
        &self.0.attempts
    }

    /// How long the server asked to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The reply's body, at most 64 KiB of it. It may carry what the server
    /// thinks of as secret: print [`message()`](Self::message) instead.
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.as_ref()
    }

    /// The server's own words, without its wrapping.
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// Our words: what went wrong and what to do next.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Name of the platform, such as `autotune`; empty for a failure outside a call.
    pub fn platform(&self) -> &'static str {
        self.0.platform
    }

    /// The operation id, such as `experiment_ask`; `raw` for a call that no document names.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// HTTP method of the call.
    pub fn method(&self) -> Option<&Method> {
        self.0.method.as_ref()
    }

    /// The address of the last attempt without credentials and secret values.
    pub fn url(&self) -> Option<&str> {
        self.0.url.as_deref()
    }

    /// The path template of the operation.
    pub fn url_template(&self) -> Option<&'static str> {
        self.0.template
    }

    /// What the document knows about that answer to that call: what it means there, and the way round if there is one.
    pub fn hint(&self) -> Option<&'static str> {
        self.0.hint
    }

    /// Where in the reply decoding failed, such as `data[3].id`.
    pub fn json_path(&self) -> Option<&str> {
        self.0.json_path.as_deref()
    }

    /// Whether time ran out: one attempt's, the call's or a wait's.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Whether the same call may succeed later: the failure is of a passing
    /// nature. Says nothing about whether repeating does harm; that is
    /// [`may_have_been_applied`](Self::may_have_been_applied).
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// Whether the server may have done what it was asked although the call
    /// failed. Always false for a read, and when nothing was sent.
    pub fn may_have_been_applied(&self) -> bool {
        self.0.may_have_been_applied
    }

    fn edit(mut self, change: impl FnOnce(&mut ErrorDetails)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }
}

/// What the pipeline adds to an error on its way out.
impl Error {
    pub(crate) fn with_call(
        self,
        operation: (&'static str, &'static str),
        method: Method,
        template: &'static str,
    ) -> Self {
        self.edit(|inner| {
            inner.platform = operation.0;
            inner.operation = Some(operation.1);
            inner.method = Some(method);
            inner.template = (!template.is_empty()).then_some(template);
        })
    }

    pub(crate) fn with_url(self, url: Option<String>) -> Self {
        self.edit(|inner| inner.url = url)
    }

    pub(crate) fn with_status(self, status: StatusCode, request_id: Option<String>) -> Self {
        self.edit(|inner| {
            inner.status = Some(status);
            inner.request_id = request_id;
        })
    }

    pub(crate) fn with_message(self, message: Option<String>) -> Self {
        self.edit(|inner| inner.message = message)
    }

    pub(crate) fn with_hint(self, hint: Option<&'static str>) -> Self {
        self.edit(|inner| inner.hint = hint)
    }

    pub(crate) fn with_body(self, mut body: Bytes) -> Self {
        body.truncate(MAX_ERROR_BODY);
        self.edit(|inner| inner.body = Some(body))
    }

    pub(crate) fn with_retry_after(self, time: Option<Duration>) -> Self {
        self.edit(|inner| inner.retry_after = time)
    }

    pub(crate) fn with_attempts(self, attempts: Vec<Attempt>) -> Self {
        self.edit(|inner| inner.attempts = attempts)
    }

    pub(crate) fn with_json_path(self, path: String) -> Self {
        self.edit(|inner| inner.json_path = Some(path))
    }

    pub(crate) fn with_detail(self, detail: String) -> Self {
        self.edit(|inner| inner.detail = detail)
    }

    pub(crate) fn retryable(self, retryable: bool) -> Self {
        self.edit(|inner| inner.retryable = retryable)
    }

    pub(crate) fn applied(self, maybe: bool) -> Self {
        self.edit(|inner| inner.may_have_been_applied = maybe)
    }
}

//! Error response: every refusal as `{"detail": ..}`, a text or for validation a list of what is wrong where.

use std::fmt::Display;

use jiff::SignedDuration;
use poem::http::{StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{Any, Type};
use poem_openapi::{ApiResponse, Object};
use serde::Serialize;

use crate::hub::HubError;
use crate::store::StoreError;
use crate::study::Scalar;

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Serialize, Object)]
#[oai(rename = "Problem")]
pub(crate) struct ValidationError {
    /// The way to the value: body, path, query or header first, then names and positions.
    pub(crate) loc: Vec<Scalar>,
    /// What is wrong, in words.
    pub(crate) msg: String,
    /// The kind of mistake, for programs.
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    pub(crate) kind: String,
    /// Values that the message speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ctx: Option<Any<serde_json::Value>>,
}

impl ValidationError {
    pub(crate) fn new<L: Into<Scalar>>(loc: impl IntoIterator<Item = L>, msg: impl Into<String>, kind: &str) -> Self {
        Self { loc: loc.into_iter().map(Into::into).collect(), msg: msg.into(), kind: kind.to_owned(), ctx: None }
    }

    pub(crate) fn missing<L: Into<Scalar>>(loc: impl IntoIterator<Item = L>) -> Self {
        Self::new(loc, "field required", "value_error.missing")
    }

    /// Cuts off what a caller wrote into it at length.
    fn shorten(&mut self) {
        self.msg = shortened(std::mem::take(&mut self.msg), MAX_MESSAGE);
        for step in &mut self.loc {
            if let Scalar::Text(name) = step {
                *name = shortened(std::mem::take(name), MAX_MESSAGE);
            }
        }
    }

    pub(crate) fn with_ctx(mut self, ctx: serde_json::Value) -> Self {
        self.ctx = Some(Any(ctx));
        self
    }
}

/// Number of problems that one answer lists.
const MAX_ERRORS: usize = 50;
/// Maximum length of a message about one problem, and of a name in its place, in characters.
const MAX_MESSAGE: usize = 500;
/// Maximum length of a detail, in characters.
const MAX_DETAIL: usize = 4000;

/// The beginning of a text that is longer than `most` characters.
fn shortened(text: String, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
enum Detail {
    Text(String),
    Validation(Vec<ValidationError>),
}

/// Error code of a finite space that has no point left: asking again brings nothing, unless a pending trial comes back.
const SPACE_EXHAUSTED: &str = "space_exhausted";

/// An error response, on its way to the caller.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    detail: Detail,
    code: Option<&'static str>,
    challenge: bool,
    retry_after: Option<u32>,
}

impl ApiError {
    pub(crate) fn text(status: StatusCode, detail: impl Into<String>) -> Self {
        let detail = shortened(detail.into(), MAX_DETAIL);
        Self { status, detail: Detail::Text(detail), code: None, challenge: false, retry_after: None }
    }

    /// 422 with everything that is wrong with the request, up to a length that does not depend on it.
    pub(crate) fn validation(mut errors: Vec<ValidationError>) -> Self {
        let more = errors.len().saturating_sub(MAX_ERRORS);
        errors.truncate(MAX_ERRORS);
        errors.iter_mut().for_each(ValidationError::shorten);
        if more > 0 {
            errors.push(ValidationError::new(
                ["body"],
                format!("{more} more problems are not listed"),
                "value_error.more",
            ));
        }
        Self { detail: Detail::Validation(errors), ..Self::text(StatusCode::UNPROCESSABLE_ENTITY, "") }
    }

    /// 401 with the challenge that RFC 9110 asks for.
    pub(crate) fn challenge(detail: impl Into<String>) -> Self {
        Self { challenge: true, ..Self::text(StatusCode::UNAUTHORIZED, detail) }
    }

    pub(crate) fn unauthorized(detail: impl Into<String>) -> Self {
        Self::text(StatusCode::UNAUTHORIZED, detail)
    }

    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::text(StatusCode::FORBIDDEN, detail)
    }

    pub(crate) fn unprocessable(detail: impl Into<String>) -> Self {
        Self::text(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// The server is at its limit; the same request may succeed after `seconds`.
    fn busy(detail: impl Into<String>, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..Self::text(StatusCode::SERVICE_UNAVAILABLE, detail) }
    }

    /// Too much of something came from an address, `what` in words; the next may come after `wait`.
    fn throttled(what: &str, wait: SignedDuration) -> Self {
        // The whole second before the end is too early.
        let seconds =
            u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(u32::from(wait.subsec_nanos() > 0));
        let detail = format!("{what}. Try again in {seconds} s.");
        Self { retry_after: Some(seconds), ..Self::text(StatusCode::TOO_MANY_REQUESTS, detail) }
    }

    /// The database cannot be used at this moment. The cause goes to the log.
    pub(crate) fn unusable(cause: &StoreError) -> Self {
        tracing::error!(%cause, "the database is unusable");
        Self::busy("The database cannot be used. The hub's log has the cause.", RETRY_AFTER)
    }

    /// A failure of ours. The cause goes to the log; the caller is told where to look for it.
    pub(crate) fn internal(cause: impl Display) -> Self {
        tracing::error!(%cause, "the request failed");
        Self::text(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The hub failed to answer. Its log has the cause under the x-request-id of this reply.",
        )
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut body = serde_json::json!({ "detail": self.detail });
        if let Some(code) = self.code {
            body["code"] = code.into();
        }
        let mut reply = Response::builder().status(self.status).content_type("application/json").body(body.to_string());
        if self.challenge {
            reply.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            reply.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        reply
    }
}

/// After how many seconds a caller may try again where others held the database or an experiment.
const RETRY_AFTER: u32 = 1;

impl From<HubError> for ApiError {
    fn from(error: HubError) -> Self {
        match error {
            HubError::Forbidden(detail) => Self::text(StatusCode::FORBIDDEN, detail),
            HubError::NotFound(detail) => Self::text(StatusCode::NOT_FOUND, detail),
            HubError::Conflict(detail) => Self::text(StatusCode::CONFLICT, detail),
            HubError::SpaceExhausted => Self {
                code: Some(SPACE_EXHAUSTED),
                ..Self::text(
                    StatusCode::CONFLICT,
                    "Every point of this space has been tried or is pending. Tell the pending trials, or make an \
                     experiment with a larger space.",
                )
            },
            HubError::NotAuthenticated(detail) => Self::challenge(detail),
            HubError::Throttled(wait) => Self::throttled("Too many logins from here have failed", wait),
            HubError::SignupsThrottled(wait) => Self::throttled("Too many accounts were made from here", wait),
            HubError::WeakPassword(field, why) => {
                Self::validation(vec![ValidationError::new(["body", field], why, "value_error.password")])
            }
            HubError::Contention => Self::busy("Too many ask this experiment at once. Ask again.", RETRY_AFTER),
            HubError::Store(error) => error.into(),
            HubError::Internal(cause) => Self::internal(cause),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::busy("The database is busy. Send the request again.", RETRY_AFTER),
            StoreError::Full => {
                tracing::error!("the disk of the database is full");
                Self::text(
                    StatusCode::INSUFFICIENT_STORAGE,
                    "The disk of the database is full, so nothing was stored. Once its operator has made room, send the \
                     request again.",
                )
            }
            StoreError::Lost(_) => Self::unusable(&error),
            StoreError::Gone => {
                Self::text(StatusCode::NOT_FOUND, "What this request is about was deleted while it was on its way.")
            }
            // 422 as the draft of the Idempotency-Key header asks for, section 2.7.
            StoreError::KeyReused => Self::unprocessable(
                "This Idempotency-Key was used for another request. Send a new key with a new request.",
            ),
            StoreError::Failed(_) => Self::internal(error),
        }
    }
}

impl From<ApiError> for poem::Error {
    fn from(error: ApiError) -> Self {
        poem::Error::from_response(error.into_response())
    }
}

impl ApiResponse for ApiError {
    fn meta() -> MetaResponses {
        let refusal = |range: &str, description| MetaResponse {
            description,
            status: None,
            status_range: Some(range.to_owned()),
            content: vec![MetaMediaType {
                content_type: "application/json",
                schema: MetaSchemaRef::Reference("Failure".to_owned()),
            }],
            headers: Vec::new(),
        };
        MetaResponses {
            responses: vec![
                refusal("4XX", "The request is refused; the detail says why."),
                refusal("5XX", "The hub failed or is at its limit."),
            ],
        }
    }

    fn register(registry: &mut Registry) {
        registry.create_schema::<ApiError, _>("Failure".to_owned(), |registry| {
            ValidationError::register(registry);
            let text = MetaSchema::new("string");
            let list = MetaSchema { items: Some(Box::new(ValidationError::schema_ref())), ..MetaSchema::new("array") };
            let detail = MetaSchema {
                description: Some(
                    "What is wrong: one text, or a list of problems where values of the request are at fault.",
                ),
                one_of: vec![MetaSchemaRef::Inline(Box::new(text)), MetaSchemaRef::Inline(Box::new(list))],
                ..MetaSchema::ANY
            };
            let code = MetaSchema {
                description: Some("A word for programs, where a status has several reasons: space_exhausted."),
                ..MetaSchema::new("string")
            };
            MetaSchema {
                description: Some("Why a request was refused."),
                required: vec!["detail"],
                properties: vec![
                    ("detail", MetaSchemaRef::Inline(Box::new(detail))),
                    ("code", MetaSchemaRef::Inline(Box::new(code))),
                ],
                ..MetaSchema::new("object")
            }
        });
    }
}

//! A reply that carries something secret, which nothing on the way may keep.

use poem::http::header::CACHE_CONTROL;
use poem_openapi::payload::Response;

use super::answer::Answer;
use super::fault::Fault;

/// What an operation returns that gives something secret.
pub(crate) type Confidential<const STATUS: u16, T> = Result<Response<Answer<STATUS, T>>, Fault>;

/// The reply `body`, with the header that RFC 6749 section 5.1 asks for where there are tokens.
pub(crate) fn confidential<const STATUS: u16, T>(body: T) -> Response<Answer<STATUS, T>> {
    Response::new(Answer(body)).header(CACHE_CONTROL, "no-store")
}

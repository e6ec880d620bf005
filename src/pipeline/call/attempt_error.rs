//! Attempt error: what an attempt that did not succeed means to the caller.

use std::time::Duration;

use http::StatusCode;

use super::attempt::{Failure, RawBody, RawResponse};
use super::redirect;
use super::state::Call;
use crate::error::{Error, ErrorKind, Outcome, server_message};
use crate::op::{Op, Refused, RetryClass};
use crate::pipeline::auth::Credential;
use crate::pipeline::redact;
use crate::pipeline::response::request_id;
use crate::pipeline::retry::{blames_node, may_succeed_later, retry_after};

/// The status of the credential that was sent, by the response.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CredentialStatus {
    /// It was taken, and what was asked for with it refused.
    Accepted,
    /// It was refused.
    Refused,
    /// It may have been refused.
    Unsure,
}

fn credential_status(op: &Op, status: StatusCode, message: Option<&str>) -> CredentialStatus {
    let fits = |refused: &&Refused| {
        refused.status == status.as_u16() && refused.message.is_none_or(|wanted| message == Some(wanted))
    };
    let usual = StatusCode::UNAUTHORIZED;
    let names_usual = op.refused.iter().any(|refused| refused.status == usual.as_u16());
    match op.refused.iter().find(fits) {
        Some(refused) if refused.unsure => CredentialStatus::Unsure,
        Some(_) => CredentialStatus::Refused,
        None if status == usual && !names_usual => CredentialStatus::Refused,
        None => CredentialStatus::Accepted,
    }
}

/// The error of an attempt that did not succeed, and what the retry policy needs to know of it.
pub(super) struct AttemptError {
    pub(super) outcome: Outcome,
    /// As the caller would get it if the call ended here.
    pub(super) error: Error,
    pub(super) retry_after: Option<Duration>,
    /// What the attempt was sent with, where that can be replaced.
    pub(super) renewable: Option<Credential>,
    /// Whether the same server would end every other attempt alike.
    pub(super) lasting: bool,
}

/// The error of a response that is no success.
pub(super) fn refusal(
    call: &Call<'_>,
    response: RawResponse,
    credential: Option<Credential>,
    renews: bool,
) -> AttemptError {
    let wall = call.pipeline.core.clock.wall();
    let retry_after = retry_after::read(&response.headers, wall);
    let body = match response.body {
        RawBody::Whole(bytes) => bytes,
        RawBody::Open(_) => bytes::Bytes::new(),
    };
    let status = response.status;
    let message = server_message(call.context.op.errors, &body);
    let on_credential = credential_status(call.context.op, status, message.as_deref());
    let kind = match on_credential {
        CredentialStatus::Refused => ErrorKind::Unauthenticated,
        // The server knows who calls, and refuses what is asked for.
        CredentialStatus::Accepted if status == StatusCode::UNAUTHORIZED => ErrorKind::Forbidden,
        CredentialStatus::Accepted | CredentialStatus::Unsure => ErrorKind::of_status(status),
    };
    let replaced = match on_credential {
        CredentialStatus::Accepted => false,
        CredentialStatus::Refused => true,
        CredentialStatus::Unsure => call.class == RetryClass::Safe,
    };
    let message = message.map(|message| redact::remove(message, &secrets(call, credential.as_ref())));
    let mut detail = format!("the server answered {status}");
    let address = call.context.address.as_deref().unwrap_or_default();
    if let Some(why) = redirect::refusal(call.context.op, &call.template, status, &response.headers, address) {
        detail = format!("{detail}, {why}");
    }
    let hint = call.context.op.hints.iter().find(|(known, _)| *known == status.as_u16());
    let error = Error::new(kind, detail)
        .with_hint(hint.map(|(_, hint)| *hint))
        .with_message(message)
        .with_status(status, request_id(&response.headers))
        .with_retry_after(retry_after)
        .with_body(body);
    AttemptError {
        outcome: Outcome::Status(status),
        error,
        retry_after,
        renewable: credential.filter(|_| replaced && renews),
        lasting: false,
    }
}

/// The secrets that the server must not be quoted with.
fn secrets(call: &Call<'_>, credential: Option<&Credential>) -> redact::Secrets {
    let body = call.template.body.as_bytes().map(|bytes| &**bytes).unwrap_or_default();
    redact::of_request(call.context.op, &call.template.headers, call.template.query.as_deref(), body, credential)
}

/// The error of an attempt without a response.
pub(super) fn failure(call: &Call<'_>, failure: Failure, limit: Duration) -> AttemptError {
    let node = call.context.attempts.last().map_or("", |last| &last.node);
    let options = &call.pipeline.options;
    let (kind, detail) = match failure.outcome {
        Outcome::NotSent if failure.cause.is_none() => {
            (ErrorKind::Connect, format!("cannot connect to {node} within {} s", limit.as_secs_f64()))
        }
        Outcome::NotSent => (ErrorKind::Connect, format!("cannot connect to {node}")),
        Outcome::Queued => (
            ErrorKind::Timeout,
            format!(
                "no connection to {node} was free within {} s: all that the client's limit allows were in use",
                limit.as_secs_f64()
            ),
        ),
        Outcome::TimedOut if limit < options.timeout => (
            ErrorKind::Timeout,
            format!(
                "no answer within the {} s that were left of the call's deadline of {} s",
                limit.as_secs_f64(),
                options.deadline.as_secs_f64()
            ),
        ),
        Outcome::TimedOut => (ErrorKind::Timeout, format!("no answer within {} s", limit.as_secs_f64())),
        _ if failure.is_unreadable() => (ErrorKind::Decode, "the reply cannot be taken".to_owned()),
        Outcome::Broken | Outcome::Status(_) => {
            (ErrorKind::Transport, "the connection broke before the reply was whole".to_owned())
        }
    };
    let mut error = Error::new(kind, detail);
    if let Some(head) = failure.head {
        error = error.with_status(head.status, head.request_id);
    }
    let mut lasting = false;
    if let Some(cause) = failure.cause {
        if let Some(reason) = cause.reason() {
            let detail = format!("{}: {reason}", error.detail());
            error = error.with_detail(detail);
        }
        lasting = cause.is_lasting();
        error = error.with_source(cause);
    }
    AttemptError { outcome: failure.outcome, error, retry_after: None, renewable: None, lasting }
}

pub(super) fn give_up(call: &Call<'_>, failed: AttemptError, why: Option<String>) -> Error {
    let mut error = failed.error;
    let pinned = call.pipeline.pin.is_some() && blames_node(failed.outcome);
    let pinned = pinned.then(|| "the call is pinned to that server and goes to no other".to_owned());
    for why in pinned.into_iter().chain(why) {
        let detail = format!("{}; {why}", error.detail());
        error = error.with_detail(detail);
    }
    ended(call, error).retryable(may_succeed_later(failed.outcome) && !failed.lasting)
}

/// The error that ends the call: the attempts before it count, whatever it
/// was that failed at last.
pub(super) fn ended(call: &Call<'_>, error: Error) -> Error {
    let maybe = !call.context.is_read()
        && call.context.attempts.iter().any(|attempt| match attempt.outcome {
            Outcome::NotSent | Outcome::Queued => false,
            Outcome::TimedOut | Outcome::Broken => true,
            // 501 says that the server cannot do it.
            Outcome::Status(status) => status.is_server_error() && status != http::StatusCode::NOT_IMPLEMENTED,
        });
    call.context.with_context(error).applied(maybe)
}

pub(super) fn out_of_time(call: &Call<'_>, how: &str) -> Error {
    let deadline = &call.pipeline.options.deadline.as_secs_f64();
    let detail = format!("the call's deadline of {deadline} s {how}");
    ended(call, Error::new(ErrorKind::Timeout, detail)).retryable(true)
}

/// The error of a call whose credential could not be fetched: of the same kind, so that whoever acts on the kind or the
/// status does as for the login itself.
pub(super) fn no_credential(call: &Call<'_>, login: Error) -> Error {
    // A login is a call of its own: what it has to say is the cause.
    if login.operation().is_none() {
        return ended(call, login);
    }
    let mut error = Error::new(login.kind(), format!("no token could be fetched: {}", login.detail()))
        .with_message(login.message().map(str::to_owned))
        .with_retry_after(login.retry_after())
        .retryable(login.is_retryable());
    if let Some(status) = login.status() {
        error = error.with_status(status, login.request_id().map(str::to_owned));
    }
    ended(call, error.with_source(login))
}

//! What an attempt that did not succeed means to the caller.

use std::time::Duration;

use http::StatusCode;

use super::attempt::{Answer, AnswerBody, Failure};
use super::auth::Credential;
use super::reply::request_id;
use super::run::Run;
use super::{redact, retry_after, secrets, verdict};
use crate::error::{Error, ErrorKind, Outcome, shape};
use crate::op::{Op, Refused};

/// What an answer says about the credential that was sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// It was taken, and what was asked for with it refused.
    Taken,
    /// It was refused.
    Refused,
    /// It may have been refused.
    Doubtful,
}

fn verdict_on_credential(op: &Op, status: StatusCode, message: Option<&str>) -> Verdict {
    let fits = |refused: &&Refused| {
        refused.status == status.as_u16() && refused.message.is_none_or(|wanted| message == Some(wanted))
    };
    let usual = StatusCode::UNAUTHORIZED;
    let names_usual = op.refused.iter().any(|refused| refused.status == usual.as_u16());
    match op.refused.iter().find(fits) {
        Some(refused) if refused.unsure => Verdict::Doubtful,
        Some(_) => Verdict::Refused,
        None if status == usual && !names_usual => Verdict::Refused,
        None => Verdict::Taken,
    }
}

/// An attempt that did not succeed.
pub(super) struct Failed {
    pub(super) outcome: Outcome,
    /// As the caller would get it if the call ended here.
    pub(super) error: Error,
    pub(super) retry_after: Option<Duration>,
    /// What the attempt was sent with, where that can be replaced.
    pub(super) renewable: Option<Credential>,
    /// Whether the same server would end every other attempt alike.
    pub(super) lasting: bool,
}

impl Run<'_> {
    /// The server has answered with a failure.
    pub(super) fn refusal(&self, answer: Answer, credential: Option<Credential>, renews: bool) -> Failed {
        let wall = self.pipeline.clock().wall();
        let retry_after = retry_after::read(&answer.headers, wall);
        let body = match answer.body {
            AnswerBody::Whole(bytes) => bytes,
            AnswerBody::Open(_) => bytes::Bytes::new(),
        };
        let status = answer.status;
        let message = server_message::message(self.context.op.errors, &body);
        let on_credential = verdict_on_credential(self.context.op, status, message.as_deref());
        let kind = match on_credential {
            Verdict::Refused => ErrorKind::Unauthenticated,
            // The server knows who calls, and refuses what is asked for.
            Verdict::Taken if status == StatusCode::UNAUTHORIZED => ErrorKind::Forbidden,
            Verdict::Taken | Verdict::Doubtful => ErrorKind::of_status(status),
        };
        let replaced = match on_credential {
            Verdict::Taken => false,
            Verdict::Refused => true,
            Verdict::Doubtful => self.is_safe(),
        };
        let message = message.map(|message| secrets::without(message, &self.secrets(credential.as_ref())));
        let mut detail = format!("the server answered {status}");
        if let (true, Some(target)) = (status.is_redirection(), answer.headers.get("location")) {
            let target = redact::url(self.context.op, &String::from_utf8_lossy(target.as_bytes()));
            detail = format!("{detail}, a redirect to {target} that is not followed");
        }
        let hint = self.context.op.hints.iter().find(|(known, _)| *known == status.as_u16());
        let error = Error::new(kind, detail)
            .with_hint(hint.map(|(_, hint)| *hint))
            .with_message(message)
            .with_status(status, request_id(&answer.headers))
            .with_retry_after(retry_after)
            .with_body(body);
        Failed {
            outcome: Outcome::Status(status),
            error,
            retry_after,
            renewable: credential.filter(|_| replaced && renews),
            lasting: false,
        }
    }

    /// What the server must not be quoted with.
    fn secrets(&self, credential: Option<&Credential>) -> secrets::Secrets {
        let body = self.draft.body.as_bytes().map(|bytes| &**bytes).unwrap_or_default();
        secrets::of(self.context.op, &self.draft.headers, self.draft.query.as_deref(), body, credential)
    }

    /// There is no answer.
    pub(super) fn failure(&self, failure: Failure, limit: Duration) -> Failed {
        let node = self.context.attempts.last().map_or("", |last| &last.node);
        let options = self.pipeline.options();
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
        Failed { outcome: failure.outcome, error, retry_after: None, renewable: None, lasting }
    }

    pub(super) fn give_up(&self, failed: Failed, why: Option<String>) -> Error {
        let mut error = failed.error;
        let pinned = self.pipeline.pin().is_some() && verdict::blames_node(failed.outcome);
        let pinned = pinned.then(|| "the call is pinned to that server and goes to no other".to_owned());
        for why in pinned.into_iter().chain(why) {
            let detail = format!("{}; {why}", error.detail());
            error = error.with_detail(detail);
        }
        self.ended(error).retryable(verdict::may_succeed_later(failed.outcome) && !failed.lasting)
    }

    /// The error that ends the call: the attempts before it count, whatever it
    /// was that failed at last.
    pub(super) fn ended(&self, error: Error) -> Error {
        let maybe = !self.context.is_read()
            && self.context.attempts.iter().any(|attempt| match attempt.outcome {
                Outcome::NotSent | Outcome::Queued => false,
                Outcome::TimedOut | Outcome::Broken => true,
                // 501 says that the server cannot do it.
                Outcome::Status(status) => status.is_server_error() && status != http::StatusCode::NOT_IMPLEMENTED,
            });
        self.context.dress(error).applied(maybe)
    }

    pub(super) fn out_of_time(&self, how: &str) -> Error {
        let deadline = self.pipeline.options().deadline.as_secs_f64();
        let detail = format!("the call's deadline of {deadline} s {how}");
        self.ended(Error::new(ErrorKind::Timeout, detail)).retryable(true)
    }
}

//! Tracing spans by OpenTelemetry's conventions for HTTP clients: one for the call, one
//! below it for each attempt.

use http::{Method, StatusCode};
use tracing::{Span, field};

use crate::error::{Error, Outcome};
use crate::op::Op;
use crate::pipeline::node::Node;

/// The span of a call.
pub(crate) fn call(op: &Op, method: &Method) -> Span {
    tracing::info_span!(
        target: "mlhub",
        "mlhub.call",
        otel.kind = "internal",
        mlhub.platform = op.platform,
        mlhub.operation = op.id,
        http.request.method = method.as_str(),
        url.template = op.path,
        http.response.status_code = field::Empty,
        error.type = field::Empty,
    )
}

/// How the call ended.
pub(crate) fn ended(span: &Span, result: Result<StatusCode, &Error>) {
    match result {
        Ok(status) => {
            span.record("http.response.status_code", status.as_u16());
        }
        Err(error) => {
            if let Some(status) = error.status() {
                span.record("http.response.status_code", status.as_u16());
            }
            span.record("error.type", error.code());
        }
    }
}

/// The span of an attempt; `resend` counts the attempts before it.
pub(crate) fn attempt(op: &Op, method: &Method, node: &Node, resend: usize) -> Span {
    let span = tracing::info_span!(
        target: "mlhub",
        "mlhub.attempt",
        otel.name = %format_args!("{method} {}", op.path),
        otel.kind = "client",
        http.request.method = method.as_str(),
        url.template = op.path,
        server.address = node.host(),
        server.port = node.port(),
        http.request.resend_count = field::Empty,
        http.response.status_code = field::Empty,
        error.type = field::Empty,
    );
    // The convention leaves the count out of the first attempt.
    if resend > 0 {
        span.record("http.request.resend_count", resend as u64);
    }
    span
}

/// How the attempt ended.
pub(crate) fn attempted(span: &Span, outcome: Outcome, good: bool) {
    if let Outcome::Status(status) = outcome {
        span.record("http.response.status_code", status.as_u16());
    }
    if !good && !span.is_disabled() {
        span.record("error.type", outcome.word().as_str());
    }
}

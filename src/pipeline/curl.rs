//! Each request as a curl command that runs.
//!
//! Logged under the target `mlhub::curl`, level TRACE, and only for a
//! subscriber that names that target: `RUST_LOG=mlhub::curl=trace` prints the
//! commands, `RUST_LOG=trace` does not. A filter cannot be asked what it names,
//! so a sibling target that nobody names is asked for comparison: where it is
//! enabled too, the filter is a broad one. The option `curl_trace` skips the
//! comparison.
//!
//! Secrets are written as shell variables: `$MLHUB_TOKEN` for the credential,
//! `$MLHUB_` and the name in capitals for a secret parameter. Set them to the
//! values as they travel, and the command runs.

use std::fmt::Write as _;

use http::header::CONTENT_LENGTH;
use tracing::Level;

use super::auth::Credential;
use super::{Body, secrets};
use crate::op::Op;
use crate::secret::Secret;

/// Logs the request, if anybody wants to see it.
pub(crate) fn log(request: &http::Request<Body>, op: &Op, credential: Option<&Credential>, always: bool) {
    if tracing::enabled!(target: "mlhub::curl", Level::TRACE)
        && (always || !tracing::enabled!(target: "mlhub::any", Level::TRACE))
    {
        tracing::trace!(target: "mlhub::curl", "{}", command(request, op, credential));
    }
}

/// The request as one line for a POSIX shell.
pub(super) fn command(request: &http::Request<Body>, op: &Op, credential: Option<&Credential>) -> String {
    let body = request.body().as_bytes().map(|bytes| &**bytes).unwrap_or_default();
    let secrets = secrets::of(op, request.headers(), request.uri().query(), body, credential);
    let quote = |text: &str| quote(text, &secrets);
    let method = request.method().as_str();
    let mut out = format!("curl -sS -X {method} {}", quote(&request.uri().to_string()));
    for (name, header) in request.headers() {
        if name == CONTENT_LENGTH {
            continue;
        }
        let line = format!("{name}: {}", String::from_utf8_lossy(header.as_bytes()));
        let _ = write!(out, " -H {}", quote(&line));
    }
    match request.body().as_bytes().map(|bytes| std::str::from_utf8(bytes)) {
        Some(Ok("")) => {}
        Some(Ok(text)) => {
            let _ = write!(out, " --data-raw {}", quote(text));
        }
        // Bytes that are no text are read from standard input.
        Some(Err(_)) | None => out.push_str(" --data-binary @-"),
    }
    out
}

/// In single quotes, each secret as a variable in double ones.
fn quote(text: &str, secrets: &[(Secret, String)]) -> String {
    let Some((secret, name)) = secrets.first() else {
        return format!("'{}'", text.replace('\'', r"'\''"));
    };
    let parts: Vec<_> =
        text.split(secret.expose()).map(|part| quote(part, secrets.get(1..).unwrap_or_default())).collect();
    parts.join(&format!("\"${name}\""))
}

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

use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::Url;
use serde_json::Value;
use tracing::Level;

use super::Body;
use super::auth::Credential;
use super::redact;
use crate::op::Op;
use crate::secret::Secret;

/// Values that must not show, and the shell variables in their place.
type Secrets = Vec<(Secret, String)>;

/// Logs the request, if anybody wants to see it.
pub(crate) fn log(request: &http::Request<Body>, op: &Op, credential: Option<&Credential>, always: bool) {
    if tracing::enabled!(target: "mlhub::curl", Level::TRACE)
        && (always || !tracing::enabled!(target: "mlhub::any", Level::TRACE))
    {
        tracing::trace!(target: "mlhub::curl", "{}", command(request, op, credential));
    }
}

/// The request as one line for a POSIX shell.
fn command(request: &http::Request<Body>, op: &Op, credential: Option<&Credential>) -> String {
    let secrets = secrets(request, op, credential);
    let quote = |text: &str| quote(text, &secrets);
    let method = request.method().as_str();
    let mut out = format!("curl -sS -X {method} {}", quote(&request.uri().to_string()));
    for (name, header) in request.headers() {
        if name == CONTENT_LENGTH {
            continue;
        }
        // Whatever is marked as sensitive and is no known secret is one too.
        let line = if header.is_sensitive() && name != AUTHORIZATION {
            format!("\"{name}: ${}\"", variable(name.as_str()))
        } else {
            quote(&format!("{name}: {}", String::from_utf8_lossy(header.as_bytes())))
        };
        let _ = write!(out, " -H {line}");
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

/// Everything in the request that must not show, the longest first, so that a
/// secret within another one does not cut it.
fn secrets(request: &http::Request<Body>, op: &Op, credential: Option<&Credential>) -> Secrets {
    let mut found: Secrets = Vec::new();
    let mut add = |value: &str, name: &str| {
        if !value.is_empty() {
            found.push((value.into(), name.to_owned()));
        }
    };
    if let Some(credential) = credential {
        add(credential.secret().expose(), "MLHUB_TOKEN");
    }
    if let Some(header) = request.headers().get(AUTHORIZATION) {
        let value = String::from_utf8_lossy(header.as_bytes()).into_owned();
        let (_, secret) = value.split_once(' ').unwrap_or(("", value.as_str()));
        add(secret, "MLHUB_TOKEN");
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut pairs = request.uri().query().unwrap_or_default().to_owned();
    let body = request.body().as_bytes().map(|bytes| text(bytes)).unwrap_or_default();
    let is_form = request
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    if is_form {
        pairs = format!("{pairs}&{body}");
    } else if let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(&body) {
        for (name, value) in &fields {
            if let (true, Value::String(value)) = (redact::is_secret(op, name), value) {
                let quoted = Value::from(value.as_str()).to_string();
                let inner = quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
                add(inner.unwrap_or(&quoted), &variable(name));
            }
        }
    }
    for pair in pairs.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let plain = Url::parse(&format!("http://x/?{name}="))
            .ok()
            .and_then(|url| url.query_pairs().next().map(|(name, _)| name.into_owned()))
            .unwrap_or_default();
        if redact::is_secret(op, &plain) {
            add(value, &variable(&plain));
        }
    }
    found.sort_by_key(|(secret, _)| std::cmp::Reverse(secret.expose().len()));
    found
}

/// `MLHUB_` and the name in capitals, other characters as underscores.
fn variable(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|letter| match letter.is_ascii_alphanumeric() {
            true => letter.to_ascii_uppercase(),
            false => '_',
        })
        .collect();
    format!("MLHUB_{name}")
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

//! Curl trace: each request as a curl command that runs.
//!
//! Logged under the target `mlhub::curl`, level TRACE, and only for a
//! subscriber that names that target: `RUST_LOG=mlhub::curl=trace` prints the
//! commands, `RUST_LOG=trace` does not. A filter cannot be asked what it names,
//! so a sibling target that nobody names is asked for comparison: where it is
//! enabled too, the filter is a broad one. The option `curl_trace` skips the
//! comparison.
//!
//! A command that is to be shown to others ([`Options::curl_for`]) names another
//! server than the one that is called, and its JSON is written to be read.
//!
//! Secrets are written as shell variables: `$MLHUB_TOKEN` for the credential,
//! `$MLHUB_` and the name in capitals for a secret parameter. Set them to the
//! values as they travel, and the command runs.

use std::fmt::Write as _;

use http::header::CONTENT_LENGTH;

use crate::op::Op;
use crate::pipeline::auth::Credential;
use crate::pipeline::node::Node;
use crate::pipeline::options::Options;
use crate::pipeline::redact;
use crate::pipeline::transport::{Body, UnixSocket};
use crate::secret::Secret;

/// Logs the request to that node.
pub(super) fn log(
    request: &http::Request<Body>,
    op: &Op,
    credential: Option<&Credential>,
    options: &Options,
    node: &Node,
) {
    let shown = options.curl_for.as_deref().map(|server| ServerInPlace { server, node });
    tracing::trace!(target: "mlhub::curl", "{}", command(request, op, credential, shown));
}

/// What stands in a command in place of the node that is called.
pub(in crate::pipeline) struct ServerInPlace<'a> {
    server: &'a str,
    node: &'a Node,
}

impl ServerInPlace<'_> {
    fn address(&self, address: &str) -> String {
        let rest = [self.node.base(), self.node.origin()].iter().find_map(|base| address.strip_prefix(base));
        format!("{}{}", self.server.trim_end_matches('/'), rest.unwrap_or_default())
    }
}

/// JSON over several lines, its keys in order; anything else as it is.
fn readable(body: &str) -> String {
    let parsed: Option<serde_json::Value> = serde_json::from_str(body).ok();
    let printed = parsed.and_then(|value| serde_json::to_string_pretty(&value).ok());
    printed.unwrap_or_else(|| body.to_owned())
}

/// The request as one command for a POSIX shell.
pub(in crate::pipeline) fn command(
    request: &http::Request<Body>,
    op: &Op,
    credential: Option<&Credential>,
    shown: Option<ServerInPlace<'_>>,
) -> String {
    let body = request.body().as_bytes().map(|bytes| &**bytes).unwrap_or_default();
    let secrets = redact::of_request(op, request.headers(), request.uri().query(), body, credential);
    let quote = |text: &str| quote(text, &secrets);
    let method = request.method().as_str();
    let address = request.uri().to_string();
    let address = shown.as_ref().map_or(address.clone(), |shown| shown.address(&address));
    let mut out = format!("curl -sS -X {method} ");
    let address = match UnixSocket::of(request.uri()) {
        Some(UnixSocket(path)) if shown.is_none() => {
            let _ = write!(out, "--unix-socket {} ", quote(&path.to_string_lossy()));
            format!("http://localhost{}", request.uri().path_and_query().map_or("/", |path| path.as_str()))
        }
        _ => address,
    };
    out.push_str(&quote(&address));
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
            let text = if shown.is_some() { readable(text) } else { text.to_owned() };
            let _ = write!(out, " --data-raw {}", quote(&text));
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

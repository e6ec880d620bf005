//! Fuzz targets: what strangers may send us, as functions of bytes, for fuzzers and for tests that replay their finds.
//! None may panic.

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Method};

use crate::op::{AuthKind, Op, ReplyKind};
use crate::pipeline::{Body, fuzzed};
use crate::secret::Secret;
use crate::wait::WaitHandle;

static OP: Op = Op::raw("fuzz", AuthKind::Bearer, "detail");

/// Never part of a command.
const SECRET: &str = "c4n4ry-t0ken";

/// A name and a function of bytes.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: &[Target] = &[
    ("reply", reply),
    ("retry_after", retry_after),
    ("urls", urls),
    ("handles", handles),
    ("curl", curl),
    #[cfg(feature = "vantage6")]
    ("decrypt", super::fuzz_crypto::decrypt),
    #[cfg(feature = "vantage6")]
    ("json_strings", super::fuzz_crypto::json_strings),
];

#[cfg(feature = "vantage6")]
pub use super::fuzz_crypto::{decrypt, json_strings};

/// A reply in every kind of reading, and the message in an error's body.
pub fn reply(data: &[u8]) {
    let strict = fuzzed::decode(ReplyKind::Json, data);
    let lenient = fuzzed::decode(ReplyKind::Lenient, data);
    if let Some(strict) = strict {
        assert_eq!(Some(strict), lenient, "what is JSON reads alike in both ways");
    }
    for shape in ["detail", "msg", "errors", ""] {
        let message = crate::error::server_message(shape, data);
        assert!(message.is_none_or(|message| !message.trim().is_empty()), "an empty message");
    }
}

/// A `Retry-After` in the first line, a `Date` in the second.
pub fn retry_after(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for (name, line) in [RETRY_AFTER, DATE].into_iter().zip(data.split(|byte| *byte == b'\n')) {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.insert(name, value);
        }
    }
    let now = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_767_225_600);
    if let Some(time) = fuzzed::retry_after(&headers, now) {
        assert!(now.checked_add(time).is_some(), "{time:?} is beyond all dates");
    }
}

/// The address of a server, a path segment, an address in an error.
pub fn urls(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(node) = fuzzed::node(&text) {
        assert!(!node.base().contains('@') || node.prefix().contains('@'), "{} has a credential", node.base());
        assert!(fuzzed::node(node.base()).is_ok_and(|again| again.base() == node.base()), "{}", node.base());
        let _printed = format!("{node:?}");
    }
    if let Ok(segment) = fuzzed::segment(&text) {
        assert!(!segment.is_empty() && !segment.contains(['/', '?', '#']), "{segment:?} is no segment");
    }
    let shown = fuzzed::redacted(&OP, &format!("http://hub.test/x?token={SECRET}&q={text}"));
    assert!(!shown.contains(SECRET), "{shown}");
}

/// The text of a saved wait: what is read is written as it was.
pub fn handles(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(handle) = text.parse::<WaitHandle>() {
        let again: Result<WaitHandle, _> = handle.to_string().parse();
        // Escapes may make it longer than what is read.
        assert!(again.is_err() || again.is_ok_and(|again| again == handle), "{handle} changes");
    }
}

/// A request as a curl command: the path in the first line, a header in the
/// second, the rest its body.
pub fn curl(data: &[u8]) {
    let mut lines = data.splitn(3, |byte| *byte == b'\n');
    let mut next = || lines.next().unwrap_or_default();
    let (path, header, body) = (next(), next(), next());
    let mut request = http::Request::new(Body::from(body.to_vec()));
    *request.method_mut() = Method::POST;
    let address = format!("http://hub.test/{}", String::from_utf8_lossy(path));
    if let Ok(uri) = address.parse() {
        *request.uri_mut() = uri;
    }
    if let Ok(value) = HeaderValue::from_bytes(header) {
        request.headers_mut().insert("x-header", value);
    }
    let secret = Secret::new(SECRET);
    let Ok(credential) = crate::pipeline::Credential::bearer(&secret) else { return };
    request.headers_mut().insert(http::header::AUTHORIZATION, credential.header().clone());
    let command = fuzzed::curl(&request, &OP, &credential);
    assert!(command.starts_with("curl ") && !command.contains(SECRET), "{command}");
}

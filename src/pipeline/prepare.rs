//! What happens to a draft once, before its first attempt.

use http::header::{HeaderName, HeaderValue};
use http::{Method, header};
use reqwest::Url;
use serde_json::Value;

use super::draft::{Draft, PLACEHOLDER, Prefix, Query, in_json};
use super::options::{GetBody, Options};
use super::usual::ClientDefaults;
use super::{path, unpack};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::op::{BodyKind, Op, RetryClass};

/// The product's name in `user-agent`, where the client sets no other.
pub(crate) const USER_AGENT: &str = concat!("mlhub/", env!("CARGO_PKG_VERSION"));

/// Applies what operation and options say; the draft is then the same for all
/// attempts.
pub(crate) fn prepare(
    draft: &mut Draft,
    op: &Op,
    options: &Options,
    usual: &ClientDefaults,
    clock: &dyn Clock,
) -> Result<(), Error> {
    if let Some(fault) = &options.fault {
        return Err(fault.clone());
    }
    // The generator sends the version of the document, which no server asks for.
    draft.headers.remove("api-version");
    set_path(draft, op, options, usual)?;
    for (name, value) in &options.extra {
        if in_json(op) && draft.method != Method::GET || op.body == BodyKind::Params {
            draft.push_field(name, value)?;
        } else {
            push_value(draft, name, value);
        }
    }
    add_implied(draft, op);
    if options.params_as_query && op.body == BodyKind::Params {
        params_to_query(draft)?;
    }
    if let Some(link) = &options.follow {
        follow(draft, link)?;
    }
    if draft.method == Method::GET {
        move_body(draft, options.get_body)?;
    }
    options.serializers.announce(&mut draft.headers)?;
    for (name, value) in &options.headers {
        draft.headers.insert(name, value.clone());
    }
    draft.headers.entry(header::USER_AGENT).or_insert(HeaderValue::from_static(USER_AGENT));
    if options.ask_packed {
        draft.headers.entry(header::ACCEPT_ENCODING).or_insert(unpack::ACCEPTED);
    }
    set_key(draft, op, clock)
}

fn set_path(draft: &mut Draft, op: &Op, options: &Options, usual: &ClientDefaults) -> Result<(), Error> {
    if op.path.is_empty() {
        return Ok(());
    }
    let wire = op.wire.as_ref();
    if let Some(path) = path::check(op.path, &draft.path, wire.and_then(|wire| wire.path))? {
        draft.path = path;
    }
    for (name, value) in wire.map_or(&[][..], |wire| wire.query) {
        if !draft.has_query(name) {
            draft.push_query(name, value);
        }
    }
    for (name, place) in wire.map_or(&[][..], |wire| wire.client_defaults) {
        if let Some(value) = usual.get(place).filter(|_| options.usual && !draft.has_query(name)) {
            draft.push_query(name, &value);
        }
    }
    Ok(())
}

/// What goes with a parameter that is set, unless it is set itself.
fn add_implied(draft: &mut Draft, op: &Op) {
    for (set, name, value) in op.wire.as_ref().map_or(&[][..], |wire| wire.with) {
        let query = draft.query.as_deref().unwrap_or_default();
        let has = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
        if has(set) && !has(name) {
            draft.push_query(name, value);
        }
    }
}

/// A JSON value as query pairs: scalars plain, lists repeated, objects as JSON.
pub(crate) fn push_value(draft: &mut Draft, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Array(items) => items.iter().for_each(|item| push_value(draft, name, item)),
        Value::String(text) => draft.push_query(name, text),
        other => draft.push_query(name, &other.to_string()),
    }
}

fn params_to_query(draft: &mut Draft) -> Result<(), Error> {
    draft.params_in_query = true;
    let Some(bytes) = draft.body.as_bytes().filter(|bytes| !bytes.is_empty()) else {
        return Ok(());
    };
    let fields: serde_json::Map<String, Value> = serde_json::from_slice(bytes)
        .map_err(|cause| Error::new(ErrorKind::Request, "the parameters are not a JSON object").with_source(cause))?;
    for (name, value) in &fields {
        push_value(draft, name, value);
    }
    drop_body(draft);
    Ok(())
}

fn drop_body(draft: &mut Draft) {
    draft.body = super::Body::empty();
    draft.headers.remove(header::CONTENT_TYPE);
    draft.headers.remove(header::CONTENT_LENGTH);
}

/// Takes path and query of a link, and nothing else of it.
fn follow(draft: &mut Draft, link: &str) -> Result<(), Error> {
    let bad = || {
        let detail = "the server's link to the next page is not an address".to_owned();
        Error::new(ErrorKind::Decode, detail)
    };
    let here = format!("{PLACEHOLDER}{}", draft.path);
    let url = Url::parse(&here).and_then(|here| here.join(link)).map_err(|_| bad())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad());
    }
    draft.path = url.path().to_owned();
    draft.query = url.query().map(str::to_owned);
    draft.prefix = Prefix::AddIfMissing;
    Ok(())
}

fn move_body(draft: &mut Draft, style: GetBody) -> Result<(), Error> {
    let Some(bytes) = draft.body.as_bytes().filter(|bytes| !bytes.is_empty()) else {
        return Ok(());
    };
    match style {
        GetBody::AsBody => {}
        GetBody::AsPost => draft.method = Method::POST,
        GetBody::AsQuery => {
            let text = std::str::from_utf8(bytes)
                .map(str::to_owned)
                .map_err(|_| Error::new(ErrorKind::Request, "a body that is not text cannot travel in the query"))?;
            let mut query = Query::after(draft.query.take());
            query.push("source", &text);
            draft.query = query.finish();
            drop_body(draft);
        }
    }
    Ok(())
}

/// Fixes the idempotency key, so that all attempts carry the same.
fn set_key(draft: &mut Draft, op: &Op, clock: &dyn Clock) -> Result<(), Error> {
    let keyed = match op.retry {
        RetryClass::Keyed { header } => Some(header),
        _ => None,
    };
    for name in keyed.into_iter().chain(op.key) {
        let name = HeaderName::try_from(name).map_err(|cause| {
            let detail = format!("{name:?} is not the name of a header");
            Error::new(ErrorKind::Request, detail).with_source(cause)
        })?;
        if !draft.headers.contains_key(&name) {
            let bits = (u128::from(clock.random()) << 64) | u128::from(clock.random());
            let key = uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid();
            let value = HeaderValue::try_from(key.to_string())
                .map_err(|cause| Error::new(ErrorKind::Request, "the key does not fit a header").with_source(cause))?;
            draft.headers.insert(name, value);
        }
    }
    Ok(())
}

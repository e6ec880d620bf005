//! Preparation of a call: what operation and options make of its template, once, before the first attempt.

use http::header::{HeaderName, HeaderValue};
use http::{Method, header};
use reqwest::Url;
use serde_json::Value;

use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::op::{BodyKind, Op, RetryClass};
use crate::pipeline::client_defaults::ClientDefaults;
use crate::pipeline::options::{GetBody, Options};
use crate::pipeline::request::{PLACEHOLDER, PrefixRule, Query, RequestTemplate, check_path, in_json};
use crate::pipeline::response::decompress;
use crate::pipeline::transport::Body;

/// The product's name in `user-agent`, where the client sets no other.
pub(crate) const USER_AGENT: &str = concat!("mlhub/", env!("CARGO_PKG_VERSION"));

/// Applies what operation and options say; the template is then the same for all attempts.
pub(crate) fn prepare(
    template: &mut RequestTemplate,
    op: &Op,
    options: &Options,
    defaults: &ClientDefaults,
    clock: &dyn Clock,
) -> Result<(), Error> {
    if let Some(error) = &options.error {
        return Err(error.clone());
    }
    // The generator sends the version of the document, which no server asks for.
    template.headers.remove("api-version");
    set_path(template, op, options, defaults)?;
    for (name, value) in &options.extra {
        if in_json(op) && template.method != Method::GET || op.body == BodyKind::Params {
            template.push_field(name, &value.to_string())?;
        } else {
            template.push_value(name, value);
        }
    }
    add_implied(template, op);
    if options.params_as_query && op.body == BodyKind::Params {
        params_to_query(template)?;
    }
    if let Some(link) = &options.follow {
        follow(template, link)?;
    }
    if template.method == Method::GET {
        move_body(template, options.get_body)?;
    }
    if !options.serializers.read.is_empty() {
        options.serializers.announce(&mut template.headers)?;
    }
    for (name, value) in &options.headers {
        template.headers.insert(name, value.clone());
    }
    template.headers.entry(header::USER_AGENT).or_insert(HeaderValue::from_static(USER_AGENT));
    if options.accept_compressed {
        template.headers.entry(header::ACCEPT_ENCODING).or_insert(decompress::ACCEPTED);
    }
    set_key(template, op, clock)
}

fn set_path(
    template: &mut RequestTemplate,
    op: &Op,
    options: &Options,
    defaults: &ClientDefaults,
) -> Result<(), Error> {
    if op.path.is_empty() {
        return Ok(());
    }
    let wire = op.wire.as_ref();
    let replaced = wire.and_then(|wire| wire.path);
    // A path without values is as the document has it.
    if (op.path.contains('{') || replaced.is_some())
        && let Some(path) = check_path(op.path, &template.path, replaced)?
    {
        template.path = path;
    }
    for (name, value) in wire.map_or(&[][..], |wire| wire.query) {
        if !template.has_query(name) {
            template.push_query(name, value);
        }
    }
    for (name, place) in wire.map_or(&[][..], |wire| wire.client_defaults) {
        if let Some(value) = defaults.get(place).filter(|_| options.client_defaults && !template.has_query(name)) {
            template.push_query(name, &value);
        }
    }
    Ok(())
}

/// What goes with a parameter that is set, unless it is set itself.
fn add_implied(template: &mut RequestTemplate, op: &Op) {
    for (set, name, value) in op.wire.as_ref().map_or(&[][..], |wire| wire.with) {
        let query = template.query.as_deref().unwrap_or_default();
        let has = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
        if has(set) && !has(name) {
            template.push_query(name, value);
        }
    }
}

fn params_to_query(template: &mut RequestTemplate) -> Result<(), Error> {
    template.params_in_query = true;
    let Some(bytes) = template.body.as_bytes().filter(|bytes| !bytes.is_empty()) else {
        return Ok(());
    };
    let fields: serde_json::Map<String, Value> = serde_json::from_slice(bytes)
        .map_err(|cause| Error::new(ErrorKind::Request, "the parameters are not a JSON object").with_source(cause))?;
    for (name, value) in &fields {
        template.push_value(name, value);
    }
    drop_body(template);
    Ok(())
}

fn drop_body(template: &mut RequestTemplate) {
    template.body = Body::empty();
    template.headers.remove(header::CONTENT_TYPE);
    template.headers.remove(header::CONTENT_LENGTH);
}

/// Takes path and query of a link, and nothing else of it.
fn follow(template: &mut RequestTemplate, link: &str) -> Result<(), Error> {
    let bad = || {
        let detail = "the server's link to the next page is not an address".to_owned();
        Error::new(ErrorKind::Decode, detail)
    };
    let here = format!("{PLACEHOLDER}{}", template.path);
    let url = Url::parse(&here).and_then(|here| here.join(link)).map_err(|_| bad())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad());
    }
    template.path = url.path().to_owned();
    template.query = url.query().map(str::to_owned);
    template.prefix = PrefixRule::AddIfMissing;
    Ok(())
}

fn move_body(template: &mut RequestTemplate, style: GetBody) -> Result<(), Error> {
    let Some(bytes) = template.body.as_bytes().filter(|bytes| !bytes.is_empty()) else {
        return Ok(());
    };
    match style {
        GetBody::AsBody => {}
        GetBody::AsPost => template.method = Method::POST,
        GetBody::AsQuery => {
            let text = std::str::from_utf8(bytes)
                .map(str::to_owned)
                .map_err(|_| Error::new(ErrorKind::Request, "a body that is not text cannot travel in the query"))?;
            let mut query = Query::after(template.query.take());
            query.push("source", &text);
            template.query = query.finish();
            drop_body(template);
        }
    }
    Ok(())
}

/// Fixes the idempotency key, so that all attempts carry the same.
fn set_key(template: &mut RequestTemplate, op: &Op, clock: &dyn Clock) -> Result<(), Error> {
    let keyed = match op.retry {
        RetryClass::Keyed { header } => Some(header),
        _ => None,
    };
    for name in keyed.into_iter().chain(op.key) {
        let name = HeaderName::try_from(name).map_err(|cause| {
            let detail = format!("{name:?} is not the name of a header");
            Error::new(ErrorKind::Request, detail).with_source(cause)
        })?;
        if !template.headers.contains_key(&name) {
            let bits = (u128::from(clock.random()) << 64) | u128::from(clock.random());
            let key = uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid();
            let value = HeaderValue::try_from(key.to_string())
                .map_err(|cause| Error::new(ErrorKind::Request, "the key does not fit a header").with_source(cause))?;
            template.headers.insert(name, value);
        }
    }
    Ok(())
}

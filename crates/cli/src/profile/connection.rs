//! Connection settings of a client: authorities, client certificate, proxy and time limits, as somebody has said them.

use std::path::PathBuf;
use std::time::Duration;

use mlhub::{Builder, Error, ErrorKind};

use super::access::Access;
use super::setting_source::SourcedValue;
use crate::format::parse_duration;
use crate::input::home_path;
use crate::platform::{
    ATTEMPT_TIMEOUT, CA_FILE, CALL_TIMEOUT, CLIENT_CERTIFICATE, CLIENT_KEY, CONNECT_TIMEOUT, IDLE_TIMEOUT, PROXY,
    Setting,
};

/// Word for no proxy, whatever the environment says.
const NO_PROXY: &str = "none";

/// The builder with the connection settings of that access.
pub(crate) fn connecting<C>(access: &Access, mut builder: Builder<C>) -> Result<Builder<C>, Error> {
    // Elsewhere there is nobody to prove anything to; a file that is missing there stops nothing.
    if access.url.contains("https://") {
        if let Some(file) = path(access, &CA_FILE) {
            builder = builder.ca_file(file);
        }
        builder = match (path(access, &CLIENT_CERTIFICATE), path(access, &CLIENT_KEY)) {
            (None, None) => builder,
            (Some(chain), Some(key)) => builder.client_certificate(chain, key),
            (chain, _) => return Err(half(chain.is_some())),
        };
    }
    builder = match access.setting(&PROXY) {
        None => builder,
        Some(none) if none == NO_PROXY => builder.no_proxy(),
        Some(proxy) => builder.proxy(proxy.as_str()),
    };
    if let Some(time) = time(access, &CONNECT_TIMEOUT)? {
        builder = builder.connect_timeout(time);
    }
    if let Some(time) = time(access, &ATTEMPT_TIMEOUT)? {
        builder = builder.timeout(time);
    }
    if let Some(time) = time(access, &CALL_TIMEOUT)? {
        builder = builder.deadline(time);
    }
    if let Some(time) = time(access, &IDLE_TIMEOUT)? {
        builder = builder.with(|options| options.idle_timeout(time));
    }
    Ok(builder)
}

fn path(access: &Access, setting: &Setting) -> Option<PathBuf> {
    access.setting(setting).map(|text| home_path(&text))
}

fn time(access: &Access, setting: &Setting) -> Result<Option<Duration>, Error> {
    let Some(SourcedValue { value, place, .. }) = access.sourced(setting) else { return Ok(None) };
    let wrong = |why| Error::new(ErrorKind::Config, format!("{place} is {value:?}: {why}"));
    parse_duration(&value).map(Some).map_err(wrong)
}

fn half(has_chain: bool) -> Error {
    let (named, missing) = if has_chain { (CLIENT_CERTIFICATE, CLIENT_KEY) } else { (CLIENT_KEY, CLIENT_CERTIFICATE) };
    let words = |setting: &Setting| format!("{} (MLHUB_{})", setting.option().unwrap_or_default(), setting.variable);
    let detail = format!("{} is given without {}", words(&named), words(&missing));
    Error::new(ErrorKind::Config, detail)
}

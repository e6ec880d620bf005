//! Session cookie: what a login gives to a browser, which sends it along by itself.

use poem::Request;
use poem::web::headers::{Cookie, HeaderMapExt};

use crate::hub::Hub;
use crate::secret::Secret;
use crate::settings::SESSION_LIFETIME;

pub(crate) const NAME: &str = "mlhub_session";
/// No script reads it, and no other site makes a browser send it.
const ATTRIBUTES: &str = "HttpOnly; SameSite=Strict; Path=/";

/// The cookie of a request.
pub(crate) fn of(request: &Request) -> Option<Secret> {
    let cookies = request.headers().typed_get::<Cookie>()?;
    cookies.get(NAME).map(Secret::from)
}

/// The header that gives a browser its cookie.
pub(crate) fn set(hub: &Hub, cookie: &Secret) -> String {
    header(hub, cookie.expose(), SESSION_LIFETIME.as_secs())
}

/// The header that takes it away.
pub(crate) fn clear(hub: &Hub) -> String {
    header(hub, "", 0)
}

fn header(hub: &Hub, value: &str, seconds: u64) -> String {
    let secure = if hub.proxy.secure_cookies { "; Secure" } else { "" };
    format!("{NAME}={value}; {ATTRIBUTES}; Max-Age={seconds}{secure}")
}

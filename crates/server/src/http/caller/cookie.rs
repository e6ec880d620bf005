//! A caller whose browser sends the cookie of a login along.

use poem::Request;
use poem::web::headers::{Cookie, HeaderMapExt};

use super::{By, Unknown, site};
use crate::auth::Digest;
use crate::http::fault::Fault;
use crate::hub::Hub;
use crate::secret::Secret;
use crate::settings::SESSION_LIFETIME;
use crate::store::User;

pub(super) const NAME: &str = "mlhub_session";
/// No script reads it, and no other site makes a browser send it.
const ATTRIBUTES: &str = "HttpOnly; SameSite=Strict; Path=/";

/// The cookie of a request.
pub(super) fn value(request: &Request) -> Option<Secret> {
    let cookies = request.headers().typed_get::<Cookie>()?;
    cookies.get(NAME).map(Secret::from)
}

/// Whose cookie this is, as long as its session goes on.
pub(super) async fn identify(hub: &Hub, request: &Request) -> Result<(User, By), Unknown> {
    let cookie = value(request).ok_or(Unknown::NoToken)?;
    // A cookie alone does not show that its owner wants what is asked for; a page elsewhere may have asked.
    if !request.method().is_safe() {
        site::refuse_others(request)?;
    }
    let found = hub.store.session_by_cookie(Digest::of(&cookie), hub.clock.now()).await.map_err(Fault::from)?;
    let (user, session) = found.ok_or(Unknown::BadToken)?;
    Ok((user, By::Cookie(session)))
}

/// The header that gives a browser its cookie.
pub(crate) fn set_cookie(hub: &Hub, cookie: &Secret) -> String {
    header(hub, cookie.expose(), SESSION_LIFETIME.as_secs())
}

/// The header that takes it away.
pub(crate) fn clear_cookie(hub: &Hub) -> String {
    header(hub, "", 0)
}

fn header(hub: &Hub, value: &str, seconds: u64) -> String {
    let secure = if hub.front.secure_cookies { "; Secure" } else { "" };
    format!("{NAME}={value}; {ATTRIBUTES}; Max-Age={seconds}{secure}")
}

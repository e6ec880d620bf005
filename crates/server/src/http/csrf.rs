//! CSRF protection: whether a browser sent a request for a page of this hub or for a page elsewhere.

use poem::http::header::{HOST, ORIGIN, REFERER, USER_AGENT};
use poem::{FromRequest, Request, RequestBody};

use super::error::ApiError;

/// The proof of a same-origin request: no page elsewhere made a browser send it.
pub(crate) struct SameOrigin;

impl<'a> FromRequest<'a> for SameOrigin {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        refuse_other_origins(request)?;
        Ok(Self)
    }
}

/// Whether a GET of this path changes something: the original asks for a point by one, which makes a trial.
pub(crate) fn changes_something(path: &str) -> bool {
    path.starts_with("/experiment/ask/") || path.starts_with("/experiment/new/")
}

/// Refuses a GET that changes something, sent by a browser with its cookie, unless it shows that a page of this hub or its user
/// asked for it. An image or a link on a page elsewhere sends such a GET, for a page of another port of this host even
/// with a cookie that is for the same site alone, and without an Origin; older browsers, and all of them over plain HTTP from
/// another machine, do not say where it comes from.
pub(crate) fn refuse_unproven_origins(request: &Request) -> Result<(), ApiError> {
    refuse_other_origins(request)?;
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    let host = header(HOST.as_str()).unwrap_or_default();
    let referer = header(REFERER.as_str());
    let from_here = referer.and_then(origin_of).is_some_and(|origin| is_of(origin, host));
    if referer.is_some() && !from_here {
        return Err(elsewhere());
    }
    let is_browser = header(USER_AGENT.as_str()).is_some_and(|agent| agent.starts_with("Mozilla/"));
    let is_proven = from_here || header(ORIGIN.as_str()).is_some() || header("sec-fetch-site").is_some();
    if is_browser && !is_proven { Err(elsewhere()) } else { Ok(()) }
}

/// The origin of an address: its scheme and its authority.
fn origin_of(address: &str) -> Option<&str> {
    let authority = address.find("://")? + "://".len();
    let end = address[authority..].find(['/', '?', '#']).map_or(address.len(), |end| authority + end);
    Some(&address[..end])
}

fn elsewhere() -> ApiError {
    ApiError::forbidden(
        "A page of another site made the browser send this request. Send it from a page of this hub, or with an access \
         token.",
    )
}

/// Refuses what a browser says it sends for another site. Programs send neither header.
pub(crate) fn refuse_other_origins(request: &Request) -> Result<(), ApiError> {
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    let is_elsewhere = matches!(header("sec-fetch-site"), Some("cross-site" | "same-site"))
        || header(ORIGIN.as_str()).is_some_and(|origin| !is_of(origin, header(HOST.as_str()).unwrap_or_default()));
    if is_elsewhere {
        return Err(elsewhere());
    }
    Ok(())
}

/// Whether the pages of `origin` are those of `host`. The port of a scheme need not be written.
fn is_of(origin: &str, host: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let port = if scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    let plain = |authority: &str| authority.strip_suffix(port).unwrap_or(authority).to_ascii_lowercase();
    plain(authority) == plain(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_compared_with_the_host_by_name_and_port() {
        for (origin, host) in [
            ("http://hub.example.org", "hub.example.org"),
            ("http://hub.example.org", "hub.example.org:80"),
            ("https://HUB.example.org:443", "hub.example.org"),
            ("http://[::1]:8008", "[::1]:8008"),
        ] {
            assert!(is_of(origin, host), "{origin} {host}");
        }
        for (origin, host) in [
            ("http://example.org", "hub.example.org"),
            ("http://hub.example.org:81", "hub.example.org"),
            ("https://hub.example.org:80", "hub.example.org"),
            ("http://hub.example.org.evil.example", "hub.example.org"),
            ("null", "null"),
            ("", ""),
        ] {
            assert!(!is_of(origin, host), "{origin} {host}");
        }
    }
}

//! CSRF protection: whether a browser sent a request for a page of this hub or for a page elsewhere.

use poem::http::header::{HOST, ORIGIN};
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

/// Refuses what a browser says it sends for another site. Programs send neither header.
pub(crate) fn refuse_other_origins(request: &Request) -> Result<(), ApiError> {
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    let elsewhere = matches!(header("sec-fetch-site"), Some("cross-site" | "same-site"))
        || header(ORIGIN.as_str()).is_some_and(|origin| !is_of(origin, header(HOST.as_str()).unwrap_or_default()));
    if elsewhere {
        return Err(ApiError::forbidden(
            "A page of another site made the browser send this request. Send it from a page of this hub, or with an \
             access token.",
        ));
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

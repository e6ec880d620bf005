//! Redirect policy: redirects within one server are followed.
//!
//! One to another server would take tokens, in headers and in bodies, along.
//! It is handed back as the reply that it is.

use http::{HeaderMap, Method, StatusCode, header};
use reqwest::Url;

use crate::pipeline::request::{PrefixRule, RequestTemplate};
use crate::pipeline::transport::Body;

/// Redirects followed in one attempt; more are a mistake of the server. No
/// platform is known to use more than one, for a slash at the end of a path.
pub(crate) const MAX_REDIRECTS: usize = 5;

/// Turns the template to where the response points, if that is on the same server; says whether it did.
pub(super) fn follow(template: &mut RequestTemplate, status: StatusCode, headers: &HeaderMap, address: &[u8]) -> bool {
    let becomes_get = match status {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => template.method == Method::POST,
        StatusCode::SEE_OTHER => template.method != Method::HEAD,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => false,
        _ => return false,
    };
    // A body that is a stream was sent, and is gone.
    if !becomes_get && template.body.as_bytes().is_none() {
        return false;
    }
    let target = headers.get(header::LOCATION).and_then(|location| location.to_str().ok());
    let here = std::str::from_utf8(address).ok().and_then(|here| Url::parse(here).ok());
    let (Some(target), Some(here)) = (target, here) else {
        return false;
    };
    let Ok(there) = here.join(target) else {
        return false;
    };
    if there.origin() != here.origin() {
        return false;
    }
    if becomes_get {
        template.method = Method::GET;
        template.body = Body::empty();
        for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING] {
            template.headers.remove(name);
        }
    }
    template.path = there.path().to_owned();
    template.query = there.query().map(str::to_owned);
    template.prefix = PrefixRule::Leave;
    true
}

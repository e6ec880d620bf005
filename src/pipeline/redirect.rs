//! Redirects within one server.
//!
//! One to another server would take tokens, in headers and in bodies, along.
//! It is handed back as the reply that it is.

use http::{Method, StatusCode, header};
use reqwest::Url;

use super::attempt::Answer;
use super::body::Body;
use super::draft::{Draft, Prefix};

/// Redirects followed in one attempt; more are a mistake of the server. No
/// platform is known to use more than one, for a slash at the end of a path.
pub(crate) const MAX_REDIRECTS: usize = 5;

/// Turns the draft to where the answer points, if that is on the same server.
pub(crate) fn follow(draft: &mut Draft, answer: &Answer, address: &[u8]) -> bool {
    let becomes_get = match answer.status {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => draft.method == Method::POST,
        StatusCode::SEE_OTHER => draft.method != Method::HEAD,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => false,
        _ => return false,
    };
    // A body that is a stream was sent, and is gone.
    if !becomes_get && draft.body.as_bytes().is_none() {
        return false;
    }
    let target = answer.headers.get(header::LOCATION).and_then(|location| location.to_str().ok());
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
        draft.method = Method::GET;
        draft.body = Body::empty();
        for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING] {
            draft.headers.remove(name);
        }
    }
    draft.path = there.path().to_owned();
    draft.query = there.query().map(str::to_owned);
    draft.prefix = Prefix::Leave;
    true
}

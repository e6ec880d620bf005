//! Redirect policy: followed within one server, where the call stays what it is.
//!
//! One to another server would take tokens, in headers and in bodies, along. A change that is answered by 301 or 302 would
//! become a read, which does nothing, or be made a second time. Either is handed back as the reply that it is.

use http::{HeaderMap, Method, StatusCode, header};
use reqwest::Url;

use crate::op::Op;
use crate::pipeline::redact;
use crate::pipeline::request::{PrefixRule, RequestTemplate};
use crate::pipeline::transport::Body;

/// Redirects followed in one attempt; more are a mistake of the server. No
/// platform is known to use more than one, for a slash at the end of a path.
pub(crate) const MAX_REDIRECTS: usize = 5;

/// Turns the template to where the response points, if that is on the same server; says whether it did.
pub(super) fn follow(template: &mut RequestTemplate, status: StatusCode, headers: &HeaderMap, address: &[u8]) -> bool {
    let becomes_get = match status {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND if template.method.is_safe() => false,
        // What the server has made of the call stands there, and is to be read.
        StatusCode::SEE_OTHER => template.method != Method::HEAD,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => false,
        _ => return false,
    };
    // A body that is a stream was sent, and is gone.
    if !becomes_get && template.body.as_bytes().is_none() {
        return false;
    }
    let Some((_, there)) = ends(headers, address).filter(|(here, there)| server(here) == server(there)) else {
        return false;
    };
    if becomes_get && template.method != Method::GET {
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

/// Where a redirect that was not followed points, and what to do about it; nothing for another response.
pub(super) fn refusal(
    op: &Op,
    template: &RequestTemplate,
    status: StatusCode,
    headers: &HeaderMap,
    address: &[u8],
) -> Option<String> {
    if !status.is_redirection() {
        return None;
    }
    let target = headers.get(header::LOCATION)?;
    let shown = redact::url(op, &String::from_utf8_lossy(target.as_bytes()));
    let pointed = format!("a redirect to {shown} that is not followed");
    let Some((here, there)) = ends(headers, address) else {
        return Some(pointed);
    };
    Some(match server(&here) == server(&there) {
        true if template.method.is_safe() => pointed,
        true => format!(
            "{pointed}, because a {} is sent on after 307 and 308 alone; nothing was changed: use that address",
            template.method
        ),
        false if here.scheme() == "http" && there.scheme() == "https" && here.host() == there.host() => {
            format!("{pointed}, because the server wants https: change its address to {}", server(&there))
        }
        false => format!(
            "{pointed}, because the credential would go to another server; if that is right, change the address to {}",
            server(&there)
        ),
    })
}

/// The server of an address.
fn server(url: &Url) -> String {
    let port = url.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

/// The address of a request, and the one that its response points to.
fn ends(headers: &HeaderMap, address: &[u8]) -> Option<(Url, Url)> {
    let here = Url::parse(std::str::from_utf8(address).ok()?).ok()?;
    let there = here.join(headers.get(header::LOCATION)?.to_str().ok()?).ok()?;
    Some((here, there))
}

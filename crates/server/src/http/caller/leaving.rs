//! Whatever a request shows of sessions, good or not, for whoever wants out of them.

use poem::http::header::AUTHORIZATION;
use poem::{FromRequest, Request, RequestBody};

use super::{cookie, site};
use crate::auth::Digest;
use crate::http::hub;
use crate::hub::Shown;

/// The sessions that the headers of a request show: those of its access token, even an expired one, and its cookie.
pub(crate) struct Leaving(pub(crate) Vec<Shown>);

impl<'a> FromRequest<'a> for Leaving {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        let hub = hub(request)?;
        let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let token = header.trim().split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let mut shown: Vec<_> =
            token.and_then(|(_, token)| hub.tokens.session(token.trim())).map(Shown::Session).into_iter().collect();
        if let Some(cookie) = cookie::value(request) {
            site::refuse_others(request)?;
            shown.push(Shown::Token(Digest::of(&cookie)));
        }
        Ok(Self(shown))
    }
}

//! Access token with its expiry and refresh token, and the source of the next one.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::{BoxFuture, Future, FutureExt};
use serde::Deserialize;

use super::credential::bare;
use crate::error::Error;
use crate::lenient::Lenient;
use crate::secret::Secret;

/// A token is replaced when less than this is left of it: the longest attempt
/// plus as much again for a clock that is off.
pub const REFRESH_AHEAD: Duration = Duration::from_secs(60);

/// Of a token that lives shorter than that, a fifth of what is left when it
/// arrives is kept as the margin.
const SHORT_LIVED_SHARE: u32 = 5;

/// An access token with its expiry and refresh token.
#[derive(Clone, Debug)]
pub struct Token {
    pub(super) value: Secret,
    pub(super) refresh: Option<Secret>,
    pub(super) expires: Option<SystemTime>,
}

impl Token {
    /// A token; where it is a JWT with an `exp`, its end is read from there.
    /// The signature is not checked: that is the server's business.
    pub fn new(value: impl Into<Secret>) -> Self {
        let value = bare(&value.into());
        let expires = expiry(value.expose());
        Token { value, refresh: None, expires }
    }

    /// The refresh token that came with it.
    pub fn with_refresh(mut self, refresh: impl Into<Secret>) -> Self {
        self.refresh = Some(refresh.into());
        self
    }

    /// When it ends; replaces what a JWT says of itself.
    pub fn with_expiry(mut self, at: SystemTime) -> Self {
        self.expires = Some(at);
        self
    }

    /// The token itself.
    pub fn value(&self) -> &Secret {
        &self.value
    }

    /// The refresh token that came with it.
    pub fn refresh(&self) -> Option<&Secret> {
        self.refresh.as_ref()
    }

    /// When it ends, if that is known.
    pub fn expires(&self) -> Option<SystemTime> {
        self.expires
    }

    /// When it should be replaced, for a token that arrives now.
    pub(super) fn renew_at(&self, now: SystemTime) -> Option<SystemTime> {
        let expires = self.expires?;
        let left = expires.duration_since(now).unwrap_or_default();
        expires.checked_sub(REFRESH_AHEAD.min(left / SHORT_LIVED_SHARE))
    }
}

/// A token source: fetches the next token.
///
/// Any closure `Fn(Option<Token>) -> Future<Result<Token, Error>>` is one; it
/// is given the last token, for the refresh token in it.
pub trait TokenSource: Send + Sync {
    /// Fetches a token. Called once at a time; the calls that need the token
    /// wait for it, within their own deadlines.
    fn fetch(&self, last: Option<Token>) -> BoxFuture<'static, Result<Token, Error>>;
}

impl<F, Fut> TokenSource for F
where
    F: Fn(Option<Token>) -> Fut + Send + Sync,
    Fut: Future<Output = Result<Token, Error>> + Send + 'static,
{
    fn fetch(&self, last: Option<Token>) -> BoxFuture<'static, Result<Token, Error>> {
        self(last).boxed()
    }
}

/// The `exp` of a JWT; anything that is not one has no known end.
fn expiry(token: &str) -> Option<SystemTime> {
    #[derive(Deserialize)]
    struct Claims {
        exp: Lenient<f64>,
    }
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let json = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Claims = serde_json::from_slice(&json).ok()?;
    let since = Duration::try_from_secs_f64(claims.exp.0).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(payload: &str) -> String {
        format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn the_end_is_read_from_a_jwt() {
        for (payload, seconds) in [(r#"{"exp": 1700000000}"#, 1.7e9), (r#"{"exp":1.5}"#, 1.5)] {
            let since = Duration::from_secs_f64(seconds);
            let expected = SystemTime::UNIX_EPOCH + since;
            assert_eq!(Token::new(jwt(payload)).expires(), Some(expected));
        }
    }

    #[test]
    fn what_is_no_jwt_has_no_known_end() {
        for token in [
            "opaque".to_owned(),
            String::new(),
            "a.b".to_owned(),
            "a.b.c".to_owned(),
            "a.b.c.d".to_owned(),
            jwt("{}"),
            jwt(r#"{"exp": "tomorrow"}"#),
            jwt(r#"{"exp": null}"#),
            jwt(r#"{"exp": -1}"#),
            jwt(r#"{"exp": 1e300}"#),
        ] {
            assert_eq!(expiry(&token), None, "{token}");
        }
    }
}

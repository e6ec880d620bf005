//! Access tokens: signed claims that say who and until when.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jsonwebtoken::crypto::sign;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Error;
use crate::secret::Secret;

/// The `type` of a token that calls may be made with.
const ACCESS: &str = "access_token";
/// How many characters of a key's fingerprint name it.
const KEY_ID_LENGTH: usize = 8;
/// The longest lifetime, a hundred years: beyond it dates have no sensible meaning.
const MAX_LIFETIME: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);

#[derive(Serialize, Deserialize)]
struct Claims {
    #[serde(rename = "type")]
    kind: String,
    exp: i64,
    iat: i64,
    sub: String,
}

struct Key {
    id: String,
    signing: EncodingKey,
    checking: DecodingKey,
}

/// Signs and reads tokens.
pub(crate) struct Tokens {
    first: Key,
    others: Vec<Key>,
    lifetime: i64,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

/// Why a token does not speak for anybody.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is not one of ours, was changed, or has expired.
    Invalid,
    /// It is one of ours, but not for calls.
    WrongType,
}

impl Tokens {
    /// `first` signs; it and the `others` check.
    pub(crate) fn new(first: &Secret, others: &[Secret], lifetime: Duration) -> Result<Self, Error> {
        let seconds = i64::try_from(lifetime.as_secs()).map_err(|_| Error::TokenLifetime)?;
        if seconds == 0 || lifetime > MAX_LIFETIME {
            return Err(Error::TokenLifetime);
        }
        let others = others.iter().map(Key::new).collect::<Result<_, _>>()?;
        Ok(Self { first: Key::new(first)?, others, lifetime: seconds })
    }

    /// A token for the account `user`.
    pub(crate) fn issue(&self, user: Uuid, now: Timestamp) -> Result<Secret, String> {
        let claims = Claims {
            kind: ACCESS.to_owned(),
            exp: now.as_second().saturating_add(self.lifetime),
            iat: now.as_second(),
            sub: user.to_string(),
        };
        let header = Header { kid: Some(self.first.id.clone()), ..Header::new(Algorithm::HS256) };
        encode(&header, &claims, &self.first.signing).map(Secret::new).map_err(|why| why.to_string())
    }

    /// Whose token this is.
    pub(crate) fn read(&self, token: &str, now: Timestamp) -> Result<Uuid, Refused> {
        let header = decode_header(token).map_err(|_| Refused::Invalid)?;
        let mut rules = Validation::new(Algorithm::HS256);
        // Expiry is compared below, with the clock of the hub.
        rules.validate_exp = false;
        rules.required_spec_claims.clear();
        let key = std::iter::once(&self.first).chain(&self.others).find(|key| header.kid.as_ref() == Some(&key.id));
        let key = key.ok_or(Refused::Invalid)?;
        let claims = decode::<Claims>(token, &key.checking, &rules).map_err(|_| Refused::Invalid)?.claims;
        if claims.exp <= now.as_second() {
            return Err(Refused::Invalid);
        }
        if claims.kind != ACCESS {
            return Err(Refused::WrongType);
        }
        claims.sub.parse().map_err(|_| Refused::Invalid)
    }
}

impl Key {
    fn new(secret: &Secret) -> Result<Self, Error> {
        let bytes = secret.expose().as_bytes();
        if bytes.len() < crate::MIN_KEY_BYTES {
            return Err(Error::ShortKey { bytes: bytes.len() });
        }
        let signing = EncodingKey::from_secret(bytes);
        // A fingerprint that needs the key, so that it tells nobody else anything.
        let mut id = sign(b"key id", &signing, Algorithm::HS256).map_err(|error| Error::Crypto(error.to_string()))?;
        id.truncate(KEY_ID_LENGTH);
        Ok(Self { id, signing, checking: DecodingKey::from_secret(bytes) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "the old key, which is long enough to sign with";
    const NEW: &str = "the new key, which is long enough to sign with";

    fn tokens(first: &str, others: &[&str]) -> Tokens {
        let others: Vec<Secret> = others.iter().map(|key| Secret::new(*key)).collect();
        Tokens::new(&first.into(), &others, Duration::from_secs(60)).unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_token_lives_until_its_last_second() {
        let (tokens, user) = (tokens(OLD, &[]), Uuid::new_v4());
        let token = tokens.issue(user, at(1000)).unwrap();
        assert_eq!(tokens.read(token.expose(), at(1059)), Ok(user));
        assert_eq!(tokens.read(token.expose(), at(1060)), Err(Refused::Invalid));
    }

    #[test]
    fn an_old_key_still_reads_what_it_signed_and_the_new_one_signs() {
        let (before, after, user) = (tokens(OLD, &[]), tokens(NEW, &[OLD]), Uuid::new_v4());
        let token = before.issue(user, at(1000)).unwrap();
        assert_eq!(after.read(token.expose(), at(1000)), Ok(user));
        assert_eq!(tokens(NEW, &[]).read(token.expose(), at(1000)), Err(Refused::Invalid));
        let token = after.issue(user, at(1000)).unwrap();
        assert_eq!(before.read(token.expose(), at(1000)), Err(Refused::Invalid));
    }

    #[test]
    fn a_token_of_another_type_is_told_apart_from_a_bad_one() {
        let tokens = tokens(OLD, &[]);
        let claims = Claims { kind: "refresh_token".into(), exp: 2000, iat: 1000, sub: Uuid::new_v4().to_string() };
        let header = Header { kid: Some(tokens.first.id.clone()), ..Header::new(Algorithm::HS256) };
        let token = encode(&header, &claims, &tokens.first.signing).unwrap();
        assert_eq!(tokens.read(&token, at(1000)), Err(Refused::WrongType));
        assert_eq!(tokens.read(&format!("{token}x"), at(1000)), Err(Refused::Invalid));
    }

    #[test]
    fn a_short_key_and_an_empty_lifetime_are_refused() {
        let short = Tokens::new(&"short".into(), &[], Duration::from_secs(60));
        assert!(matches!(short, Err(Error::ShortKey { bytes: 5 })));
        let never = Tokens::new(&OLD.into(), &[], Duration::ZERO);
        assert!(matches!(never, Err(Error::TokenLifetime)));
    }
}

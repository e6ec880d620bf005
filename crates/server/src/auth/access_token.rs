//! Access token: signed claims (JWT) that say who is calling and until when.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jsonwebtoken::crypto::sign;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::is_ahead;
use crate::error::Error;
use crate::secret::Secret;

/// The `type` of a token that calls may be made with.
const ACCESS: &str = "access_token";
/// The `type` of a token that an account may be made with.
const INVITATION: &str = "invitation";
/// Length of a key's fingerprint that names it, in characters.
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
    /// Missing in tokens of earlier versions, which had no sessions.
    sid: Option<Uuid>,
}

/// The subject of a token: whom it speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenSubject {
    /// The account.
    pub(crate) user: Uuid,
    /// The session that the token was given in. The token is good as long as that goes on.
    pub(crate) session: Uuid,
}

struct SigningKey {
    id: String,
    signing: EncodingKey,
    verifying: DecodingKey,
}

/// A signer of tokens, which also verifies them.
pub(crate) struct TokenSigner {
    first: SigningKey,
    others: Vec<SigningKey>,
    lifetime: i64,
}

impl fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

/// An error of a token: why it speaks for nobody.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TokenError {
    /// It is not one of ours, was changed, or has expired.
    Invalid,
    /// It is one of ours, but not for calls.
    WrongType,
}

impl TokenSigner {
    /// `first` signs; it and the `others` check.
    pub(crate) fn new(first: &Secret, others: &[Secret], lifetime: Duration) -> Result<Self, Error> {
        let seconds = i64::try_from(lifetime.as_secs()).map_err(|_| Error::TokenLifetime)?;
        if seconds == 0 || lifetime > MAX_LIFETIME {
            return Err(Error::TokenLifetime);
        }
        let others = others.iter().map(SigningKey::new).collect::<Result<_, _>>()?;
        Ok(Self { first: SigningKey::new(first)?, others, lifetime: seconds })
    }

    /// A token for `subject` that lives from `now` as long as the settings say, but not beyond `last`; and for how many
    /// seconds that is.
    pub(crate) fn issue(
        &self,
        subject: TokenSubject,
        now: Timestamp,
        last: Timestamp,
    ) -> Result<(Secret, i64), String> {
        let (iat, last) = (now.as_second(), last.as_second());
        let exp = iat.saturating_add(self.lifetime).min(last);
        let claims =
            Claims { kind: ACCESS.to_owned(), exp, iat, sub: subject.user.to_string(), sid: Some(subject.session) };
        Ok((self.sign(&claims)?, exp - iat))
    }

    /// An invitation to make the account of an e-mail address until `last`.
    pub(crate) fn invite(&self, email: &str, now: Timestamp, last: Timestamp) -> Result<Secret, String> {
        let (iat, exp) = (now.as_second(), last.as_second());
        self.sign(&Claims { kind: INVITATION.to_owned(), exp, iat, sub: email.to_owned(), sid: None })
    }

    /// Whether this is an invitation for that e-mail address that is good at `now`.
    pub(crate) fn invites(&self, invitation: &str, email: &str, now: Timestamp) -> bool {
        self.claims(invitation)
            .is_ok_and(|claims| claims.kind == INVITATION && claims.sub == email && claims.exp > now.as_second())
    }

    fn sign(&self, claims: &Claims) -> Result<Secret, String> {
        let header = Header { kid: Some(self.first.id.clone()), ..Header::new(Algorithm::HS256) };
        encode(&header, claims, &self.first.signing).map(Secret::from).map_err(|why| why.to_string())
    }

    /// A hash of `text` that says nothing to whoever has no key. Another first key gives another hash.
    pub(crate) fn keyed_hash(&self, text: &str) -> Result<String, String> {
        sign(text.as_bytes(), &self.first.signing, Algorithm::HS256).map_err(|why| why.to_string())
    }

    /// The lifetime of a token.
    pub(crate) fn lifetime(&self) -> Duration {
        Duration::from_secs(self.lifetime.unsigned_abs())
    }

    /// The subject of a token that is good at `now`.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Result<TokenSubject, TokenError> {
        let claims = self.claims(token)?;
        if claims.exp <= now.as_second() || Timestamp::from_second(claims.iat).is_ok_and(|iat| is_ahead(iat, now)) {
            return Err(TokenError::Invalid);
        }
        if claims.kind != ACCESS {
            return Err(TokenError::WrongType);
        }
        let session = claims.sid.ok_or(TokenError::Invalid)?;
        Ok(TokenSubject { user: claims.sub.parse().map_err(|_| TokenError::Invalid)?, session })
    }

    /// The session that a token of ours was given in, even if it has expired.
    pub(crate) fn session(&self, token: &str) -> Option<Uuid> {
        self.claims(token).ok().and_then(|claims| claims.sid)
    }

    /// The claims of a token of ours.
    fn claims(&self, token: &str) -> Result<Claims, TokenError> {
        let header = decode_header(token).map_err(|_| TokenError::Invalid)?;
        let mut rules = Validation::new(Algorithm::HS256);
        // Expiry is compared elsewhere, with the clock of the hub.
        rules.validate_exp = false;
        rules.required_spec_claims.clear();
        let key = std::iter::once(&self.first).chain(&self.others).find(|key| header.kid.as_ref() == Some(&key.id));
        let key = key.ok_or(TokenError::Invalid)?;
        Ok(decode::<Claims>(token, &key.verifying, &rules).map_err(|_| TokenError::Invalid)?.claims)
    }
}

impl SigningKey {
    fn new(secret: &Secret) -> Result<Self, Error> {
        let bytes = secret.expose().as_bytes();
        // Blanks are what is left of a variable or a file that was filled by mistake.
        let counted = secret.expose().chars().filter(|sign| !sign.is_whitespace() && !sign.is_control());
        let counted = counted.map(char::len_utf8).sum();
        if counted < crate::MIN_KEY_BYTES {
            return Err(Error::ShortKey { bytes: counted });
        }
        let signing = EncodingKey::from_secret(bytes);
        // A fingerprint that needs the key, so that it tells nobody else anything.
        let mut id = sign(b"key id", &signing, Algorithm::HS256).map_err(|error| Error::Crypto(error.to_string()))?;
        id.truncate(KEY_ID_LENGTH);
        Ok(Self { id, signing, verifying: DecodingKey::from_secret(bytes) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "the old key, which is long enough to sign with";
    const NEW: &str = "the new key, which is long enough to sign with";

    fn tokens(first: &str, others: &[&str]) -> TokenSigner {
        let others: Vec<Secret> = others.iter().map(|key| Secret::new(*key)).collect();
        TokenSigner::new(&first.into(), &others, Duration::from_secs(60)).unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn somebody() -> TokenSubject {
        TokenSubject { user: Uuid::new_v4(), session: Uuid::new_v4() }
    }

    /// A token given at second 1000 in a session that goes on.
    fn issue(tokens: &TokenSigner, subject: TokenSubject) -> Secret {
        tokens.issue(subject, at(1000), at(9000)).unwrap().0
    }

    #[test]
    fn a_token_lives_until_its_last_second() {
        let (tokens, subject) = (tokens(OLD, &[]), somebody());
        let token = issue(&tokens, subject);
        assert_eq!(tokens.verify(token.expose(), at(1059)), Ok(subject));
        assert_eq!(tokens.verify(token.expose(), at(1060)), Err(TokenError::Invalid));
        assert_eq!(tokens.session(token.expose()), Some(subject.session), "and names its session for ever");
    }

    #[test]
    fn a_token_of_a_clock_that_was_ahead_is_a_bad_one() {
        let (tokens, subject) = (tokens(OLD, &[]), somebody());
        let (token, _) = tokens.issue(subject, at(100_000), at(200_000)).unwrap();
        assert_eq!(tokens.verify(token.expose(), at(1000)), Err(TokenError::Invalid));
        assert_eq!(tokens.verify(token.expose(), at(99_990)), Ok(subject), "but not one of a clock beside this one");
    }

    #[test]
    fn a_token_does_not_outlive_its_session() {
        let tokens = tokens(OLD, &[]);
        let (token, seconds) = tokens.issue(somebody(), at(1000), at(1010)).unwrap();
        assert_eq!(seconds, 10);
        assert_eq!(tokens.verify(token.expose(), at(1010)), Err(TokenError::Invalid));
    }

    #[test]
    fn an_old_key_still_reads_what_it_signed_and_the_new_one_signs() {
        let (before, after, subject) = (tokens(OLD, &[]), tokens(NEW, &[OLD]), somebody());
        let token = issue(&before, subject);
        assert_eq!(after.verify(token.expose(), at(1000)), Ok(subject));
        assert_eq!(tokens(NEW, &[]).verify(token.expose(), at(1000)), Err(TokenError::Invalid));
        let token = issue(&after, subject);
        assert_eq!(before.verify(token.expose(), at(1000)), Err(TokenError::Invalid));
    }

    /// A token with our signature that this version would not give.
    fn forge(tokens: &TokenSigner, kind: &str, sid: Option<Uuid>) -> String {
        let claims = Claims { kind: kind.into(), exp: 2000, iat: 1000, sub: Uuid::new_v4().to_string(), sid };
        let header = Header { kid: Some(tokens.first.id.clone()), ..Header::new(Algorithm::HS256) };
        encode(&header, &claims, &tokens.first.signing).unwrap()
    }

    #[test]
    fn a_token_of_another_type_is_told_apart_from_a_bad_one() {
        let tokens = tokens(OLD, &[]);
        let token = forge(&tokens, "refresh_token", Some(Uuid::new_v4()));
        assert_eq!(tokens.verify(&token, at(1000)), Err(TokenError::WrongType));
        assert_eq!(tokens.verify(&format!("{token}x"), at(1000)), Err(TokenError::Invalid));
    }

    #[test]
    fn a_token_from_before_there_were_sessions_is_a_bad_one() {
        let tokens = tokens(OLD, &[]);
        assert_eq!(tokens.verify(&forge(&tokens, ACCESS, None), at(1000)), Err(TokenError::Invalid));
        assert!(tokens.verify(&forge(&tokens, ACCESS, Some(Uuid::new_v4())), at(1000)).is_ok());
    }

    #[test]
    fn an_invitation_is_for_one_address_and_a_time_and_for_nothing_else() {
        let tokens = tokens(OLD, &[]);
        let invitation = tokens.invite("ann@x.com", at(1000), at(2000)).unwrap();
        assert!(tokens.invites(invitation.expose(), "ann@x.com", at(1999)));
        assert!(!tokens.invites(invitation.expose(), "bob@x.com", at(1999)));
        assert!(!tokens.invites(invitation.expose(), "ann@x.com", at(2000)));
        assert_eq!(tokens.verify(invitation.expose(), at(1500)), Err(TokenError::WrongType));
        assert!(!tokens.invites(issue(&tokens, somebody()).expose(), "ann@x.com", at(1000)));
    }

    #[test]
    fn a_short_key_and_an_empty_lifetime_are_refused() {
        let short = TokenSigner::new(&"short".into(), &[], Duration::from_secs(60));
        assert!(matches!(short, Err(Error::ShortKey { bytes: 5 })));
        for blank in
            [" ".repeat(40), "\t\n".repeat(40), format!("{}{}", "k".repeat(31), " ".repeat(40)), "\0".repeat(64)]
        {
            assert!(matches!(
                TokenSigner::new(&blank.into(), &[], Duration::from_secs(60)),
                Err(Error::ShortKey { .. })
            ));
        }
        let never = TokenSigner::new(&OLD.into(), &[], Duration::ZERO);
        assert!(matches!(never, Err(Error::TokenLifetime)));
    }
}

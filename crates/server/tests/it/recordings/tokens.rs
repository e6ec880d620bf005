//! Tokens in tests that the hub would not issue: expired, and of another type. Signed with its own key.

use jsonwebtoken::{Algorithm, EncodingKey, Header, decode_header, encode};
use serde_json::json;

use crate::support::{KEY, User};

pub(super) fn expired(user: &User) -> String {
    // A second before the moment at which the clock of a test hub begins.
    signed(user, "access_token", 1_795_219_199)
}

pub(super) fn of_another_type(user: &User) -> String {
    signed(user, "refresh_token", 4_000_000_000)
}

fn signed(user: &User, kind: &str, exp: i64) -> String {
    let kid = decode_header(&user.token).unwrap().kid;
    let claims = json!({"type": kind, "exp": exp, "iat": 1_795_000_000, "sub": user.uuid});
    let header = Header { kid, ..Header::new(Algorithm::HS256) };
    encode(&header, &claims, &EncodingKey::from_secret(KEY.as_bytes())).unwrap()
}

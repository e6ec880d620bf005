//! The platform's own cryptography, by a peer.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::peer::order;

/// A new key by the platform's library: the private half in PEM, the public one as the API has it.
pub(crate) fn key() -> (String, String) {
    let key = order(json!({"do": "key"}));
    let half = |name: &str| key[name].as_str().expect("a key").to_owned();
    (half("private"), half("public"))
}

fn bytes(answer: &Value) -> Vec<u8> {
    STANDARD.decode(answer.as_str().expect("base64")).expect("base64")
}

/// What the platform's library seals.
pub(crate) fn seal(to: &str, plain: &[u8]) -> String {
    let answer = order(json!({"do": "seal", "to": to, "plain": STANDARD.encode(plain)}));
    answer.as_str().expect("a text").to_owned()
}

/// The same as a blob.
pub(crate) fn seal_blob(to: &str, plain: &[u8]) -> Vec<u8> {
    bytes(&order(json!({"do": "seal_blob", "to": to, "plain": STANDARD.encode(plain)})))
}

/// What the platform's library reads in a sealed text.
pub(crate) fn open(key: &str, text: &str) -> Vec<u8> {
    bytes(&order(json!({"do": "open", "key": key, "text": text})))
}

/// What the platform's library reads in a blob, whole and as a stream.
pub(crate) fn open_blob(key: &str, blob: &[u8]) -> Vec<u8> {
    bytes(&order(json!({"do": "open_blob", "key": key, "blob": STANDARD.encode(blob)})))
}

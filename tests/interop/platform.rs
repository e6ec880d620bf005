//! Keys by the platform's own cryptography.

use serde_json::json;

use crate::peer::order;

/// A new key by the platform's library: the private half in PEM, the public one as the API has it.
pub(crate) fn key() -> (String, String) {
    let key = order(json!({"do": "key"}));
    let half = |name: &str| key[name].as_str().expect("a key").to_owned();
    (half("private"), half("public"))
}

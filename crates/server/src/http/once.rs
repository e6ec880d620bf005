//! The header Idempotency-Key: a request with it takes effect once, however often it arrives.

use poem_openapi::param::Header;

use super::fault::{Fault, Problem};
use crate::store::Once;

/// The name of the header.
const KEY: &str = "Idempotency-Key";
/// The longest key, in characters. The draft of the header suggests UUIDs, which have 36.
const MAX_KEY: usize = 255;

/// What the header and the meaning of the request make together; `None` without the header.
pub(crate) fn once(key: Header<Option<String>>, fingerprint: String) -> Result<Option<Once>, Fault> {
    let Some(key) = key.0 else { return Ok(None) };
    if key.is_empty() || key.len() > MAX_KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let msg = format!("an idempotency key has between 1 and {MAX_KEY} visible ASCII characters");
        return Err(Fault::problems(vec![Problem::new(["header", KEY], msg, "value_error")]));
    }
    Ok(Some(Once { key, fingerprint }))
}

//! JSON field: adds one field to a body that is a JSON object, the other fields byte for byte as they are.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::{Error, ErrorKind};

/// A JSON object with one field more, or with that field replaced; `value` is JSON.
pub(crate) fn with_field(object: &[u8], name: &str, value: &str) -> Result<Bytes, Error> {
    let refuse = || {
        let detail = format!("{name:?} cannot be added: the body is not a JSON object");
        Error::new(ErrorKind::Request, detail)
    };
    let text = object.trim_ascii();
    let text = if text.is_empty() { b"{}" } else { text };
    let fields: BTreeMap<String, &RawValue> = serde_json::from_slice(text).map_err(|_| refuse())?;
    let pair = |name: &str, value: &str| format!("{}:{value}", Value::from(name));
    if fields.contains_key(name) {
        let others = fields.iter().map(|(known, old)| pair(known, if known == name { value } else { old.get() }));
        return Ok(format!("{{{}}}", others.collect::<Vec<_>>().join(",")).into());
    }
    let mut out = format!("{{{}", pair(name, value)).into_bytes();
    if !fields.is_empty() {
        out.push(b',');
    }
    out.extend_from_slice(text.get(1..).unwrap_or_default());
    Ok(out.into())
}

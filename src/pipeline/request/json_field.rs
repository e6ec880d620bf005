//! JSON field: adds one field to a body that is a JSON object, the other fields byte for byte as they are.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::error::{Error, ErrorKind};

/// A JSON object with one field more, or with that field replaced.
pub(crate) fn with_field(object: &[u8], name: &str, value: &Value) -> Result<Bytes, Error> {
    let refuse = || {
        let detail = format!("{name:?} cannot be added: the body is not a JSON object");
        Error::new(ErrorKind::Request, detail)
    };
    let text = object.trim_ascii();
    let text = if text.is_empty() { b"{}" } else { text };
    let fields: BTreeMap<String, IgnoredAny> = serde_json::from_slice(text).map_err(|_| refuse())?;
    if fields.contains_key(name) {
        let mut whole: serde_json::Map<String, Value> = serde_json::from_slice(text).map_err(|_| refuse())?;
        whole.insert(name.to_owned(), value.clone());
        return Ok(Value::Object(whole).to_string().into());
    }
    let field = Value::String(name.to_owned());
    let mut out = format!("{{{field}:{value}").into_bytes();
    if !fields.is_empty() {
        out.push(b',');
    }
    out.extend_from_slice(text.get(1..).unwrap_or_default());
    Ok(out.into())
}

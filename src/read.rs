//! Reads one value out of a reply, for pagers and waits: whatever its type is,
//! it is looked at the way it stands on the wire.

use serde::Serialize;
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::op::Op;

/// A word: a text as it is, a number or a yes/no as text; `None` for null.
pub fn word<T: Serialize + ?Sized>(value: &T) -> Option<String> {
    match serde_json::to_value(value).ok()? {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// A number, also where it stands as text.
pub fn number<T: Serialize + ?Sized>(value: &T) -> Option<f64> {
    match serde_json::to_value(value).ok()? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A number of things; a negative one is none at all.
pub fn count<T: Serialize + ?Sized>(value: &T) -> Option<u64> {
    match serde_json::to_value(value).ok()? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The fault of a path argument that was refused when it was set.
pub fn invalid(why: &String) -> Error {
    Error::new(ErrorKind::Request, why.clone())
}

/// The fault of a reply that lacks what a wait is for.
pub fn missing(op: &'static Op) -> Error {
    let detail = format!("the job is done but {} gave no value; ask for it again, or raw", op.id);
    Error::new(ErrorKind::Decode, detail)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_read_as_they_stand_on_the_wire() {
        assert_eq!(word("done").as_deref(), Some("done"));
        assert_eq!(word(&7).as_deref(), Some("7"));
        assert_eq!(word(&json!(null)), None);
        assert_eq!(number(&json!("0.5")), Some(0.5));
        assert_eq!(count(&json!(-1)), None);
        assert_eq!(count(&Some(3)), Some(3));
    }
}

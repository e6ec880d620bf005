//! The server's own message, out of whatever it wraps it in.
//!
//! Platforms disagree about the key: `detail` (FastAPI; a text, or a list with
//! one entry per field), `msg`, `message`, `error`, `errors`, a bare JSON
//! string, or plain text. The document names the platform's shape; the other
//! keys are tried after it, because proxies in between have shapes of their own.

use serde_json::Value;

/// Keys that hold a message, tried in this order after the platform's own.
const KEYS: &[&str] = &["detail", "message", "msg", "error_description", "error", "errors"];

/// Lists and maps are read this deep.
const MAX_DEPTH: usize = 4;

/// The message in a reply's body.
pub(crate) fn message(shape: &str, body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let found = match serde_json::from_str::<Value>(text) {
        Ok(value) => read(shape, &value, MAX_DEPTH)?,
        // A page of a proxy says nothing that fits one line.
        Err(_) if text.starts_with('<') => return None,
        Err(_) => text.to_owned(),
    };
    (!found.trim().is_empty()).then_some(found)
}

fn read(shape: &str, value: &Value, depth: usize) -> Option<String> {
    if depth == 0 {
        return None;
    }
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            let parts: Vec<_> =
                items.iter().filter_map(|item| field_error(item).or_else(|| read(shape, item, depth - 1))).collect();
            (!parts.is_empty()).then(|| parts.join("; "))
        }
        Value::Object(map) => {
            let main = std::iter::once(shape)
                .chain(KEYS.iter().copied())
                .find_map(|key| map.get(key).and_then(|inner| read(shape, inner, depth - 1)));
            let fields = map.get("errors").and_then(|errors| match errors {
                Value::Object(fields) => by_field(shape, fields, depth - 1),
                _ => None,
            });
            match (main, fields) {
                (Some(main), Some(fields)) if main != fields => Some(format!("{main}: {fields}")),
                (main, fields) => main.or(fields),
            }
        }
        _ => None,
    }
}

/// `{"field": ["why", "why else"]}` as `field: why, why else`.
fn by_field(shape: &str, fields: &serde_json::Map<String, Value>, depth: usize) -> Option<String> {
    let parts: Vec<_> =
        fields.iter().filter_map(|(name, why)| Some(format!("{name}: {}", read(shape, why, depth)?))).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// FastAPI's entry for one field. Its `input` is left out: it repeats what was
/// sent, a password for one.
fn field_error(item: &Value) -> Option<String> {
    let message = item.get("msg")?.as_str()?;
    let place: Vec<_> = item
        .get("loc")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned))
        .collect();
    Some(if place.is_empty() { message.to_owned() } else { format!("{}: {message}", place.join(".")) })
}

#[cfg(test)]
mod tests {
    use super::message;

    fn read(shape: &str, body: &str) -> Option<String> {
        message(shape, body.as_bytes())
    }

    #[test]
    fn each_shape_gives_its_message() {
        for (shape, body, expected) in [
            ("detail", r#"{"detail": "no such thing"}"#, "no such thing"),
            (
                "detail",
                r#"{"detail": [{"loc": ["body", "name"], "msg": "too long", "type": "t", "input": "hunter2"},
                               {"loc": ["query", 0], "msg": "bad"}]}"#,
                "body.name: too long; query.0: bad",
            ),
            (
                "msg",
                r#"{"msg": "Request body is incorrect", "errors": {"a": ["x", "y"]}}"#,
                "Request body is incorrect: a: x; y",
            ),
            ("error", r#"{"error": "stopped"}"#, "stopped"),
            ("error", r#"{"error": {"message": "deep"}}"#, "deep"),
            ("error", r#""Model (x) not found""#, "Model (x) not found"),
            ("detail", r#"{"message": "from the proxy"}"#, "from the proxy"),
            ("errors", r#"{"errors": {"name": ["is taken"]}}"#, "name: is taken"),
            ("detail", "Internal Server Error", "Internal Server Error"),
        ] {
            assert_eq!(read(shape, body).as_deref(), Some(expected), "{body}");
        }
    }

    #[test]
    fn what_says_nothing_gives_nothing() {
        for body in ["", "  ", "{}", "[]", "7", "null", "<html>..</html>", r#"{"detail": ""}"#] {
            assert_eq!(read("detail", body), None, "{body}");
        }
        assert_eq!(message("detail", b"\xff\xfe"), None);
    }
}

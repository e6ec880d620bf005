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
const MAX_DEPTH: usize = 5;

/// The message in a reply's body.
pub(crate) fn message(shape: &str, body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let found = match serde_json::from_str::<Value>(text) {
        Ok(value) => read(shape, &value, MAX_DEPTH)?,
        Err(_) if text.starts_with('<') => page(text)?,
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
                items.iter().filter_map(|item| told(item).or_else(|| read(shape, item, depth - 1))).collect();
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

/// An entry about one field or parameter.
fn told(item: &Value) -> Option<String> {
    field_error(item).or_else(|| param_error(item))
}

/// `{"field": ["why", "why else"]}` as `field: why, why else`.
fn by_field(shape: &str, fields: &serde_json::Map<String, Value>, depth: usize) -> Option<String> {
    let parts: Vec<_> =
        fields.iter().filter_map(|(name, why)| Some(format!("{name}: {}", read(shape, why, depth)?))).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// What a page for people says, if that is little: its title and text without tags, scripts and styles.
fn page(html: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = html;
    while let Some((text, tag)) = rest.split_once('<') {
        out.push_str(text);
        out.push(' ');
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
        rest = match name.to_ascii_lowercase().as_str() {
            // What is in these is not for people.
            hidden @ ("script" | "style") => {
                let end = tag.to_ascii_lowercase().find(&format!("</{hidden}"));
                end.and_then(|at| tag.get(at..)).unwrap_or_default()
            }
            _ => tag,
        };
        rest = match rest.strip_prefix('<') {
            Some(_) => rest,
            None => rest.split_once('>').map_or("", |(_, after)| after),
        };
    }
    out.push_str(rest);
    let mut words: Vec<&str> = out.split_whitespace().collect();
    // A title that the page repeats is said once.
    for half in (1..=words.len() / 2).rev() {
        if words[..half] == words[half..2 * half] {
            words.drain(..half);
            break;
        }
    }
    let said = words.join(" ");
    let said = [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " ")]
        .iter()
        .fold(said, |text, (entity, letter)| text.replace(entity, letter));
    said.chars().any(char::is_alphabetic).then_some(said)
}

/// An entry for one parameter, as Auger has it: what is wrong is worth little without its name.
fn param_error(item: &Value) -> Option<String> {
    let message = item.get("message")?.as_str()?;
    let param = item.get("error_param")?.as_str().filter(|param| !param.is_empty())?;
    Some(format!("{param} {message}"))
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
            (
                "meta",
                r#"{"meta": {"status": 400, "errors": [
                    {"error_type": "invalid_param", "error_param": "id", "message": "is required"},
                    {"error_type": "not_found", "message": "no such thing"}]}}"#,
                "id is required; no such thing",
            ),
            (
                "meta",
                "<html><head><title>503 Busy</title><style>p {}</style></head><body><h1>503 Busy</h1>\n<p>Come &amp; try</p></body></html>",
                "503 Busy Come & try",
            ),
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

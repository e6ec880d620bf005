//! Server message: the words of the server in its error response, out of whatever it wraps them in.
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

/// The message in a response's body; `key` is the one under which the platform has it.
pub(crate) fn server_message(key: &str, body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let found = match serde_json::from_str::<Value>(text) {
        Ok(value) => read(key, &value, MAX_DEPTH)?,
        Err(_) if text.starts_with('<') => page(text)?,
        Err(_) => text.to_owned(),
    };
    (!found.trim().is_empty()).then_some(found)
}

fn read(key: &str, value: &Value, depth: usize) -> Option<String> {
    if depth == 0 {
        return None;
    }
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            let parts: Vec<_> =
                items.iter().filter_map(|item| entry(item).or_else(|| read(key, item, depth - 1))).collect();
            (!parts.is_empty()).then(|| parts.join("; "))
        }
        Value::Object(map) => {
            let main = std::iter::once(key)
                .chain(KEYS.iter().copied())
                .find_map(|name| map.get(name).and_then(|inner| read(key, inner, depth - 1)));
            let fields = map.get("errors").and_then(|errors| match errors {
                Value::Object(fields) => by_field(key, fields, depth - 1),
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
fn by_field(key: &str, fields: &serde_json::Map<String, Value>, depth: usize) -> Option<String> {
    let parts: Vec<_> =
        fields.iter().filter_map(|(name, why)| Some(format!("{name}: {}", read(key, why, depth)?))).collect();
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

/// Keys of an entry about one field or parameter: its message, and what it is about. What is wrong is worth little
/// without that.
const ENTRIES: &[(&str, &str)] =
    &[("msg", "loc"), ("message", "error_param"), ("message", "param"), ("message", "field")];

/// An entry about one field or parameter: `body.name: too long`, `id is required`. Its other keys are left out: they
/// repeat what was sent, a password for one.
fn entry(item: &Value) -> Option<String> {
    ENTRIES.iter().find_map(|(message, subject)| {
        let message = item.get(message)?.as_str()?;
        match item.get(subject) {
            Some(Value::Array(path)) if !path.is_empty() => {
                let path: Vec<_> =
                    path.iter().map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned)).collect();
                Some(format!("{}: {message}", path.join(".")))
            }
            Some(Value::String(name)) if !name.is_empty() => Some(format!("{name} {message}")),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::server_message;

    fn read(key: &str, body: &str) -> Option<String> {
        server_message(key, body.as_bytes())
    }

    #[test]
    fn each_form_of_a_message_is_read() {
        for (key, body, expected) in [
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
            assert_eq!(read(key, body).as_deref(), Some(expected), "{body}");
        }
    }

    #[test]
    fn what_says_nothing_gives_nothing() {
        for body in ["", "  ", "{}", "[]", "7", "null", "<html>..</html>", r#"{"detail": ""}"#] {
            assert_eq!(read("detail", body), None, "{body}");
        }
        assert_eq!(server_message("detail", b"\xff\xfe"), None);
    }
}

//! Error display: one line that tells the story; the cause stays in `source()`.

use std::fmt;

use super::Error;

/// A server's message is cut here: it has to fit the one line.
const MAX_MESSAGE: usize = 400;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(operation) = inner.operation {
            write!(f, "{}/{operation}: ", inner.platform)?;
        }
        line(f, &inner.detail)?;
        if let Some(message) = &inner.message {
            f.write_str(": ")?;
            line(f, message)?;
        }
        if let Some(hint) = inner.hint {
            write!(f, "; {hint}")?;
        }
        if let Some(path) = &inner.json_path {
            write!(f, " (at {path})")?;
        }
        if let (Some(method), Some(url)) = (&inner.method, &inner.url) {
            write!(f, " ({method} {url}")?;
            match inner.attempts.len() {
                0 | 1 => f.write_str(")")?,
                tries => write!(f, ", {tries} attempts)")?,
            }
        }
        if let Some(id) = &inner.request_id {
            f.write_str(" [request ")?;
            line(f, id)?;
            f.write_str("]")?;
        }
        write!(f, " [{}]", inner.kind.code())
    }
}

/// Writes text as a part of one line: control characters become spaces.
fn line(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    use fmt::Write as _;
    for (count, letter) in text.trim().chars().enumerate() {
        if count == MAX_MESSAGE {
            return f.write_str("..");
        }
        f.write_char(if letter.is_control() { ' ' } else { letter })?;
    }
    Ok(())
}

/// As `Display`, with the history; the reply's body only by its length,
/// because nobody knows what a server puts there.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        let mut out = f.debug_struct("Error");
        out.field("kind", &inner.kind).field("line", &self.to_string());
        if let Some(status) = inner.status {
            out.field("status", &status.as_u16());
        }
        if let Some(body) = &inner.body {
            out.field("body_bytes", &body.len());
        }
        out.field("retry_after", &inner.retry_after)
            .field("may_have_been_applied", &inner.may_have_been_applied)
            .field("attempts", &inner.attempts)
            .field("source", &inner.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}

//! Query string of a request, encoded as HTML forms encode it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands as it is in a query, as HTML forms write it; a space becomes a plus sign.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_').remove(b' ');

/// Builds a query string. By hand: a whole address for each pair would cost more than all else that is done to a template.
pub(crate) struct Query(String);

impl Query {
    /// Begins with a query that is encoded already.
    pub(crate) fn after(query: Option<String>) -> Self {
        Query(query.unwrap_or_default())
    }

    pub(crate) fn push(&mut self, name: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.encode(name);
        self.0.push('=');
        self.encode(value);
    }

    fn encode(&mut self, text: &str) {
        for (index, word) in text.split(' ').enumerate() {
            if index > 0 {
                self.0.push('+');
            }
            self.0.extend(utf8_percent_encode(word, FORM));
        }
    }

    pub(crate) fn finish(self) -> Option<String> {
        Some(self.0).filter(|query| !query.is_empty())
    }
}

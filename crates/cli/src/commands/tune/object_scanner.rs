//! JSON object scanner of a trial's output: finds `value` in an object of any length, as its text arrives.

/// The key of a trial's value.
const KEY: &[u8] = b"value";
/// Bytes kept of a key, a number or a text: no double has more digits that matter.
const WORD: usize = 400;
/// Containers within each other, beyond which nobody means a result.
const DEEPEST: usize = 500;
/// Bytes kept of an object for people to read.
const HEAD: usize = 200;

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Expected {
    Key {
        or_end: bool,
    },
    Colon,
    Value {
        or_end: bool,
    },
    Comma,
    /// The object is complete.
    Nothing,
    /// What came was no JSON.
    Anything,
}

/// What is in the middle of being read.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Lexeme {
    Between,
    Word,
    Text { escaped: bool },
}

/// State of an object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum ObjectState {
    /// It goes on.
    Open,
    /// It has ended, and nothing came behind it.
    Complete,
    /// It is no JSON.
    Broken,
}

/// Scanner of one object. JSON is what Python writes: `NaN` and `Infinity` are numbers.
#[derive(Clone, Debug)]
pub(super) struct ObjectScanner {
    expected: Expected,
    lexeme: Lexeme,
    containers: Vec<u8>,
    word: Vec<u8>,
    /// Whether the key that was read last is `value`, of the object itself.
    at_value: bool,
    /// The text of that value, while it comes and then.
    value: Option<Vec<u8>>,
    names: NameFinder,
    head: Vec<u8>,
}

impl ObjectScanner {
    /// A scanner of what begins with `{`.
    pub(super) fn new() -> ObjectScanner {
        ObjectScanner {
            expected: Expected::Value { or_end: false },
            lexeme: Lexeme::Between,
            containers: Vec::new(),
            word: Vec::new(),
            at_value: false,
            value: None,
            names: NameFinder::default(),
            head: Vec::new(),
        }
    }

    /// Goes on with this text.
    pub(super) fn push(&mut self, text: &[u8]) {
        for &byte in text {
            keep(&mut self.head, byte, HEAD);
            self.names.push(byte);
            if self.expected != Expected::Anything {
                self.read(byte);
            }
        }
    }

    pub(super) fn state(&self) -> ObjectState {
        match self.expected {
            Expected::Anything => ObjectState::Broken,
            Expected::Nothing => ObjectState::Complete,
            _ => ObjectState::Open,
        }
    }

    /// Whether it is broken by what comes now.
    pub(super) fn ends_before(&self, next: u8) -> bool {
        let mut further = self.clone();
        further.push(&[next]);
        further.state() == ObjectState::Broken
    }

    /// Whether it has a `value` of its own, also where it is no JSON (`{'value': 1}`).
    pub(super) fn names_value(&self) -> bool {
        self.value.is_some() || self.names.found
    }

    /// Whether braces are open, also where it is no JSON.
    pub(super) fn is_nested(&self) -> bool {
        self.names.depth > 0
    }

    /// The text of `value`, the last one if there are several.
    pub(super) fn value(&self) -> Option<&[u8]> {
        self.value.as_deref()
    }

    /// Its beginning.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    fn read(&mut self, byte: u8) {
        match self.lexeme {
            Lexeme::Text { escaped } => {
                self.take(byte);
                self.lexeme = Lexeme::Text { escaped: byte == b'\\' && !escaped };
                match byte {
                    b'"' if !escaped => self.ended(),
                    0..0x20 => self.expected = Expected::Anything,
                    _ => {}
                }
            }
            Lexeme::Word if is_word(byte) => self.take(byte),
            Lexeme::Word if !is_scalar(&self.word) => self.expected = Expected::Anything,
            Lexeme::Word => {
                self.ended();
                self.mark(byte);
            }
            Lexeme::Between => self.mark(byte),
        }
    }

    /// A byte between words and texts.
    fn mark(&mut self, byte: u8) {
        let inner = self.containers.last().copied();
        match (self.expected, byte) {
            (_, b' ' | b'\t' | b'\n' | b'\r') => {}
            (Expected::Key { .. }, b'"') => self.begin(Lexeme::Text { escaped: false }, byte),
            (Expected::Colon, b':') => self.go_on(Expected::Value { or_end: false }, byte),
            (Expected::Value { .. }, b'"') => self.begin(Lexeme::Text { escaped: false }, byte),
            (Expected::Value { .. }, b'{' | b'[') if self.containers.len() < DEEPEST => {
                self.begin(Lexeme::Between, byte);
                self.containers.push(byte);
                self.expected =
                    if byte == b'{' { Expected::Key { or_end: true } } else { Expected::Value { or_end: true } };
            }
            (Expected::Value { .. }, _) if is_word(byte) => self.begin(Lexeme::Word, byte),
            (Expected::Comma, b',') if inner == Some(b'{') => self.go_on(Expected::Key { or_end: false }, byte),
            (Expected::Comma, b',') => self.go_on(Expected::Value { or_end: false }, byte),
            (Expected::Key { or_end: true } | Expected::Comma, b'}') if inner == Some(b'{') => self.close(byte),
            (Expected::Value { or_end: true } | Expected::Comma, b']') if inner == Some(b'[') => self.close(byte),
            _ => self.expected = Expected::Anything,
        }
    }

    fn begin(&mut self, lexeme: Lexeme, byte: u8) {
        self.lexeme = lexeme;
        self.word.clear();
        if self.at_value && self.containers.len() == 1 && matches!(self.expected, Expected::Value { .. }) {
            self.value = Some(Vec::new());
        }
        self.take(byte);
    }

    fn go_on(&mut self, expected: Expected, byte: u8) {
        self.take(byte);
        self.expected = expected;
    }

    fn take(&mut self, byte: u8) {
        keep(&mut self.word, byte, WORD);
        if let (true, Some(value)) = (self.at_value, &mut self.value) {
            keep(value, byte, HEAD);
        }
    }

    fn close(&mut self, byte: u8) {
        self.take(byte);
        self.containers.pop();
        self.ended();
    }

    /// A key or a value has ended.
    fn ended(&mut self) {
        self.lexeme = Lexeme::Between;
        match (self.expected, self.containers.len()) {
            (_, 0) => self.expected = Expected::Nothing,
            (Expected::Key { .. }, depth) => {
                if depth == 1 {
                    self.at_value = serde_json::from_slice::<String>(&self.word).is_ok_and(|key| key.as_bytes() == KEY);
                }
                self.expected = Expected::Colon;
            }
            (_, depth) => {
                self.at_value &= depth > 1;
                self.expected = Expected::Comma;
            }
        }
    }
}

/// Finder of `value` as a key in what looks like an object, JSON or not.
#[derive(Clone, Debug, Default)]
struct NameFinder {
    depth: usize,
    quote: Option<u8>,
    escaped: bool,
    /// The words that were read last, and whether a blank came behind them.
    word: Vec<u8>,
    gap: bool,
    lines: usize,
    found: bool,
}

impl NameFinder {
    fn push(&mut self, byte: u8) {
        if byte == b'\n' {
            self.lines += 1;
            // What was never a text, as in `{ don't`, hides no more than its line.
            self.quote = self.quote.filter(|&quote| quote == b'"');
        }
        match self.quote {
            Some(quote) if byte == quote && !self.escaped => self.quote = None,
            Some(_) => {
                self.take(byte);
                self.escaped = byte == b'\\' && !self.escaped;
            }
            None => self.between(byte),
        }
    }

    fn between(&mut self, byte: u8) {
        match byte {
            b'"' | b'\'' => {
                self.quote = Some(byte);
                (self.word, self.gap) = (Vec::new(), false);
            }
            b':' => self.found |= self.depth == 1 && self.word == KEY,
            byte if byte.is_ascii_whitespace() => self.gap = true,
            byte if byte.is_ascii_alphanumeric() || byte == b'_' => {
                if std::mem::take(&mut self.gap) && !self.word.is_empty() {
                    self.take(b' ');
                }
                // Without quotes it is a key only where it stands on the line on which the object begins.
                self.take(if self.lines == 0 { byte } else { 0 });
            }
            _ => {
                match byte {
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
                (self.word, self.gap) = (Vec::new(), false);
            }
        }
    }

    fn take(&mut self, byte: u8) {
        keep(&mut self.word, byte, KEY.len() + 1);
    }
}

fn keep(kept: &mut Vec<u8>, byte: u8, most: usize) {
    if kept.len() < most {
        kept.push(byte);
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')
}

/// Whether it is a value without an end mark of its own. One that is longer than what is kept is a number with more
/// digits than anybody reads.
fn is_scalar(word: &[u8]) -> bool {
    matches!(word, b"NaN" | b"Infinity" | b"-Infinity")
        || (word.len() == WORD && word.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-')))
        || serde_json::from_slice::<serde::de::IgnoredAny>(word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(text: &str) -> (ObjectState, bool, Option<String>) {
        let mut scanner = ObjectScanner::new();
        text.as_bytes().chunks(3).for_each(|part| scanner.push(part));
        let value = scanner.value().map(|value| String::from_utf8_lossy(value).into_owned());
        (scanner.state(), scanner.names_value(), value)
    }

    #[test]
    fn the_value_of_the_object_itself_is_found_whatever_is_beside_it() {
        for (text, value) in [
            (r#"{"value":0.93,"val_auc":NaN}"#, "0.93"),
            (r#"{"a":[-Infinity,{"value":1}],"value" : -1e-3 }"#, "-1e-3"),
            (r#"{"value": 1, "value": 2}"#, "2"),
            ("{\n \"text\": \"\\\"value\\\": 9, }\",\n \"value\": 3\n}\n", "3"),
            (r#"{"\u0076alue": 4, "b": {"c": [[]], "value": []}}"#, "4"),
            (r#"{"value": {"a": [1, 2]}, "b": true}"#, r#"{"a":[1,2]}"#),
            (r#"{"value": "a\"b"}"#, r#""a\"b""#),
        ] {
            let found = scan(text);
            let shown = found.2.as_ref().map(|value| value.replace(' ', ""));
            assert_eq!((found.0, shown.as_deref()), (ObjectState::Complete, Some(value)), "{text}");
        }
    }

    #[test]
    fn an_object_without_a_value_of_its_own_names_none() {
        for text in [r#"{}"#, r#"{"loss": NaN}"#, r#"{"a": {"value": 1}}"#, r#"{"a": "value"}"#, r#"{"my value": 1}"#] {
            assert_eq!(scan(text), (ObjectState::Complete, false, None), "{text}");
        }
        for text in ["{broken", "{max_value: 1}", "{'a': {'value': 1}}", "{ it's a value }", "{a\nvalue: 1"] {
            assert_eq!(scan(text), (ObjectState::Broken, false, None), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_and_names_a_value_is_told_apart() {
        for text in [
            "{'value': 1}",
            "{value: 1}",
            r#"{"a": 1 "value": 2}"#,
            r#"{"value": 1} and more"#,
            r#"{"value": 1,}"#,
            r#"{"value": 01}"#,
            "{\"a\": \"b\nc\", \"value\": 1}",
            "{'loss': 1,\n 'value': 2}",
        ] {
            let found = scan(text);
            assert_eq!((found.0, found.1), (ObjectState::Broken, true), "{text}");
        }
        assert_eq!(scan(r#"{"value": 1"#), (ObjectState::Open, true, Some("1".into())));
    }

    #[test]
    fn an_object_of_any_length_takes_little_memory() {
        let mut scanner = ObjectScanner::new();
        scanner.push(br#"{"history": ["#);
        (0..20_000).for_each(|_| scanner.push(br#"[1, "a"], "#));
        scanner.push(&[b'9'; 10_000]);
        scanner.push(br#"], "value": 0.5}"#);
        assert_eq!((scanner.state(), scanner.value()), (ObjectState::Complete, Some(&b"0.5"[..])));
        assert!(scanner.word.capacity() <= 2 * WORD && scanner.head.len() == HEAD);
        let mut deep = ObjectScanner::new();
        deep.push(b"{\"a\":");
        deep.push(&vec![b'['; 10_000_000]);
        assert_eq!((deep.state(), deep.containers.len()), (ObjectState::Broken, DEEPEST));
    }
}

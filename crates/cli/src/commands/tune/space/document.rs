//! YAML or JSON document as a tree: each word as it is written, and where it stands.

use std::collections::BTreeMap;
use std::fmt;

use granit_parser::{Event, Parser, ScalarStyle, Span};

/// Nodes of a document, those that aliases repeat included: more are no space that anybody wrote.
const MOST: usize = 100_000;

/// Place in a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    line: usize,
    column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} column {}", self.line, self.column)
    }
}

/// Mistake in a document, and its place.
#[derive(Debug, PartialEq)]
pub(super) struct Mistake {
    pub(super) place: Place,
    pub(super) message: String,
}

/// Node of a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) content: Content,
}

/// Content of a node.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Content {
    /// A word; bare if it has no quotes, so that it may stand for a number or for nothing.
    Word {
        text: String,
        bare: bool,
    },
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// A mistake of it.
    pub(super) fn wrong(&self, message: impl Into<String>) -> Mistake {
        Mistake { place: self.place, message: message.into() }
    }

    /// The word that it is, and whether it has no quotes.
    pub(super) fn word(&self) -> Option<(&str, bool)> {
        match &self.content {
            Content::Word { text, bare } => Some((text, *bare)),
            _ => None,
        }
    }
}

/// Reads a document; none where there is nothing in it.
pub(super) fn read(text: &str) -> Result<Option<Node>, Mistake> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let json = text.trim_start().starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    let text = if json { as_yaml(text) } else { text.to_owned() };
    let mut reader = Reader { parser: Parser::new_from_str(&text), anchors: BTreeMap::new(), nodes: 0 };
    let document = match reader.next()? {
        Some((Event::StreamStart, _)) => reader.next()?,
        first => first,
    };
    let Some((Event::DocumentStart(..), _)) = document else { return Ok(None) };
    let (event, span) = reader.some()?;
    let node = reader.node(event, span)?;
    if let Some((Event::DocumentStart(..), span)) = reader.after_document()? {
        return Err(Mistake { place: place(span), message: "a space is one document, and here begins another".into() });
    }
    Ok(Some(node).filter(|node| !matches!(node.word(), Some(("" | "~", true)))))
}

/// Valid JSON with what YAML takes otherwise: letters in two halves as they are, and letters that nobody sees by number.
fn as_yaml(json: &str) -> String {
    let mut out = String::new();
    let mut rest = json;
    while let Some(letter) = rest.chars().next() {
        let halves = rest.get(..12).filter(|text| text.starts_with("\\u"));
        let whole = halves.and_then(|text| serde_json::from_str::<String>(&format!("\"{text}\"")).ok());
        let length = match (letter, whole.filter(|whole| whole.chars().count() == 1)) {
            ('\\', Some(whole)) => {
                out += &whole;
                12
            }
            ('\\', None) => {
                let escape = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
                out += &rest[..escape];
                escape
            }
            ('\t', _) => {
                out.push(' ');
                1
            }
            ('\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}', _) => {
                out += &format!("\\u{:04x}", u32::from(letter));
                letter.len_utf8()
            }
            _ => {
                out.push(letter);
                letter.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    out
}

struct Reader<'a> {
    parser: Parser<'a, granit_parser::StrInput<'a>>,
    anchors: BTreeMap<usize, Node>,
    nodes: usize,
}

impl<'a> Reader<'a> {
    /// The next event that is no comment.
    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, Mistake> {
        loop {
            match self.parser.next_event() {
                None => return Ok(None),
                Some(Ok((Event::Comment(..), _))) => {}
                Some(Ok(event)) => return Ok(Some(event)),
                Some(Err(error)) => {
                    let (marker, message) = (error.marker(), error.info().to_owned());
                    let place = Place { line: marker.line(), column: marker.col() + 1 };
                    return Err(Mistake { place, message });
                }
            }
        }
    }

    fn some(&mut self) -> Result<(Event<'a>, Span), Mistake> {
        let end = || Mistake { place: Place::default(), message: "the document has no end".into() };
        self.next()?.ok_or_else(end)
    }

    fn after_document(&mut self) -> Result<Option<(Event<'a>, Span)>, Mistake> {
        match self.next()? {
            Some((Event::DocumentEnd, _)) => self.next(),
            other => Ok(other),
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span) -> Result<Node, Mistake> {
        let place = place(span);
        self.nodes += 1;
        let too_many = Mistake { place, message: format!("a space has no more than {MOST} words") };
        if self.nodes > MOST {
            return Err(too_many);
        }
        let (content, anchor) = match event {
            Event::Scalar(text, style, anchor, _) => {
                (Content::Word { text: text.into_owned(), bare: style == ScalarStyle::Plain }, anchor)
            }
            Event::SequenceStart(_, anchor, _) => {
                let mut items = Vec::new();
                loop {
                    match self.some()? {
                        (Event::SequenceEnd, _) => break,
                        (event, span) => items.push(self.node(event, span)?),
                    }
                }
                (Content::List(items), anchor)
            }
            Event::MappingStart(_, anchor, _) => {
                let mut entries: Vec<(Node, Node)> = Vec::new();
                loop {
                    let key = match self.some()? {
                        (Event::MappingEnd, _) => break,
                        (event, span) => self.node(event, span)?,
                    };
                    let (event, span) = self.some()?;
                    entries.push((key, self.node(event, span)?));
                }
                (Content::Map(entries), anchor)
            }
            Event::Alias(anchor) => {
                let known = self.anchors.get(&anchor).cloned();
                let node = known.ok_or(Mistake { place, message: "an alias without an anchor".into() })?;
                self.nodes += size(&node);
                return if self.nodes > MOST { Err(too_many) } else { Ok(Node { place, ..node }) };
            }
            _ => return Err(Mistake { place, message: "a value is missing".into() }),
        };
        let node = Node { place, content };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }
}

fn size(node: &Node) -> usize {
    1 + match &node.content {
        Content::Word { .. } => 0,
        Content::List(items) => items.iter().map(size).sum(),
        Content::Map(entries) => entries.iter().map(|(key, value)| size(key) + size(value)).sum(),
    }
}

fn place(span: Span) -> Place {
    Place { line: span.start.line(), column: span.start.col() + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(node: &Node) -> String {
        match &node.content {
            Content::Word { text, bare } => format!("{text}{}", if *bare { "" } else { "'" }),
            Content::List(items) => format!("[{}]", items.iter().map(words).collect::<Vec<_>>().join(" ")),
            Content::Map(entries) => {
                let entry = |(key, value): &(Node, Node)| format!("{}:{}", words(key), words(value));
                format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(" "))
            }
        }
    }

    #[test]
    fn words_are_as_they_are_written() {
        for (text, tree) in [
            ("a: [3.10, 001, 12e4, True, ~, 'x', \"\\t\"]", "{a:[3.10 001 12e4 True ~ x' \t']}"),
            (
                "{\"a\":\t[3.10,\n\t\ttrue, \"\\ud83d\\uDE00 \\u00e9 \\/ \\\\u\"]}",
                "{a':[3.10 true \u{1f600} é / \\u']}",
            ),
            ("# first\na: &x {b: 1}\nc: *x\n", "{a:{b:1} c:{b:1}}"),
            ("\u{feff}a: b", "{a:b}"),
        ] {
            assert_eq!(words(&read(text).unwrap().unwrap()), tree, "{text:?}");
        }
        for nothing in ["", "# only words\n", "---\n"] {
            assert_eq!(read(nothing).unwrap(), None, "{nothing:?}");
        }
    }

    #[test]
    fn a_mistake_has_its_place() {
        for (text, place) in [("x: {type: int", "line 1"), ("a: *b", "line 1 column 4")] {
            let said = read(text).unwrap_err();
            assert!(said.place.to_string().starts_with(place), "{text:?}: {said:?}");
        }
        let bomb = (1..40).fold("a0: &a0 [x, x]\n".to_owned(), |text, level| {
            format!("{text}a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1)
        });
        assert!(read(&bomb).unwrap_err().message.contains("no more than"));
    }
}

//! JSON string extractor: takes long texts out of JSON as it arrives, and keeps the rest.

use crate::error::{Error, ErrorKind, Result};

/// Location of the texts in a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextLocation {
    /// A member of the reply, which is an object.
    Object,
    /// A member of each item of a list in the reply, which is an object:
    /// `{"data": [{"result": ".."}]}`.
    Items,
}

impl TextLocation {
    fn depth(self) -> usize {
        match self {
            TextLocation::Object => 1,
            TextLocation::Items => 3,
        }
    }
}

/// Piece of a text that a [`JsonStringExtractor`] takes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextPiece<'a> {
    /// The next text begins; the first is number 0.
    Begin(usize),
    /// Part of it, its escapes undone.
    Text(&'a [u8]),
    /// It ends.
    End,
}

/// As deep as serde_json reads.
const DEEPEST: usize = 128;

/// Extractor of the texts of one member, out of JSON that comes in pieces of any length.
///
/// What remains is JSON again, with the number of each text (`"0"`, `"1"`, ..)
/// in its place; null stays null. It grows with the remainder alone, however
/// long the texts are. Member names with escapes in them are not recognised.
#[derive(Debug)]
#[must_use]
pub struct JsonStringExtractor {
    member: &'static str,
    place: TextLocation,
    rest: Vec<u8>,
    /// `{` and `[`, the innermost last.
    nesting: Vec<u8>,
    state: ScanState,
    /// Whether the next text of this object is a member's name.
    name_next: bool,
    /// Where in the rest the last name begins; its quotation mark excluded.
    name: usize,
    /// Whether the value to come is one of ours.
    wanted: bool,
    count: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ScanState {
    Between,
    /// In a text that stays; after a backslash or not.
    Kept {
        escaped: bool,
        name: bool,
    },
    /// In a text that is taken out.
    Taken,
    Escape,
    /// Digits of `\u`, and the first half of a pair, if there was one.
    Unicode {
        digits: u8,
        code: u32,
        high: Option<u32>,
    },
    /// After the first half of a pair.
    Pair {
        high: u32,
        backslash: bool,
    },
}

impl JsonStringExtractor {
    /// For the texts of that member, there.
    pub fn new(member: &'static str, place: TextLocation) -> Self {
        JsonStringExtractor {
            member,
            place,
            rest: Vec::new(),
            nesting: Vec::new(),
            state: ScanState::Between,
            name_next: false,
            name: 0,
            wanted: false,
            count: 0,
        }
    }

    /// Takes the next piece; `take` gets what is found in it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] for what is no JSON, as far as that shows, and the
    /// errors of `take`.
    pub fn push(&mut self, mut piece: &[u8], mut take: impl FnMut(TextPiece<'_>) -> Result<()>) -> Result<()> {
        while let Some((&byte, after)) = piece.split_first() {
            if self.state == ScanState::Taken {
                let length = memchr::memchr2(b'"', b'\\', piece).unwrap_or(piece.len());
                let (text, after) = piece.split_at(length);
                if !text.is_empty() {
                    take(TextPiece::Text(text))?;
                }
                match after.split_first() {
                    Some((b'"', after)) => {
                        take(TextPiece::End)?;
                        (self.state, piece) = (ScanState::Between, after);
                    }
                    Some((_, after)) => (self.state, piece) = (ScanState::Escape, after),
                    None => piece = after,
                }
                continue;
            }
            match self.state {
                ScanState::Between => self.between(byte, &mut take)?,
                ScanState::Kept { escaped, name } => self.kept(byte, escaped, name),
                _ => self.escape(byte, &mut take)?,
            }
            piece = after;
        }
        Ok(())
    }

    /// What remains of the reply.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] where it ends early.
    pub fn finish(self) -> Result<Vec<u8>> {
        if self.state == ScanState::Between && self.nesting.is_empty() && !self.rest.is_empty() {
            Ok(self.rest)
        } else {
            Err(broken("ends early"))
        }
    }

    fn between(&mut self, byte: u8, take: &mut impl FnMut(TextPiece<'_>) -> Result<()>) -> Result<()> {
        match byte {
            b'"' if self.wanted => {
                let number = self.count;
                self.count += 1;
                self.rest.extend_from_slice(format!("\"{number}\"").as_bytes());
                (self.wanted, self.state) = (false, ScanState::Taken);
                return take(TextPiece::Begin(number));
            }
            b'"' => {
                self.state = ScanState::Kept { escaped: false, name: self.name_next };
                self.name = self.rest.len() + 1;
                self.name_next = false;
            }
            b'{' | b'[' => {
                if self.nesting.len() == DEEPEST {
                    return Err(broken("is nested too deeply"));
                }
                self.nesting.push(byte);
                self.name_next = byte == b'{';
                self.wanted = false;
            }
            b'}' | b']' => {
                // The two differ by two from what opens them, in ASCII.
                if self.nesting.pop() != Some(byte - 2) {
                    return Err(broken("is no JSON"));
                }
                (self.name_next, self.wanted) = (false, false);
            }
            b',' => (self.name_next, self.wanted) = (self.nesting.last() == Some(&b'{'), false),
            b':' | b' ' | b'\t' | b'\r' | b'\n' => {}
            // A number or a word: a value of another sort.
            _ => self.wanted = false,
        }
        self.rest.push(byte);
        Ok(())
    }

    fn kept(&mut self, byte: u8, escaped: bool, name: bool) {
        if byte == b'"' && !escaped {
            let named = self.rest.get(self.name..) == Some(self.member.as_bytes());
            self.wanted = name && named && self.nesting.len() == self.place.depth();
            self.state = ScanState::Between;
        } else {
            self.state = ScanState::Kept { escaped: byte == b'\\' && !escaped, name };
        }
        self.rest.push(byte);
    }

    fn escape(&mut self, byte: u8, take: &mut impl FnMut(TextPiece<'_>) -> Result<()>) -> Result<()> {
        self.state = match self.state {
            ScanState::Unicode { digits, code, high } => {
                let digit = char::from(byte).to_digit(16).ok_or_else(|| broken("has a broken escape"))?;
                let code = code << 4 | digit;
                match (digits, high) {
                    (1.., _) => ScanState::Unicode { digits: digits - 1, code, high },
                    (0, None) if (0xD800..0xDC00).contains(&code) => ScanState::Pair { high: code, backslash: false },
                    (0, None) => letter(code, take)?,
                    (0, Some(high)) if (0xDC00..0xE000).contains(&code) => {
                        letter(0x1_0000 + ((high - 0xD800) << 10) + (code - 0xDC00), take)?
                    }
                    (0, Some(_)) => return Err(broken("has half a letter")),
                }
            }
            ScanState::Pair { high, backslash: false } if byte == b'\\' => ScanState::Pair { high, backslash: true },
            ScanState::Pair { high, backslash: true } if byte == b'u' => {
                ScanState::Unicode { digits: 3, code: 0, high: Some(high) }
            }
            ScanState::Escape if byte == b'u' => ScanState::Unicode { digits: 3, code: 0, high: None },
            ScanState::Escape => {
                let plain = match byte {
                    b'"' | b'\\' | b'/' => byte,
                    b'b' => 0x08,
                    b'f' => 0x0C,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    _ => return Err(broken("has a broken escape")),
                };
                take(TextPiece::Text(&[plain]))?;
                ScanState::Taken
            }
            _ => return Err(broken("has half a letter")),
        };
        Ok(())
    }
}

fn letter(code: u32, take: &mut impl FnMut(TextPiece<'_>) -> Result<()>) -> Result<ScanState> {
    let letter = char::from_u32(code).ok_or_else(|| broken("has half a letter"))?;
    take(TextPiece::Text(letter.encode_utf8(&mut [0; 4]).as_bytes()))?;
    Ok(ScanState::Taken)
}

fn broken(how: &str) -> Error {
    Error::new(ErrorKind::Decode, format!("the reply {how}"))
}

//! A place in a list, as a text that another walk can begin at.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{percent_decode_str, utf8_percent_encode};

use super::Cursor;
use crate::error::{Error, ErrorKind};

/// All but letters and digits; keeps the separator free.
const PLAIN: &percent_encoding::AsciiSet = percent_encoding::NON_ALPHANUMERIC;

/// A place in a list: a page, and how many of its items have been taken.
///
/// Its text is short, holds no host and no credential, and is read back by
/// `parse`. Under offset paging the place is exact as long as nothing before it
/// appears or goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Position {
    pub(crate) cursor: Cursor,
    pub(crate) taken: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cursor {
            Cursor::Start => f.write_str("start")?,
            Cursor::Number(number) => write!(f, "number:{number}")?,
            Cursor::Token(text) => write!(f, "token:{}", utf8_percent_encode(text, PLAIN))?,
            Cursor::Link(text) => write!(f, "link:{}", utf8_percent_encode(text, PLAIN))?,
        }
        match self.taken {
            0 => Ok(()),
            taken => write!(f, "+{taken}"),
        }
    }
}

impl FromStr for Position {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let bad = || Error::new(ErrorKind::Handle, "the text is not a position in a list");
        let (page, taken) = match text.split_once('+') {
            Some((page, taken)) => (page, taken.parse().map_err(|_| bad())?),
            None => (text, 0),
        };
        let decoded = |text: &str| {
            let text = percent_decode_str(text).decode_utf8().map_err(|_| bad())?;
            Ok::<_, Error>(text.into_owned())
        };
        let cursor = match page.split_once(':') {
            None if page == "start" => Cursor::Start,
            Some(("number", number)) => Cursor::Number(number.parse().map_err(|_| bad())?),
            Some(("token", text)) => Cursor::Token(decoded(text)?),
            Some(("link", text)) => Cursor::Link(decoded(text)?),
            _ => return Err(bad()),
        };
        Ok(Position { cursor, taken })
    }
}

//! Page token: what names a page of a list, and the position of an item in it as a text to resume a walk from.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{percent_decode_str, utf8_percent_encode};

use crate::error::{Error, ErrorKind};
use crate::op::PagingStyle;

/// All but letters and digits; keeps the separators free.
const PLAIN: &percent_encoding::AsciiSet = percent_encoding::NON_ALPHANUMERIC;

/// Page token: what names a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Cursor {
    /// The first page, as the server has it.
    #[default]
    Start,
    /// The number of the page, or of the items before it.
    Number(u64),
    /// A text from the page before.
    Token(String),
    /// An address from the page before.
    Link(String),
}

/// Position in a list: a page, how many of its items have been taken, and in a sorted list the last of them.
///
/// Its text is short, holds no host and no credential, and is read back by `parse`. In a sorted list the place is exact
/// whatever appears and goes. In others it is as long as nothing does: before it, where items or pages are counted; in
/// its page, where pages are named by texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Position {
    pub(crate) cursor: Cursor,
    /// What a numbered page is counted by.
    pub(crate) size: Option<u64>,
    pub(crate) taken: usize,
    /// The id of the last item taken.
    pub(crate) after: Option<String>,
}

impl Position {
    /// Whether a list that names its pages in that style can have made it.
    pub(crate) fn fits(&self, style: PagingStyle) -> bool {
        match self.cursor {
            Cursor::Start => true,
            Cursor::Number(_) => matches!(style, PagingStyle::Offset | PagingStyle::Page),
            Cursor::Token(_) => style == PagingStyle::Token,
            Cursor::Link(_) => style == PagingStyle::Link,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cursor {
            Cursor::Start => f.write_str("start")?,
            Cursor::Number(number) => write!(f, "number:{number}")?,
            Cursor::Token(text) => write!(f, "token:{}", utf8_percent_encode(text, PLAIN))?,
            Cursor::Link(text) => write!(f, "link:{}", utf8_percent_encode(text, PLAIN))?,
        }
        if let Some(size) = self.size {
            write!(f, "*{size}")?;
        }
        if self.taken > 0 {
            write!(f, "+{}", self.taken)?;
        }
        match &self.after {
            Some(id) => write!(f, "@{}", utf8_percent_encode(id, PLAIN)),
            None => Ok(()),
        }
    }
}

impl FromStr for Position {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let bad = || Error::new(ErrorKind::Handle, "the text is not a position in a list");
        let decoded = |text: &str| {
            let text = percent_decode_str(text).decode_utf8().map_err(|_| bad())?;
            Ok::<_, Error>(text.into_owned())
        };
        let (text, after) = cut(text, '@');
        let (text, taken) = cut(text, '+');
        let (page, size) = cut(text, '*');
        let cursor = match page.split_once(':') {
            None if page == "start" => Cursor::Start,
            Some(("number", number)) => Cursor::Number(number.parse().map_err(|_| bad())?),
            Some(("token", text)) => Cursor::Token(decoded(text)?),
            Some(("link", text)) => Cursor::Link(decoded(text)?),
            _ => return Err(bad()),
        };
        Ok(Position {
            cursor,
            size: size.map(|size| size.parse().map_err(|_| bad())).transpose()?,
            taken: taken.map_or(Ok(0), |taken| taken.parse().map_err(|_| bad()))?,
            after: after.map(decoded).transpose()?,
        })
    }
}

/// The text up to the sign, and what follows it.
fn cut(text: &str, sign: char) -> (&str, Option<&str>) {
    text.split_once(sign).map_or((text, None), |(text, rest)| (text, Some(rest)))
}

//! A message inside of a JSON reply, opened as the reply arrives.

use super::{Opener, Piece, Place, Sieve};
use crate::error::{Error, ErrorKind, Result};

/// Reads a reply that is one JSON object with a message in one of its members,
/// such as `{"id": 7, "result": "..", "run": {..}}`.
///
/// Neither the reply nor the message is ever whole in memory.
///
/// ```
/// use mlhub::vantage6::crypto::{Opener, TextReader, encode};
/// # fn main() -> Result<(), mlhub::Error> {
/// let reply = format!(r#"{{"id": 7, "result": "{}"}}"#, encode(b"[1, 2]"));
/// let (mut reader, mut plain) = (TextReader::new("result", Opener::plain()), Vec::new());
/// for piece in reply.as_bytes().chunks(5) {
///     // Here `plain` could be written somewhere, and emptied.
///     reader.push(piece, &mut plain)?;
/// }
/// let found = reader.finish()?;
/// assert_eq!((plain.as_slice(), found.rest.as_slice()), (&b"[1, 2]"[..], &br#"{"id": 7, "result": "0"}"#[..]));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use]
pub struct TextReader {
    sieve: Sieve,
    message: Message,
}

#[derive(Debug)]
enum Message {
    Expected(Opener),
    Read,
}

/// What else a reply with a message had.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// Whether there was a message: false where the member is null or missing.
    pub message: bool,
    /// The reply without the message: JSON, with `"0"` in its place.
    pub rest: Vec<u8>,
}

impl TextReader {
    /// For the message in that member, to be opened like that.
    pub fn new(member: &'static str, opener: Opener) -> Self {
        TextReader { sieve: Sieve::new(member, Place::Object), message: Message::Expected(opener) }
    }

    /// Takes the next piece of the reply, and appends to `out` what it has of
    /// the message.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] for what is no JSON; those of [`Opener::push`].
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<()> {
        let TextReader { sieve, message } = self;
        sieve.push(piece, |piece| match (piece, &mut *message) {
            (Piece::Begin(0), _) => Ok(()),
            (Piece::Text(text), Message::Expected(opener)) => opener.push(text, out),
            (Piece::End, message) => match std::mem::replace(message, Message::Read) {
                Message::Expected(opener) => opener.finish(out),
                Message::Read => Err(twice()),
            },
            _ => Err(twice()),
        })
    }

    /// Takes the end of the reply.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] where it ends early.
    pub fn finish(self) -> Result<Found> {
        let message = matches!(self.message, Message::Read);
        Ok(Found { message, rest: self.sieve.finish()? })
    }
}

fn twice() -> Error {
    Error::new(ErrorKind::Decode, "the reply has the message twice")
}

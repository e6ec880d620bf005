//! Encrypted member of a JSON reply, decrypted as the reply arrives.

use super::{Decryptor, JsonStringExtractor, TextLocation, TextPiece};
use crate::error::{Error, ErrorKind, Result};

/// Reader of a reply that is one JSON object with a message in one of its members,
/// such as `{"id": 7, "result": "..", "run": {..}}`.
///
/// Neither the reply nor the message is ever whole in memory.
///
/// ```
/// use mlhub::vantage6::crypto::{Decryptor, JsonMessageReader, encode};
/// # fn main() -> Result<(), mlhub::Error> {
/// let reply = format!(r#"{{"id": 7, "result": "{}"}}"#, encode(b"[1, 2]"));
/// let (mut reader, mut plain) = (JsonMessageReader::new("result", Decryptor::plain()), Vec::new());
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
pub struct JsonMessageReader {
    extractor: JsonStringExtractor,
    message: Message,
}

#[derive(Debug)]
enum Message {
    Expected(Decryptor),
    Read,
}

/// Remainder of a reply with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplyRemainder {
    /// Whether there was a message: false where the member is null or missing.
    pub message: bool,
    /// The reply without the message: JSON, with `"0"` in its place.
    pub rest: Vec<u8>,
}

impl JsonMessageReader {
    /// For the message in that member, to be decrypted like that.
    pub fn new(member: &'static str, decryptor: Decryptor) -> Self {
        JsonMessageReader {
            extractor: JsonStringExtractor::new(member, TextLocation::Object),
            message: Message::Expected(decryptor),
        }
    }

    /// Takes the next piece of the reply, and appends to `out` what it has of
    /// the message.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] for what is no JSON; those of [`Decryptor::push`].
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<()> {
        let JsonMessageReader { extractor, message } = self;
        extractor.push(piece, |piece| match (piece, &mut *message) {
            (TextPiece::Begin(0), _) => Ok(()),
            (TextPiece::Text(text), Message::Expected(decryptor)) => decryptor.push(text, out),
            (TextPiece::End, message) => match std::mem::replace(message, Message::Read) {
                Message::Expected(decryptor) => decryptor.finish(out),
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
    pub fn finish(self) -> Result<ReplyRemainder> {
        let message = matches!(self.message, Message::Read);
        Ok(ReplyRemainder { message, rest: self.extractor.finish()? })
    }
}

fn twice() -> Error {
    Error::new(ErrorKind::Decode, "the reply has the message twice")
}

//! Opening a message as it arrives.

use serde::de::IgnoredAny;

use super::base64::{Decoder, Invalid};
use super::ctr::Ctr;
use super::head::{Head, Seen};
use super::output::Output;
use super::{BLOCK, Layout, PrivateKey, base64, unreadable};
use crate::error::{Error, ErrorKind, Result};

/// Opens one message in pieces of any length: [`push`](Self::push) each,
/// [`finish`](Self::finish) after the last.
///
/// It holds no more than the piece it works on. Only a message in the layout of
/// the web interface is gathered whole, because its end says how to read it.
///
/// Every failure is the same [`ErrorKind::Decrypt`]. Without a checksum in the
/// format, what has been written before a failure is not known to be right.
#[must_use]
pub struct Opener {
    layout: Layout,
    key: Option<PrivateKey>,
    /// What is done about a message without head.
    plain: bool,
    state: State,
}

enum State {
    Head(Head),
    Text(Decoder, Ctr),
    Blob(Ctr),
    /// Not encrypted.
    Plain(Decoder),
    /// In the web interface's layout: what has been decrypted so far.
    Browser(Option<Decoder>, Ctr, Output),
    Failed,
}

impl Opener {
    /// For a message that must be encrypted.
    pub fn sealed(layout: Layout, key: &PrivateKey) -> Self {
        Opener { layout, key: Some(key.clone()), plain: false, state: State::Head(Head::default()) }
    }

    /// For a message that is not encrypted: base64 in both layouts.
    pub fn plain() -> Self {
        Opener { layout: Layout::Text, key: None, plain: true, state: State::Plain(Decoder::new()) }
    }

    /// For a message of either sort; it shows by itself which it is. An
    /// encrypted one needs the key.
    pub fn either(layout: Layout, key: Option<&PrivateKey>) -> Self {
        Opener { layout, key: key.cloned(), plain: true, state: State::Head(Head::default()) }
    }

    /// Takes the next piece, and appends to `out` what it stands for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decrypt`], always the same, for what does not open;
    /// [`ErrorKind::Config`] where it is encrypted and there is no key.
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<()> {
        let mut output = Output::after(std::mem::take(out));
        let taken = self.taken(piece, &mut output);
        *out = output.done();
        taken
    }

    /// Takes the end of the message: nothing may be missing.
    ///
    /// # Errors
    ///
    /// As of [`push`](Self::push).
    pub fn finish(self, out: &mut Vec<u8>) -> Result<()> {
        let mut output = Output::after(std::mem::take(out));
        let ended = self.ended(&mut output);
        *out = output.done();
        ended
    }

    /// Opens a message that is there as a whole, of that length at most.
    pub(super) fn whole(mut self, sealed: &[u8], longest: usize) -> Result<Vec<u8>> {
        let mut output = Output::sized(longest + BLOCK);
        self.taken(sealed, &mut output)?;
        self.ended(&mut output)?;
        Ok(output.done())
    }

    fn ended(mut self, out: &mut Output) -> Result<()> {
        if let State::Head(head) = &self.state {
            let bytes = head.bytes().to_vec();
            self.headless(&bytes, out)?;
        }
        match self.state {
            State::Blob(_) => Ok(()),
            State::Text(decoder, _) | State::Plain(decoder) => Ok(decoder.finish().map_err(Failed::from)?),
            State::Browser(decoder, _, plain) => {
                decoder.map_or(Ok(()), |decoder| decoder.finish()).map_err(Failed::from)?;
                out.write(&unpacked(plain.done()));
                Ok(())
            }
            State::Head(_) | State::Failed => Err(unreadable()),
        }
    }

    fn taken(&mut self, piece: &[u8], out: &mut Output) -> Result<()> {
        self.step(piece, out).inspect_err(|_| self.state = State::Failed)
    }

    fn step(&mut self, piece: &[u8], out: &mut Output) -> Result<()> {
        match &mut self.state {
            State::Head(head) => match head.push(piece) {
                Seen::More => Ok(()),
                Seen::Whole(rest) => {
                    let key = self.key.as_ref().ok_or_else(keyless)?;
                    let (cipher, browser) = head.cipher(key)?;
                    self.state = match (self.layout, browser) {
                        (Layout::Text, false) => State::Text(Decoder::new(), cipher),
                        (Layout::Blob, false) => State::Blob(cipher),
                        (Layout::Text, true) => State::Browser(Some(Decoder::new()), cipher, Output::sized(0)),
                        (Layout::Blob, true) => State::Browser(None, cipher, Output::sized(0)),
                    };
                    self.step(rest, out)
                }
                Seen::Not(rest) => {
                    let bytes = head.bytes().to_vec();
                    self.headless(&bytes, out)?;
                    self.step(rest, out)
                }
            },
            State::Text(decoder, cipher) => Ok(decoder.push(piece, |piece| decrypt(cipher, piece, out))?),
            State::Blob(cipher) => Ok(decrypt(cipher, piece, out)?),
            State::Plain(decoder) => Ok(decoder.push(piece, |piece| {
                out.write(piece);
                Ok::<_, Failed>(())
            })?),
            State::Browser(None, cipher, plain) => Ok(decrypt(cipher, piece, plain)?),
            State::Browser(Some(decoder), cipher, plain) => {
                Ok(decoder.push(piece, |piece| decrypt(cipher, piece, plain))?)
            }
            State::Failed => Err(unreadable()),
        }
    }

    /// Goes on with a message that turned out to have no head.
    fn headless(&mut self, bytes: &[u8], out: &mut Output) -> Result<()> {
        match &self.state {
            State::Head(head) if self.plain && !head.is_sealed() => {
                self.state = State::Plain(Decoder::new());
                self.step(bytes, out)
            }
            _ => Err(unreadable()),
        }
    }
}

/// Why a piece did not open, which nobody is told.
struct Failed;

impl From<Invalid> for Failed {
    fn from(_: Invalid) -> Self {
        Failed
    }
}

impl From<Failed> for Error {
    fn from(_: Failed) -> Self {
        unreadable()
    }
}

fn decrypt(cipher: &mut Ctr, data: &[u8], out: &mut Output) -> Result<(), Failed> {
    cipher.apply(data, out).map_err(|_| Failed)
}

/// The web interface encrypts base64 of JSON; what is JSON already is left as it is.
pub(super) fn unpacked(plain: Vec<u8>) -> Vec<u8> {
    if is_json(&plain) {
        return plain;
    }
    base64::decode(&plain).ok().filter(|decoded| is_json(decoded)).unwrap_or(plain)
}

fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
}

fn keyless() -> Error {
    Error::new(ErrorKind::Config, "the message is encrypted, and this client was given no private key")
}

impl std::fmt::Debug for Opener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opener({:?})", self.layout)
    }
}

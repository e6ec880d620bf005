//! Decryptor: reads an envelope in whichever layout it came, whole or as it arrives.

use serde::de::IgnoredAny;

use super::aes_ctr::{AesCtr, OutputBuffer};
use super::base64::{Base64Decoder, Invalid};
use super::envelope::{EnvelopeHeader, HeaderProgress};
use super::{BLOCK, Layout, PrivateKey, base64, unreadable};
use crate::error::{Error, ErrorKind, Result};

/// Decryptor of one message in pieces of any length: [`push`](Self::push) each,
/// [`finish`](Self::finish) after the last.
///
/// It holds no more than the piece it works on. Only a message in the layout of
/// the web interface is gathered whole, because its end says how to read it.
///
/// Every failure is the same [`ErrorKind::Decrypt`]. Without a checksum in the
/// format, what has been written before a failure is not known to be right.
#[must_use]
pub struct Decryptor {
    layout: Layout,
    key: Option<PrivateKey>,
    /// What is done about a message without head.
    plain: bool,
    state: DecryptState,
}

enum DecryptState {
    Header(EnvelopeHeader),
    Text(Base64Decoder, AesCtr),
    Blob(AesCtr),
    /// Not encrypted.
    Plain(Base64Decoder),
    /// In the web interface's layout: what has been decrypted so far.
    Browser(Option<Base64Decoder>, AesCtr, OutputBuffer),
    Failed,
}

impl Decryptor {
    /// For a message that must be encrypted.
    pub fn encrypted(layout: Layout, key: &PrivateKey) -> Self {
        Decryptor {
            layout,
            key: Some(key.clone()),
            plain: false,
            state: DecryptState::Header(EnvelopeHeader::default()),
        }
    }

    /// For a message that is not encrypted: base64 in both layouts.
    pub fn plain() -> Self {
        Decryptor { layout: Layout::Text, key: None, plain: true, state: DecryptState::Plain(Base64Decoder::new()) }
    }

    /// For a message of either sort; it shows by itself which it is. An
    /// encrypted one needs the key.
    pub fn either(layout: Layout, key: Option<&PrivateKey>) -> Self {
        Decryptor { layout, key: key.cloned(), plain: true, state: DecryptState::Header(EnvelopeHeader::default()) }
    }

    /// Takes the next piece, and appends to `out` what it stands for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decrypt`], always the same, for what does not decrypt;
    /// [`ErrorKind::Config`] where it is encrypted and there is no key.
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<()> {
        let mut output = OutputBuffer::after(std::mem::take(out));
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
        let mut output = OutputBuffer::after(std::mem::take(out));
        let ended = self.ended(&mut output);
        *out = output.done();
        ended
    }

    /// Decrypts a message that is there as a whole, of that length at most.
    fn whole(mut self, encrypted: &[u8], longest: usize) -> Result<Vec<u8>> {
        let mut output = OutputBuffer::sized(longest + BLOCK);
        self.taken(encrypted, &mut output)?;
        self.ended(&mut output)?;
        Ok(output.done())
    }

    fn ended(mut self, out: &mut OutputBuffer) -> Result<()> {
        if let DecryptState::Header(head) = &self.state {
            let bytes = head.bytes().to_vec();
            self.headless(&bytes, out)?;
        }
        match self.state {
            DecryptState::Blob(_) => Ok(()),
            DecryptState::Text(decoder, _) | DecryptState::Plain(decoder) => {
                Ok(decoder.finish().map_err(DecryptFailed::from)?)
            }
            DecryptState::Browser(decoder, _, plain) => {
                decoder.map_or(Ok(()), |decoder| decoder.finish()).map_err(DecryptFailed::from)?;
                out.write(&unpacked(plain.done()));
                Ok(())
            }
            DecryptState::Header(_) | DecryptState::Failed => Err(unreadable()),
        }
    }

    fn taken(&mut self, piece: &[u8], out: &mut OutputBuffer) -> Result<()> {
        self.step(piece, out).inspect_err(|_| self.state = DecryptState::Failed)
    }

    fn step(&mut self, piece: &[u8], out: &mut OutputBuffer) -> Result<()> {
        match &mut self.state {
            DecryptState::Header(head) => match head.push(piece) {
                HeaderProgress::More => Ok(()),
                HeaderProgress::Whole(rest) => {
                    let key = self.key.as_ref().ok_or_else(keyless)?;
                    let (cipher, browser) = head.cipher(key)?;
                    self.state = match (self.layout, browser) {
                        (Layout::Text, false) => DecryptState::Text(Base64Decoder::new(), cipher),
                        (Layout::Blob, false) => DecryptState::Blob(cipher),
                        (Layout::Text, true) => {
                            DecryptState::Browser(Some(Base64Decoder::new()), cipher, OutputBuffer::sized(0))
                        }
                        (Layout::Blob, true) => DecryptState::Browser(None, cipher, OutputBuffer::sized(0)),
                    };
                    self.step(rest, out)
                }
                HeaderProgress::Not(rest) => {
                    let bytes = head.bytes().to_vec();
                    self.headless(&bytes, out)?;
                    self.step(rest, out)
                }
            },
            DecryptState::Text(decoder, cipher) => Ok(decoder.push(piece, |piece| decrypt(cipher, piece, out))?),
            DecryptState::Blob(cipher) => Ok(decrypt(cipher, piece, out)?),
            DecryptState::Plain(decoder) => Ok(decoder.push(piece, |piece| {
                out.write(piece);
                Ok::<_, DecryptFailed>(())
            })?),
            DecryptState::Browser(None, cipher, plain) => Ok(decrypt(cipher, piece, plain)?),
            DecryptState::Browser(Some(decoder), cipher, plain) => {
                Ok(decoder.push(piece, |piece| decrypt(cipher, piece, plain))?)
            }
            DecryptState::Failed => Err(unreadable()),
        }
    }

    /// Goes on with a message that turned out to have no head.
    fn headless(&mut self, bytes: &[u8], out: &mut OutputBuffer) -> Result<()> {
        match &self.state {
            DecryptState::Header(head) if self.plain && !head.is_encrypted() => {
                self.state = DecryptState::Plain(Base64Decoder::new());
                self.step(bytes, out)
            }
            _ => Err(unreadable()),
        }
    }
}

/// Why a piece did not decrypt, which nobody is told.
struct DecryptFailed;

impl From<Invalid> for DecryptFailed {
    fn from(_: Invalid) -> Self {
        DecryptFailed
    }
}

impl From<DecryptFailed> for Error {
    fn from(_: DecryptFailed) -> Self {
        unreadable()
    }
}

fn decrypt(cipher: &mut AesCtr, data: &[u8], out: &mut OutputBuffer) -> Result<(), DecryptFailed> {
    cipher.apply(data, out).map_err(|_| DecryptFailed)
}

/// The web interface encrypts base64 of JSON; what is JSON already is left as it is.
fn unpacked(plain: Vec<u8>) -> Vec<u8> {
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

impl std::fmt::Debug for Decryptor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Decryptor({:?})", self.layout)
    }
}

impl PrivateKey {
    /// Decrypts an encrypted text.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decrypt`], always the same, for whatever does not decrypt.
    pub fn decrypt(&self, text: impl AsRef<[u8]>) -> Result<Vec<u8>> {
        let text = text.as_ref();
        Decryptor::encrypted(Layout::Text, self).whole(text, text.len() / 4 * 3)
    }

    /// Decrypts an encrypted blob, in the memory that it comes in.
    ///
    /// # Errors
    ///
    /// As of [`decrypt`](Self::decrypt).
    pub fn decrypt_blob(&self, blob: impl Into<Vec<u8>>) -> Result<Vec<u8>> {
        let mut blob = blob.into();
        let mut head = EnvelopeHeader::default();
        let HeaderProgress::Whole(message) = head.push(&blob) else { return Err(unreadable()) };
        let from = blob.len() - message.len();
        let (mut cipher, browser) = head.cipher(self)?;
        cipher.shift(&mut blob, from).map_err(|_| unreadable())?;
        Ok(if browser { unpacked(blob) } else { blob })
    }
}

/// The message in a text of [`encode`](super::encode).
///
/// # Errors
///
/// [`ErrorKind::Decrypt`] where it is no base64, as a message is that was
/// encrypted.
pub fn decode(text: impl AsRef<[u8]>) -> Result<Vec<u8>> {
    let text = text.as_ref();
    Decryptor::plain().whole(text, text.len() / 4 * 3)
}

//! Sealing a message as it is written.

use aws_lc_rs::rand;
use zeroize::Zeroizing;

use super::base64::{self, Encoder};
use super::ctr::Ctr;
use super::head::SEPARATOR;
use super::output::Output;
use super::{BLOCK, KEY, Layout, PIECE, PublicKey};
use crate::error::{Error, ErrorKind, Result};

/// Seals one message in pieces of any length: [`push`](Self::push) each,
/// [`finish`](Self::finish) after the last. It holds no more than the piece it
/// works on.
#[must_use]
pub struct Sealer {
    /// What stands before the message, until the first piece.
    head: Vec<u8>,
    cipher: Option<Ctr>,
    /// Base64; nothing for raw bytes.
    text: Option<Encoder>,
    space: Vec<u8>,
}

impl Sealer {
    /// Seals for that key's owner alone, under a key of the message's own.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`] where the system has no randomness to give.
    pub fn new(layout: Layout, to: &PublicKey) -> Result<Self> {
        let (mut key, mut iv) = (Zeroizing::new([0; KEY]), [0; BLOCK]);
        rand::fill(&mut *key).and_then(|()| rand::fill(&mut iv)).map_err(|_| failed())?;
        Self::with(layout, &to.wrap(key.as_slice())?, &key, iv)
    }

    /// With a key and a counter that are known, and the key under RSA.
    pub(super) fn with(layout: Layout, wrapped: &[u8], key: &[u8; KEY], iv: [u8; BLOCK]) -> Result<Self> {
        let mut head = base64::encode(wrapped).into_bytes();
        head.push(SEPARATOR);
        head.extend_from_slice(base64::encode(&iv).as_bytes());
        head.push(SEPARATOR);
        let text = (layout == Layout::Text).then(Encoder::new);
        let cipher = Ctr::new(key, iv).map_err(|_| failed())?;
        Ok(Sealer { head, cipher: Some(cipher), text, space: Vec::new() })
    }

    /// Encrypts nothing: base64, in both layouts.
    pub fn plain() -> Self {
        Sealer { head: Vec::new(), cipher: None, text: Some(Encoder::new()), space: Vec::new() }
    }

    /// Takes the next piece, and appends to `out` what it is sealed as.
    ///
    /// # Errors
    ///
    /// None that a caller can provoke; the cryptographic library may fail.
    pub fn push(&mut self, plain: &[u8], out: &mut Vec<u8>) -> Result<()> {
        out.append(&mut self.head);
        match (&mut self.cipher, &mut self.text) {
            (Some(cipher), Some(text)) => {
                for piece in plain.chunks(PIECE) {
                    self.space.clear();
                    encrypt(cipher, piece, &mut self.space)?;
                    text.push(&self.space, out);
                }
            }
            (Some(cipher), None) => encrypt(cipher, plain, out)?,
            (None, Some(text)) => text.push(plain, out),
            (None, None) => out.extend_from_slice(plain),
        }
        Ok(())
    }

    /// Appends what ends the message.
    pub fn finish(mut self, out: &mut Vec<u8>) {
        out.append(&mut self.head);
        if let Some(text) = self.text {
            text.finish(out);
        }
    }
}

fn encrypt(cipher: &mut Ctr, data: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let mut output = Output::after(std::mem::take(out));
    let applied = cipher.apply(data, &mut output);
    *out = output.done();
    applied.map_err(|_| failed())
}

fn failed() -> Error {
    Error::new(ErrorKind::Request, "the message cannot be encrypted")
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

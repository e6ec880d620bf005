//! Encryptor: writes a message as an envelope, under a fresh AES key, and that under the RSA key of whoever it is for.

use aws_lc_rs::rand;
use zeroize::Zeroizing;

use super::aes_ctr::{AesCtr, OutputBuffer};
use super::base64::{self, Base64Encoder};
use super::envelope::SEPARATOR;
use super::{BLOCK, KEY, Layout, PIECE, PublicKey, unreadable};
use crate::error::{Error, ErrorKind, Result};

/// Encryptor of one message in pieces of any length: [`push`](Self::push) each,
/// [`finish`](Self::finish) after the last. It holds no more than the piece it
/// works on.
#[must_use]
pub struct Encryptor {
    /// What stands before the message, until the first piece.
    head: Vec<u8>,
    cipher: Option<AesCtr>,
    /// Base64; nothing for raw bytes.
    text: Option<Base64Encoder>,
    space: Vec<u8>,
}

impl Encryptor {
    /// Encrypts for that key's owner alone, under a key of the message's own.
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
        let text = (layout == Layout::Text).then(Base64Encoder::new);
        let cipher = AesCtr::new(key, iv).map_err(|_| failed())?;
        Ok(Encryptor { head, cipher: Some(cipher), text, space: Vec::new() })
    }

    /// Encrypts nothing: base64, in both layouts.
    pub fn plain() -> Self {
        Encryptor { head: Vec::new(), cipher: None, text: Some(Base64Encoder::new()), space: Vec::new() }
    }

    /// Takes the next piece, and appends to `out` what it is encrypted as.
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

fn encrypt(cipher: &mut AesCtr, data: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let mut output = OutputBuffer::after(std::mem::take(out));
    let applied = cipher.apply(data, &mut output);
    *out = output.done();
    applied.map_err(|_| failed())
}

fn failed() -> Error {
    Error::new(ErrorKind::Request, "the message cannot be encrypted")
}

impl std::fmt::Debug for Encryptor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Encryptor")
    }
}

impl PublicKey {
    /// Encrypts a message as text, for this key's owner alone.
    ///
    /// # Errors
    ///
    /// None that a caller can provoke; the cryptographic library may fail.
    pub fn encrypt(&self, plain: &[u8]) -> Result<String> {
        let encrypted = self.encrypted(Layout::Text, plain, self.wrapped_size() * 2 + plain.len() / 3 * 4)?;
        String::from_utf8(encrypted).map_err(|_| unreadable())
    }

    /// Encrypts a message as a blob, for this key's owner alone.
    ///
    /// # Errors
    ///
    /// As of [`encrypt`](Self::encrypt).
    pub fn encrypt_blob(&self, plain: &[u8]) -> Result<Vec<u8>> {
        self.encrypted(Layout::Blob, plain, self.wrapped_size() * 2 + plain.len())
    }

    fn encrypted(&self, layout: Layout, plain: &[u8], size: usize) -> Result<Vec<u8>> {
        let mut encrypted = Vec::with_capacity(size);
        let mut encryptor = Encryptor::new(layout, self)?;
        encryptor.push(plain, &mut encrypted)?;
        encryptor.finish(&mut encrypted);
        Ok(encrypted)
    }
}

/// A message that is not encrypted, as it travels in both layouts: base64.
pub fn encode(plain: &[u8]) -> String {
    base64::encode(plain)
}

/// Encrypts with a key and a counter that are known, to be compared with what
/// other programs wrote. The key is wrapped as it is, whatever its length; one
/// that is no key encrypts with noughts.
///
/// # Errors
///
/// As of [`Encryptor::push`].
#[cfg(feature = "testing")]
#[doc(hidden)]
pub fn encrypt_with(layout: Layout, to: &PublicKey, key: &[u8], iv: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
    let mut encrypted = Vec::new();
    let cipher = key.try_into().unwrap_or(&[0; KEY]);
    let mut encryptor = Encryptor::with(layout, &to.wrap(key)?, cipher, iv.try_into().unwrap_or_default())?;
    encryptor.push(plain, &mut encrypted)?;
    encryptor.finish(&mut encrypted);
    Ok(encrypted)
}

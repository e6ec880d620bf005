//! Encryption between organizations: keys, sealed messages, and replies that
//! are opened as they arrive.
//!
//! A message is sealed for one organization, with its [`PublicKey`], and opened
//! with that organization's [`PrivateKey`]. Nothing here touches the network,
//! and nothing is global: each client has the key that it was given.
//!
//! | for | whole, in memory | piece by piece |
//! |---|---|---|
//! | sealing | [`PublicKey::seal`], [`PublicKey::seal_blob`] | [`Sealer`] |
//! | opening | [`PrivateKey::open`], [`PrivateKey::open_blob`] | [`Opener`] |
//! | without encryption | [`encode`], [`decode`] | [`Sealer::plain`], [`Opener::plain`] |
//! | a text inside of a JSON reply | | [`TextReader`], [`Sieve`] |
//!
//! A sealed message is `key$iv$message`: a fresh AES-256 key under RSA
//! (PKCS#1 v1.5), the first counter, and the message in counter mode. As text
//! all three are base64; as a blob the message is raw. What is not encrypted is
//! plain base64 in both. Messages in the layout of the web interface are read
//! as well: there the key and the message are base64 once more.
//!
//! The format has no checksum: a message that was changed on its way opens to
//! changed bytes. Whatever fails to open fails with the same error,
//! [`ErrorKind::Decrypt`], so that nobody learns from errors what a guess at a
//! key did.

mod base64;
mod ctr;
mod der;
mod head;
mod open;
mod output;
mod pem;
mod private;
mod public;
mod reader;
mod seal;
mod sieve;

pub use open::Opener;
pub use private::PrivateKey;
pub use public::{PublicKey, Registered};
pub use reader::{Found, TextReader};
pub use seal::Sealer;
pub use sieve::{Piece, Place, Sieve};

use crate::error::{Error, ErrorKind, Result};

/// Bytes in an AES-256 key.
const KEY: usize = 32;
/// Bytes in a counter, and in a block of AES.
const BLOCK: usize = 16;
/// How much is worked on at once: it stays in the processor's nearest caches,
/// and is whole groups of base64, of four and of three, as well as whole blocks.
const PIECE: usize = 24 * 1024;

/// How a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Layout {
    /// As text inside of JSON: all of it base64.
    Text,
    /// As a body of its own, where the server has a store for large ones: the
    /// message is raw bytes.
    Blob,
}

/// A message that is not encrypted, as it travels in both layouts: base64.
pub fn encode(plain: &[u8]) -> String {
    base64::encode(plain)
}

/// The message in a text of [`encode`].
///
/// # Errors
///
/// [`ErrorKind::Decrypt`] where it is no base64, as a message is that was
/// encrypted.
pub fn decode(text: impl AsRef<[u8]>) -> Result<Vec<u8>> {
    let text = text.as_ref();
    Opener::plain().whole(text, text.len() / 4 * 3)
}

/// The one error of everything that cannot be opened, whatever the reason.
fn unreadable() -> Error {
    Error::new(ErrorKind::Decrypt, "the message is damaged, or was encrypted for another key")
}

/// Seals with a key and a counter that are known, to be compared with what
/// other programs wrote. The key is wrapped as it is, whatever its length; one
/// that is no key encrypts with noughts.
///
/// # Errors
///
/// As of [`Sealer::push`].
#[cfg(feature = "testing")]
#[doc(hidden)]
pub fn seal_with(layout: Layout, to: &PublicKey, key: &[u8], iv: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
    let mut sealed = Vec::new();
    let cipher = key.try_into().unwrap_or(&[0; KEY]);
    let mut sealer = Sealer::with(layout, &to.wrap(key)?, cipher, iv.try_into().unwrap_or_default())?;
    sealer.push(plain, &mut sealed)?;
    sealer.finish(&mut sealed);
    Ok(sealed)
}

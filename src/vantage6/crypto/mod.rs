//! Envelope encryption between organizations: keys, encrypted messages, and replies
//! that are decrypted as they arrive.
//!
//! A message is encrypted for one organization, with its [`PublicKey`], and decrypted
//! with that organization's [`PrivateKey`]. Nothing here touches the network,
//! and nothing is global: each client has the key that it was given.
//!
//! | for | whole, in memory | piece by piece |
//! |---|---|---|
//! | encrypting | [`PublicKey::encrypt`], [`PublicKey::encrypt_blob`] | [`Encryptor`] |
//! | decrypting | [`PrivateKey::decrypt`], [`PrivateKey::decrypt_blob`] | [`Decryptor`] |
//! | without encryption | [`encode`], [`decode`] | [`Encryptor::plain`], [`Decryptor::plain`] |
//! | a text inside of a JSON reply | | [`JsonMessageReader`], [`JsonStringExtractor`] |
//!
//! ```
//! use mlhub::vantage6::crypto::PrivateKey;
//!
//! let key = PrivateKey::generate()?;
//! let message = key.public_key().encrypt(br#"{"column_name": "age"}"#)?;
//! assert_eq!(key.decrypt(message)?, br#"{"column_name": "age"}"#);
//! # Ok::<(), mlhub::Error>(())
//! ```
//!
//! An encrypted message is `key$iv$message`: a fresh AES-256 key under RSA
//! (PKCS#1 v1.5), the first counter, and the message in counter mode. As text
//! all three are base64; as a blob the message is raw. What is not encrypted is
//! plain base64 in both. Messages in the layout of the web interface are read
//! as well: there the key and the message are base64 once more.
//!
//! The format has no checksum: a message that was changed on its way decrypts to
//! changed bytes. Whatever fails to decrypt fails with the same error,
//! [`ErrorKind::Decrypt`], so that nobody learns from errors what a guess at a
//! key did.

mod aes_ctr;
mod base64;
mod decrypt;
mod encrypt;
mod envelope;
mod json_message;
mod json_string_extractor;
mod pem;
mod private_key;
mod public_key;

pub use decrypt::{Decryptor, decode};
#[cfg(feature = "testing")]
#[doc(hidden)]
pub use encrypt::encrypt_with;
pub use encrypt::{Encryptor, encode};
pub use json_message::{JsonMessageReader, ReplyRemainder};
pub use json_string_extractor::{JsonStringExtractor, TextLocation, TextPiece};
pub use private_key::PrivateKey;
pub use public_key::{KeyRegistration, PublicKey};

use crate::error::{Error, ErrorKind};

/// Bytes in an AES-256 key.
const KEY: usize = 32;
/// Bytes in a counter, and in a block of AES.
const BLOCK: usize = 16;
/// How much is worked on at once: it stays in the processor's nearest caches,
/// and is whole groups of base64, of four and of three, as well as whole blocks.
const PIECE: usize = 24 * 1024;

/// Layout in which a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Layout {
    /// As text inside of JSON: all of it base64.
    Text,
    /// As a body of its own, where the server has a store for large ones: the
    /// message is raw bytes.
    Blob,
}

/// The one error of everything that cannot be decrypted, whatever the reason.
fn unreadable() -> Error {
    Error::new(ErrorKind::Decrypt, "the message is damaged, or was encrypted for another key")
}

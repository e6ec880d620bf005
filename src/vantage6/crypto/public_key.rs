//! Public key: the half of an RSA key that everybody may have, read, written and compared.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey};

use super::{base64, pem};
use crate::error::{Error, ErrorKind, Result};

const LABEL: &str = "PUBLIC KEY";

/// The public key of an organization. Cheap to clone.
#[derive(Clone)]
pub struct PublicKey(Arc<PublicKeyParts>);

struct PublicKeyParts {
    key: Pkcs1PublicEncryptingKey,
    der: Vec<u8>,
}

/// Registration of a key: how the one that an organization has on the server stands to one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyRegistration {
    /// It is the same: what is encrypted for the organization decrypts with ours.
    Same,
    /// The organization has none, so nothing can be encrypted for it yet.
    Missing,
    /// It is another one, or cannot be read: what others encrypt for the
    /// organization does not decrypt with ours. Which of the two is right only
    /// people know; nothing is replaced by itself.
    Other,
}

impl PublicKey {
    /// The key in the form that the API has: base64 of the PEM text. The PEM
    /// text itself is taken as well.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for what is no RSA key of 2048 to 8192 bits.
    pub fn from_api(text: &str) -> Result<Self> {
        let text = text.trim();
        if text.starts_with("-----") {
            return Self::from_pem(text);
        }
        let decoded = base64::decode(text.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        Self::from_pem(&decoded.ok_or_else(|| bad("is no base64 of a PEM text"))?)
    }

    /// The key in a PEM text (`BEGIN PUBLIC KEY`).
    ///
    /// # Errors
    ///
    /// As of [`from_api`](Self::from_api).
    pub fn from_pem(text: &str) -> Result<Self> {
        let found = pem::find(text, &[LABEL]).map_err(|_| bad("is damaged"))?;
        let (_, der) = found.ok_or_else(|| bad("has no block BEGIN PUBLIC KEY"))?;
        let key = PublicEncryptingKey::from_der(&der).map_err(|_| bad("is no RSA key of 2048 to 8192 bits"))?;
        Self::of(key)
    }

    pub(super) fn of(key: PublicEncryptingKey) -> Result<Self> {
        let der: PublicKeyX509Der<'_> = key.as_der().map_err(|_| bad("cannot be written"))?;
        let der = der.as_ref().to_vec();
        let key = Pkcs1PublicEncryptingKey::new(key).map_err(|_| bad("cannot encrypt"))?;
        Ok(PublicKey(Arc::new(PublicKeyParts { key, der })))
    }

    /// The PEM text, with a line end after its last line.
    pub fn to_pem(&self) -> String {
        pem::write(LABEL, &self.0.der)
    }

    /// The form that the API has: base64 of [`to_pem`](Self::to_pem), in one line.
    pub fn to_api(&self) -> String {
        base64::encode(self.to_pem().as_bytes())
    }

    /// How the key on the server stands to this one. The keys are compared, not
    /// their texts: another line length makes no difference.
    pub fn registered(&self, on_server: Option<&str>) -> KeyRegistration {
        match on_server.map(str::trim).filter(|text| !text.is_empty()) {
            None => KeyRegistration::Missing,
            Some(text) if Self::from_api(text).is_ok_and(|other| other == *self) => KeyRegistration::Same,
            Some(_) => KeyRegistration::Other,
        }
    }

    /// How long a wrapped key is.
    pub(super) fn wrapped_size(&self) -> usize {
        self.0.key.ciphertext_size()
    }

    /// Wraps a message's key: encrypts it under this one.
    pub(super) fn wrap(&self, key: &[u8]) -> Result<Vec<u8>> {
        let mut wrapped = vec![0; self.wrapped_size()];
        let length = self.0.key.encrypt(key, &mut wrapped).map(|written| written.len());
        wrapped.truncate(length.map_err(|_| Error::new(ErrorKind::Request, "the message cannot be encrypted"))?);
        Ok(wrapped)
    }
}

fn bad(what: &str) -> Error {
    Error::new(ErrorKind::Config, format!("the public key {what}"))
}

/// The same key, however it was written.
impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} bits)", self.0.key.key_size_bits())
    }
}

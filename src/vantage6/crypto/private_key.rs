//! Private key: the half of an RSA key that decrypts what was encrypted for its owner; made, read, kept in files.

use std::fmt;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use zeroize::Zeroizing;

use super::{PublicKey, pem, unreadable};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::{MASK, Secret};

/// What is written, as other programs of the platform write it.
const PKCS1: &str = "RSA PRIVATE KEY";
const PKCS8: &str = "PRIVATE KEY";
const LOCKED: &str = "ENCRYPTED PRIVATE KEY";

/// The private key of an organization. It prints as `***`; cheap to clone.
///
/// ```
/// use mlhub::vantage6::crypto::{PrivateKey, PublicKey};
/// # fn main() -> Result<(), mlhub::Error> {
/// let ours = PrivateKey::generate()?;
/// let known_to_all: String = ours.public_key().to_api();
/// let message = PublicKey::from_api(&known_to_all)?.encrypt(br#"{"average": 53.25}"#)?;
/// assert_eq!(ours.decrypt(&message)?, br#"{"average": 53.25}"#);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PrivateKey(Arc<PrivateKeyParts>);

struct PrivateKeyParts {
    key: Pkcs1PrivateDecryptingKey,
    public: PublicKey,
    pkcs1: Zeroizing<Vec<u8>>,
}

impl PrivateKey {
    /// A new key: RSA, 4096 bits, exponent 65537. It takes a processor a second
    /// or so; asynchronous programs make it on a thread for such work.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] where the system has no randomness to give.
    pub fn generate() -> Result<Self> {
        Self::generate_sized(KeySize::Rsa4096)
    }

    pub(crate) fn generate_sized(size: KeySize) -> Result<Self> {
        Self::of(PrivateDecryptingKey::generate(size).map_err(|_| bad("cannot be made"))?)
    }

    /// The key in a PEM text: PKCS#1 (`BEGIN RSA PRIVATE KEY`) or PKCS#8
    /// (`BEGIN PRIVATE KEY`). What stands beside it is skipped.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for what is no RSA key of 2048 to 8192 bits, and
    /// for one that is locked with a password.
    pub fn from_pem(text: &str) -> Result<Self> {
        // As dotenv files and the settings of containers have it: in one line, with its line ends as escapes.
        let unescaped = Zeroizing::new(text.contains("\\n").then(|| text.replace("\\r", "").replace("\\n", "\n")));
        let text = unescaped.as_deref().unwrap_or(text);
        let found = pem::find(text, &[PKCS1, PKCS8, LOCKED]).map_err(|_| bad(locked_or(text, "is damaged")))?;
        let (label, der) = found.ok_or_else(|| bad("has no block BEGIN RSA PRIVATE KEY or BEGIN PRIVATE KEY"))?;
        match label {
            PKCS1 => Self::from_pkcs1(&der),
            PKCS8 => Self::from_pkcs8(&der),
            _ => Err(bad(PASSWORD)),
        }
    }

    /// The key in bytes: of a PEM text, or of DER in either form.
    fn from_bytes(bytes: &[u8]) -> Result<Self> {
        if bytes.first() == Some(&pem::SEQUENCE) {
            return Self::from_pkcs8(bytes).or_else(|_| Self::from_pkcs1(bytes));
        }
        Self::from_pem(std::str::from_utf8(bytes).map_err(|_| bad("is neither a PEM text nor DER"))?)
    }

    fn from_pkcs8(der: &[u8]) -> Result<Self> {
        Self::of(PrivateDecryptingKey::from_pkcs8(der).map_err(|_| bad(NO_KEY))?)
    }

    fn from_pkcs1(der: &[u8]) -> Result<Self> {
        let pair = KeyPair::from_der(der).map_err(|_| bad(NO_KEY))?;
        let whole: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| bad(NO_KEY))?;
        Self::from_pkcs8(whole.as_ref())
    }

    /// The key in a file, PEM or DER.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`], with the path, where it cannot be read or is none;
    /// see [`from_pem`](Self::from_pem).
    pub fn from_pem_file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let in_file = |error: Error| {
            let detail = format!("{} ({})", error.detail(), path.display());
            error.with_detail(detail)
        };
        let bytes = std::fs::read(path).map(Zeroizing::new);
        let unread = |cause: std::io::Error| in_file(bad(&format!("cannot be read: {cause}"))).with_source(cause);
        Self::from_bytes(&bytes.map_err(unread)?).map_err(in_file)
    }

    fn of(key: PrivateDecryptingKey) -> Result<Self> {
        let public = PublicKey::of(key.public_key())?;
        let whole: Pkcs8V1Der<'_> = key.as_der().map_err(|_| bad("cannot be written"))?;
        let pkcs1 = Zeroizing::new(pem::inner_key(whole.as_ref()).ok_or_else(|| bad("cannot be written"))?.to_vec());
        let key = Pkcs1PrivateDecryptingKey::new(key).map_err(|_| bad("cannot decrypt"))?;
        Ok(PrivateKey(Arc::new(PrivateKeyParts { key, public, pkcs1 })))
    }

    /// The other half.
    pub fn public_key(&self) -> &PublicKey {
        &self.0.public
    }

    /// The PEM text (PKCS#1, without a password), as the platform's own
    /// programs write it.
    pub fn to_pem(&self) -> Secret {
        Secret::new(pem::write(PKCS1, &self.0.pkcs1))
    }

    /// Writes [`to_pem`](Self::to_pem) to a new file that only its owner may
    /// read (mode 0600).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`], with the path, where it cannot be written, or
    /// where there is a file already: a key that was overwritten decrypts nothing
    /// any more.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let failed = |cause: std::io::Error| {
            let what = match cause.kind() {
                std::io::ErrorKind::AlreadyExists => "is not written over the file that is there",
                _ => "cannot be written",
            };
            bad(&format!("{what} ({})", path.display())).with_source(cause)
        };
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        let written = file.write_all(self.to_pem().expose().as_bytes()).and_then(|()| file.sync_all());
        written.map_err(|cause| {
            // Half a key is of no use, and would be in the way of the next attempt.
            let _removed = std::fs::remove_file(path);
            failed(cause)
        })
    }

    /// Unwraps a message's key: decrypts it under this one.
    pub(super) fn unwrap(&self, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let mut key = Zeroizing::new(vec![0; self.0.key.min_output_size()]);
        let length = self.0.key.decrypt(wrapped, &mut key).map(|key| key.len());
        key.truncate(length.map_err(|_| unreadable())?);
        Ok(key)
    }
}

const NO_KEY: &str = "is no RSA key of 2048 to 8192 bits";
const PASSWORD: &str = "is locked with a password; `openssl pkey` writes it without one";

/// The older form of locked keys has header lines, which are no base64.
fn locked_or(text: &str, what: &'static str) -> &'static str {
    if text.contains("ENCRYPTED") { PASSWORD } else { what }
}

fn bad(what: &str) -> Error {
    Error::new(ErrorKind::Config, format!("the private key {what}"))
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({MASK})")
    }
}

impl fmt::Display for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

//! TLS settings: whom a client trusts and how it proves who it is.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

/// The oldest version of TLS that is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsVersion {
    /// TLS 1.2; older ones are not spoken at all.
    #[default]
    Tls12,
    /// TLS 1.3.
    Tls13,
}

/// Something that is read when a transport is made.
#[derive(Clone)]
pub(super) enum PemSource {
    File(PathBuf),
    Folder(PathBuf),
    Bytes(Zeroizing<Vec<u8>>),
}

/// TLS settings: whom a client trusts and how it proves who it is.
///
/// Files are read when the client is built, which also reports what is wrong
/// with them; the system's authorities are looked for by the first call to an
/// `https://` address. A certificate that is named is trusted also where it is
/// the server's own. Certificates are PEM or DER, keys PEM: PKCS#8, PKCS#1 or SEC1.
///
/// ```
/// use mlhub::pipeline::{Tls, TlsVersion};
/// let tls = Tls::default()
///     .root_file("/etc/hub/authority.pem")
///     .only_these_roots()
///     .identity_files("/etc/hub/client.pem", "/etc/hub/client.key")
///     .min_version(TlsVersion::Tls13);
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Tls {
    pub(super) roots: Vec<PemSource>,
    pub(super) only_these: bool,
    pub(super) identity: Vec<PemSource>,
    pub(super) min: TlsVersion,
    pub(super) no_verification: bool,
    pub(super) ready: Option<Arc<rustls::ClientConfig>>,
}

impl Tls {
    /// A configuration that was made elsewhere, for what has no setting here:
    /// a verifier of your own, keys in hardware. It stands for itself; only the
    /// versions of HTTP that it offers are replaced.
    pub fn ready(config: impl Into<Arc<rustls::ClientConfig>>) -> Self {
        Tls { ready: Some(config.into()), ..Tls::default() }
    }

    /// Trusts the authorities in that file, beside the system's.
    pub fn root_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.roots.push(PemSource::File(path.into()));
        self
    }

    /// Trusts the authorities in the files of that folder whose names end in
    /// `.pem`, `.crt` or `.cer`, beside the system's.
    pub fn root_folder(mut self, path: impl Into<PathBuf>) -> Self {
        self.roots.push(PemSource::Folder(path.into()));
        self
    }

    /// Trusts those authorities, beside the system's.
    pub fn root_bytes(mut self, certificates: impl Into<Vec<u8>>) -> Self {
        self.roots.push(PemSource::Bytes(Zeroizing::new(certificates.into())));
        self
    }

    /// Trusts the given authorities alone, and none of the system's.
    pub fn only_these_roots(mut self) -> Self {
        self.only_these = true;
        self
    }

    /// Proves itself with the certificate in one file and the key in another.
    /// The certificate's file may hold the whole chain, the client's own first.
    pub fn identity_files(mut self, chain: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.identity = vec![PemSource::File(chain.into()), PemSource::File(key.into())];
        self
    }

    /// Proves itself with the certificate and the key in one PEM text.
    pub fn identity_bytes(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.identity = vec![PemSource::Bytes(Zeroizing::new(pem.into()))];
        self
    }

    /// Speaks no older version. Default: TLS 1.2.
    pub fn min_version(mut self, version: TlsVersion) -> Self {
        self.min = version;
        self
    }

    /// Checks no server's certificate at all: whoever stands in between reads
    /// and changes everything, tokens included. For a test on a machine of
    /// one's own, and nothing else.
    pub fn danger_trust_anybody(mut self) -> Self {
        self.no_verification = true;
        self
    }

    /// Whether anything but the defaults was asked for, a ready configuration aside.
    pub(super) fn has_settings(&self) -> bool {
        !self.roots.is_empty()
            || self.only_these
            || !self.identity.is_empty()
            || self.no_verification
            || self.min != TlsVersion::default()
    }
}

/// Keys print nowhere.
impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("roots", &self.roots.len())
            .field("only_these_roots", &self.only_these)
            .field("identity", &!self.identity.is_empty())
            .field("min_version", &self.min)
            .field("trust_anybody", &self.no_verification)
            .finish_non_exhaustive()
    }
}

//! TLS configuration, made of the TLS settings: what was named is checked at once, the system's authorities are looked for
//! by the first connection that needs them.

use std::sync::{Arc, OnceLock};

use rustls::client::danger::ServerCertVerifier;
use rustls::client::{ClientConfig, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::{RootCertStore, SupportedProtocolVersion, version};
use rustls_platform_verifier::Verifier;

use super::config_error::{Unusable, config};
use super::no_verifier::NoVerifier;
use super::pem::{self, ClientIdentity};
use super::tls::{Tls, TlsVersion};
use super::trusted_certificates::TrustedCertificates;
use crate::error::Error;

/// Variables that name the authorities of a system.
const VARIABLES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

static BOTH: &[&SupportedProtocolVersion] = &[&version::TLS13, &version::TLS12];
static NEWEST: &[&SupportedProtocolVersion] = &[&version::TLS13];

/// The configuration of all TLS connections of a transport.
#[derive(Clone)]
pub(super) struct TlsConfig(Arc<TlsState>);

struct TlsState {
    plan: TlsPlan,
    made: OnceLock<Arc<ClientConfig>>,
}

/// What a configuration is made of.
struct TlsPlan {
    provider: Arc<CryptoProvider>,
    versions: &'static [&'static SupportedProtocolVersion],
    roots: Vec<CertificateDer<'static>>,
    only_these: bool,
    no_verification: bool,
    identity: Option<ClientIdentity>,
    alpn: Vec<Vec<u8>>,
}

impl TlsConfig {
    /// Fails with the first mistake in what was named.
    pub(super) fn new(tls: &Tls, alpn: Vec<Vec<u8>>) -> Result<Self, Error> {
        if tls.ready.is_some() && tls.has_settings() {
            let detail = "a ready TLS configuration stands for itself: set roots, identity and versions in it";
            return Err(config(detail));
        }
        // A program may have chosen one for all its libraries.
        let provider = CryptoProvider::get_default().cloned();
        let plan = TlsPlan {
            provider: provider.unwrap_or_else(|| Arc::new(rustls::crypto::aws_lc_rs::default_provider())),
            versions: match tls.min {
                TlsVersion::Tls12 => BOTH,
                TlsVersion::Tls13 => NEWEST,
            },
            roots: pem::roots(&tls.roots)?,
            only_these: tls.only_these,
            no_verification: tls.no_verification,
            identity: pem::identity(&tls.identity)?,
            alpn,
        };
        let made = OnceLock::new();
        match &tls.ready {
            Some(ready) => {
                let mut ready = ClientConfig::clone(ready);
                ready.alpn_protocols = plan.alpn.clone();
                made.get_or_init(|| Arc::new(ready));
            }
            None => plan.check()?,
        }
        Ok(TlsConfig(Arc::new(TlsState { plan, made })))
    }

    /// The configuration, made by the first who asks for it; where the system has no authorities, asked for anew.
    pub(super) fn get(&self) -> Result<Arc<ClientConfig>, Unusable> {
        if let Some(made) = self.0.made.get() {
            return Ok(Arc::clone(made));
        }
        let plan = &self.0.plan;
        let made = plan.verifier().and_then(|verifier| plan.configure(verifier));
        let made = made.map_err(|error| Unusable(error.detail().to_owned()))?;
        Ok(Arc::clone(self.0.made.get_or_init(|| Arc::new(made))))
    }

    /// The same for a connection to a proxy, with which no other version of HTTP is spoken.
    pub(super) fn for_proxy(&self) -> Result<Arc<ClientConfig>, Unusable> {
        let mut config = ClientConfig::clone(&*self.get()?);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

impl TlsPlan {
    /// Whether it holds together, as far as that is known without the system's authorities.
    fn check(&self) -> Result<(), Error> {
        let store = self.store()?;
        if self.only_these && store.is_empty() {
            return Err(config("only the given authorities are to be trusted, and none is given"));
        }
        match self.identity {
            Some(_) => self.configure(self.nobody()).map(drop),
            None => Ok(()),
        }
    }

    /// The authorities that were named.
    fn store(&self) -> Result<RootCertStore, Error> {
        let mut store = RootCertStore::empty();
        let added = self.roots.iter().try_for_each(|root| store.add(root.clone()));
        added.map_err(|cause| config("a certificate authority cannot be used").with_source(cause))?;
        Ok(store)
    }

    fn nobody(&self) -> Arc<dyn ServerCertVerifier> {
        Arc::new(NoVerifier::new(Arc::clone(&self.provider)))
    }

    fn verifier(&self) -> Result<Arc<dyn ServerCertVerifier>, Error> {
        let provider = Arc::clone(&self.provider);
        let verifier: Arc<dyn ServerCertVerifier> = match (self.no_verification, self.only_these) {
            (true, _) => return Ok(self.nobody()),
            (false, true) => {
                let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(self.store()?), provider).build();
                verifier.map_err(|cause| config("the given authorities cannot be used").with_source(cause))?
            }
            (false, false) => {
                let verifier = Verifier::new_with_extra_roots(self.roots.iter().cloned(), provider);
                Arc::new(verifier.map_err(|cause| config(no_authorities()).with_source(cause))?)
            }
        };
        Ok(match self.roots.is_empty() {
            true => verifier,
            false => Arc::new(TrustedCertificates::new(self.roots.clone(), verifier)),
        })
    }

    fn configure(&self, verifier: Arc<dyn ServerCertVerifier>) -> Result<ClientConfig, Error> {
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(self.versions)
            .map_err(|cause| config("TLS cannot be set up").with_source(cause))?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut made = match &self.identity {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => builder.with_client_auth_cert(chain.clone(), key.clone_key()).map_err(|cause| {
                let detail = match cause {
                    rustls::Error::InconsistentKeys(_) => "the client's key does not belong to its certificate",
                    _ => "the client's certificate and key cannot be used",
                };
                config(detail).with_source(cause)
            })?,
        };
        made.alpn_protocols.clone_from(&self.alpn);
        Ok(made)
    }
}

/// Why nobody is trusted here, and what to do about it.
fn no_authorities() -> String {
    let set = VARIABLES.iter().find_map(|name| Some((name, std::env::var_os(name).filter(|path| !path.is_empty())?)));
    let why = match set {
        None => "this system has none (its package is mostly called ca-certificates)".to_owned(),
        Some((name, path)) => {
            let reason = match std::fs::metadata(&path) {
                Err(cause) => format!("that cannot be read: {cause}"),
                Ok(_) => "no certificate is there".to_owned(),
            };
            format!("{name} names {}, and {reason}; correct the variable or take it away", path.display())
        }
    };
    format!("no server can be trusted without certificate authorities: {why}; `ca_file` names a file with them")
}

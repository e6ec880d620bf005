//! Connector with TLS, made of the TLS settings.

use super::connection::SocketOpener;
use super::settings::HttpSettings;
use crate::error::Error;

#[cfg(feature = "rustls")]
pub(super) use with::{TlsConnector, tls_connector};
#[cfg(not(feature = "rustls"))]
pub(super) use without::{TlsConnector, tls_connector};

#[cfg(feature = "rustls")]
mod with {
    use std::sync::Arc;

    use hyper_rustls::HttpsConnector;
    use rustls::client::ClientConfig;
    use rustls::crypto::CryptoProvider;
    use rustls::{RootCertStore, version};
    use rustls_platform_verifier::Verifier;

    use super::super::tls::{Tls, TlsVersion};
    use super::super::{config_error::config, no_verifier::NoVerifier, pem};
    use super::{Error, HttpSettings, SocketOpener};

    /// Connections with TLS where the address asks for it.
    pub(in super::super) type TlsConnector = HttpsConnector<SocketOpener>;

    pub(in super::super) fn tls_connector(
        opener: SocketOpener,
        settings: &HttpSettings,
    ) -> Result<TlsConnector, Error> {
        let mut tls = match &settings.tls.ready {
            Some(_) if settings.tls.has_settings() => {
                let detail = "a ready TLS configuration stands for itself: set roots, identity and versions in it";
                return Err(config(detail));
            }
            Some(ready) => ClientConfig::clone(ready),
            None => configure(&settings.tls)?,
        };
        tls.alpn_protocols = settings.versions.alpn();
        Ok(HttpsConnector::from((opener, tls)))
    }

    fn configure(tls: &Tls) -> Result<ClientConfig, Error> {
        let bad = |cause: rustls::Error| config("TLS cannot be set up").with_source(cause);
        // A program may have chosen one for all its libraries.
        let provider = CryptoProvider::get_default().cloned();
        let provider = provider.unwrap_or_else(|| Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
        let versions: &[_] = match tls.min {
            TlsVersion::Tls12 => &[&version::TLS13, &version::TLS12],
            TlsVersion::Tls13 => &[&version::TLS13],
        };
        let roots = pem::roots(&tls.roots)?;
        let builder =
            ClientConfig::builder_with_provider(Arc::clone(&provider)).with_protocol_versions(versions).map_err(bad)?;
        let unusable = |cause: rustls::Error| config("a certificate authority cannot be used").with_source(cause);
        let builder = if tls.no_verification {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(NoVerifier::new(provider)))
        } else if tls.only_these {
            let mut store = RootCertStore::empty();
            roots.into_iter().try_for_each(|root| store.add(root)).map_err(unusable)?;
            if store.is_empty() {
                return Err(config("only the given authorities are to be trusted, and none is given"));
            }
            builder.with_root_certificates(store)
        } else {
            let verifier = Verifier::new_with_extra_roots(roots, provider).map_err(unusable)?;
            builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier))
        };
        match pem::identity(&tls.identity)? {
            None => Ok(builder.with_no_client_auth()),
            Some((chain, key)) => builder.with_client_auth_cert(chain, key).map_err(|cause| {
                let detail = match cause {
                    rustls::Error::InconsistentKeys(_) => "the client's key does not belong to its certificate",
                    _ => "the client's certificate and key cannot be used",
                };
                config(detail).with_source(cause)
            }),
        }
    }
}

#[cfg(not(feature = "rustls"))]
mod without {
    use super::{Error, HttpSettings, SocketOpener};

    /// Connections without TLS: the feature `rustls` is off.
    pub(in super::super) type TlsConnector = SocketOpener;

    pub(in super::super) fn tls_connector(opener: SocketOpener, _: &HttpSettings) -> Result<TlsConnector, Error> {
        Ok(opener)
    }
}

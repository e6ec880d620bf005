//! Trusted certificates: those that were named are trusted also where they are a server's own, as curl does.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

/// A verifier that also takes the certificates of servers that were named themselves.
///
/// Most who make a certificate for a machine of their own make one that signs itself, often one that may sign others as
/// well: no chain leads to it, because it is all there is.
#[derive(Debug)]
pub(super) struct TrustedCertificates {
    named: Vec<CertificateDer<'static>>,
    verifier: Arc<dyn ServerCertVerifier>,
}

impl TrustedCertificates {
    pub(super) fn new(named: Vec<CertificateDer<'static>>, verifier: Arc<dyn ServerCertVerifier>) -> Self {
        TrustedCertificates { named, verifier }
    }
}

/// The name in the subject of a certificate that has no list of names, as `openssl req -x509` makes them.
fn common_name<'c>(certificate: &'c CertificateDer<'_>) -> Option<&'c str> {
    const NAMES: &[u8] = &[0x06, 0x03, 0x55, 0x1D, 0x11];
    const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];
    if place_of(certificate, NAMES).is_some() {
        return None;
    }
    let (_, whole, _) = element(certificate)?;
    let (_, mut body, _) = element(whole)?;
    if let Some((0xA0, _, rest)) = element(body) {
        body = rest;
    }
    // Number, algorithm, issuer, validity.
    for _ in 0..4 {
        (_, _, body) = element(body)?;
    }
    let (_, subject, _) = element(body)?;
    let after = subject.get(place_of(subject, COMMON_NAME)? + COMMON_NAME.len()..)?;
    let (_, name, _) = element(after)?;
    std::str::from_utf8(name).ok()
}

fn place_of(data: &[u8], wanted: &[u8]) -> Option<usize> {
    data.windows(wanted.len()).position(|window| window == wanted)
}

/// Tag and content of the first element of DER, and what follows it.
fn element(data: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, data) = data.split_first()?;
    let (first, data) = data.split_first()?;
    // From 128 on, the low bits say how many bytes of length follow.
    let (length, data) = match usize::from(*first) {
        short @ 0..0x80 => (short, data),
        long => {
            let (bytes, data) = data.split_at_checked(long - 0x80).filter(|(bytes, _)| bytes.len() <= 4)?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), data)
        }
    };
    let (content, rest) = data.split_at_checked(length)?;
    Some((*tag, content, rest))
}

fn is_called(name: &ServerName<'_>, known: &str) -> bool {
    match name {
        ServerName::DnsName(name) => name.as_ref().eq_ignore_ascii_case(known),
        ServerName::IpAddress(address) => std::net::IpAddr::from(*address).to_string() == known,
        _ => false,
    }
}

impl ServerCertVerifier for TrustedCertificates {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let checked = self.verifier.verify_server_cert(certificate, intermediates, name, ocsp, now);
        match checked {
            // Whether it is in date and may serve is looked at before its chain is: one that is refused for that stays
            // so. What is left is that it may sign others too, that nobody known has signed it, or where its name stands.
            Err(Error::InvalidCertificate(
                CertificateError::UnknownIssuer
                | CertificateError::BadSignature
                | CertificateError::NotValidForName
                | CertificateError::NotValidForNameContext { .. }
                | CertificateError::Other(_),
            )) if self.named.iter().any(|named| named == certificate) => {
                match verify_server_name(&ParsedCertificate::try_from(certificate)?, name) {
                    Err(_) if common_name(certificate).is_some_and(|known| is_called(name, known)) => {}
                    named => named?,
                }
                Ok(ServerCertVerified::assertion())
            }
            checked => checked,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

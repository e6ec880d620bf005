//! Certificates of tests: an authority, and what it signs.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

type Made<T> = Result<T, rcgen::Error>;

/// An authority that nobody trusts unasked.
pub(crate) struct Authority {
    pub(crate) pem: String,
    pub(crate) der: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, both as PEM.
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
    pub(crate) chain: Vec<rustls::pki_types::CertificateDer<'static>>,
    pub(crate) key_der: Vec<u8>,
}

impl Authority {
    pub(crate) fn new() -> Made<Self> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name = named("an authority of tests");
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        Ok(Authority { pem: certificate.pem(), der: certificate.der().to_vec(), issuer: Issuer::new(params, key) })
    }

    /// A server's certificate for that name.
    pub(crate) fn server(&self, name: &str) -> Made<Pair> {
        self.sign(name, ExtendedKeyUsagePurpose::ServerAuth, KeyPair::generate()?, |_| {})
    }

    /// A server's certificate that was good once.
    pub(crate) fn expired(&self, name: &str) -> Made<Pair> {
        self.sign(name, ExtendedKeyUsagePurpose::ServerAuth, KeyPair::generate()?, |params| {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        })
    }

    /// A client's certificate.
    pub(crate) fn client(&self, key: KeyPair) -> Made<Pair> {
        self.sign("svc", ExtendedKeyUsagePurpose::ClientAuth, key, |_| {})
    }

    /// A certificate for that name that its owner has signed: with a list of names or without, and perhaps one that
    /// may sign others, as `openssl req -x509` makes them.
    pub(crate) fn own(name: &str, listed: bool, signs: bool, good: bool) -> Made<Pair> {
        let mut params = CertificateParams::new(if listed { vec![name.to_owned()] } else { Vec::new() })?;
        params.distinguished_name = named(name);
        if signs {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        if !good {
            params.not_after = date_time_ymd(2021, 1, 1);
        }
        let key = KeyPair::generate()?;
        Pair::of(&params.self_signed(&key)?, &key)
    }

    fn sign(
        &self,
        name: &str,
        usage: ExtendedKeyUsagePurpose,
        key: KeyPair,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Made<Pair> {
        let mut params = CertificateParams::new(vec![name.to_owned()])?;
        params.distinguished_name = named(name);
        params.extended_key_usages = vec![usage];
        change(&mut params);
        Pair::of(&params.signed_by(&key, &self.issuer)?, &key)
    }
}

impl Pair {
    fn of(certificate: &rcgen::Certificate, key: &KeyPair) -> Made<Self> {
        Ok(Pair {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            chain: vec![certificate.der().clone()],
            key_der: key.serialize_der(),
        })
    }

    /// The key in the form that servers take.
    pub(super) fn private(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.key_der.clone()))
    }
}

fn named(name: &str) -> DistinguishedName {
    let mut all = DistinguishedName::new();
    all.push(DnType::CommonName, name);
    all
}

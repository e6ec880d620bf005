//! PEM and DER: certificates and keys out of files, with errors that name the file.

use std::path::Path;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use zeroize::Zeroizing;

use super::config_error::config;
use super::tls::PemSource;
use crate::error::Error;

/// The first byte of a certificate in DER, which no PEM text begins with.
const DER_SEQUENCE: u8 = 0x30;
/// What the files of a folder with authorities end in.
const CERTIFICATE_FILES: &[&str] = &["pem", "crt", "cer"];

/// The authorities in all these places; a place without one is a mistake.
pub(super) fn roots(places: &[PemSource]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let mut all = Vec::new();
    for place in places {
        match place {
            PemSource::Bytes(bytes) => all.extend(some("the text that was given", certificates(bytes))?),
            PemSource::File(path) => all.extend(some(&shown(path), certificates(&read(path)?))?),
            PemSource::Folder(path) => all.extend(folder(path)?),
        }
    }
    Ok(all)
}

/// Certificate chain and key, from one place or two.
pub(super) type ClientIdentity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// The client's certificate and key; what else stands beside them is skipped.
pub(super) fn identity(places: &[PemSource]) -> Result<Option<ClientIdentity>, Error> {
    let (mut chain, mut key, mut names, mut encrypted) = (Vec::new(), None, Vec::new(), false);
    for place in places {
        let read = match place {
            PemSource::Bytes(bytes) => bytes.clone(),
            PemSource::File(path) | PemSource::Folder(path) => {
                names.push(shown(path));
                read(path)?
            }
        };
        chain.extend(certificates(&read).unwrap_or_default());
        key = key.or_else(|| PrivateKeyDer::from_pem_slice(&read).ok());
        encrypted |= String::from_utf8_lossy(&read).contains("ENCRYPTED");
    }
    if places.is_empty() {
        return Ok(None);
    }
    let place = if names.is_empty() { "the text that was given".to_owned() } else { names.join(" and ") };
    match key {
        _ if chain.is_empty() => Err(config(format!("there is no client certificate in {place}"))),
        None if encrypted => Err(config(format!(
            "the client's key in {place} is encrypted; `openssl pkey` writes it without a password"
        ))),
        None => Err(config(format!("there is no client key in {place}"))),
        Some(key) => Ok(Some((chain, key))),
    }
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
    let unreadable = |cause: std::io::Error| {
        config(format!("the certificate file {} cannot be read: {cause}", path.display())).with_source(cause)
    };
    std::fs::read(path).map(Zeroizing::new).map_err(unreadable)
}

fn folder(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let unreadable = |cause: std::io::Error| {
        config(format!("the certificate folder {} cannot be read: {cause}", path.display())).with_source(cause)
    };
    let mut all = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        if CERTIFICATE_FILES.contains(&ending.as_str()) && file.is_file() {
            all.extend(some(&shown(&file), certificates(&read(&file)?))?);
        }
    }
    some(&shown(path), Ok(all))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

type Certificates = Result<Vec<CertificateDer<'static>>, rustls::pki_types::pem::Error>;

fn certificates(bytes: &[u8]) -> Certificates {
    match bytes.first() {
        Some(&DER_SEQUENCE) => Ok(vec![CertificateDer::from(bytes.to_vec())]),
        _ => CertificateDer::pem_slice_iter(bytes).collect(),
    }
}

fn some(place: &str, found: Certificates) -> Result<Vec<CertificateDer<'static>>, Error> {
    match found {
        Ok(found) if found.is_empty() => Err(config(format!("there is no certificate in {place}"))),
        Ok(found) => Ok(found),
        Err(cause) => Err(config(format!("a certificate in {place} is damaged")).with_source(cause)),
    }
}

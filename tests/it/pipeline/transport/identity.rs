//! How a client proves who it is.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mlhub::pipeline::{Pipeline, Tls};
use mlhub::{Builder, ErrorKind};
use rcgen::KeyPair;

use super::certificates::Authority;
use super::server::{secure, speaking};
use crate::support::{Checked, NEVER, READ, call, failure};

fn to(address: SocketAddr, tls: Tls) -> Builder<Pipeline> {
    Builder::new(format!("https://localhost:{}", address.port()), |pipeline: Pipeline| pipeline).tls(tls)
}

/// The key within a PKCS#8 document, as the older PEM forms have it: what its
/// octet string holds. `at` is where that string's value begins.
fn unwrapped(key: &KeyPair, label: &str, at: usize) -> String {
    let inner = STANDARD.encode(&key.serialize_der()[at..]);
    format!("-----BEGIN {label}-----\n{inner}\n-----END {label}-----\n")
}

#[tokio::test]
async fn a_certificate_is_given_where_it_is_asked_for_whatever_form_its_key_has() -> Checked {
    let authority = Authority::new()?;
    let (address, _) = secure(&authority.server("localhost")?, Some(&authority)).await?;
    let roots = Tls::default().root_bytes(authority.pem.clone());
    let elliptic = KeyPair::generate()?;
    let rsa = KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256)?;
    // RFC 5208: what stands before the key itself takes 29 bytes for P-256,
    // whose algorithm names the curve, and 26 for RSA of 2048 bits.
    let (sec1, pkcs1) = (unwrapped(&elliptic, "EC PRIVATE KEY", 29), unwrapped(&rsa, "RSA PRIVATE KEY", 26));
    let (elliptic, rsa) = (authority.client(elliptic)?, authority.client(rsa)?);
    for (certificate, key) in
        [(&elliptic.certificate, &elliptic.key), (&elliptic.certificate, &sec1), (&rsa.certificate, &pkcs1)]
    {
        let (before, after) = (format!("{certificate}{key}"), format!("{key}{certificate}"));
        for pem in [before, after] {
            let pipeline = to(address, roots.clone().identity_bytes(pem)).build()?;
            assert_eq!(call(&pipeline, &READ).await?, 1);
        }
    }
    let folder = tempfile::tempdir()?;
    let (chain, key) = (folder.path().join("client.pem"), folder.path().join("client.key"));
    std::fs::write(&chain, format!("{}{}", elliptic.certificate, authority.pem))?;
    std::fs::write(&key, &elliptic.key)?;
    assert_eq!(call(&to(address, roots.identity_files(chain, key)).build()?, &READ).await?, 1);
    Ok(())
}

#[tokio::test]
async fn without_one_the_error_says_what_the_server_asks_for_and_that_nothing_was_done() -> Checked {
    let authority = Authority::new()?;
    let pair = authority.server("localhost")?;
    let stranger = Authority::new()?.client(KeyPair::generate()?)?;
    let roots = Tls::default().root_bytes(authority.pem.clone());
    for versions in [&[&rustls::version::TLS13][..], &[&rustls::version::TLS12]] {
        let (address, tally) = speaking(&pair, Some(&authority), versions).await?;
        let strange = roots.clone().identity_bytes(format!("{}{}", stranger.certificate, stranger.key));
        for (tls, words) in [
            (roots.clone(), "the server asks for a client certificate, and none is set"),
            (strange, "the server refuses the client's certificate"),
        ] {
            let error = failure(call(&to(address, tls).build()?, &NEVER).await)?;
            assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
            assert!(error.to_string().contains(words), "{words}: {error}");
            assert!(!error.may_have_been_applied() && !error.is_retryable(), "{error:?}");
            assert_eq!(error.attempts().len(), 1);
        }
        assert!(tally.heads().is_empty());
    }
    Ok(())
}

#[test]
fn mistakes_are_named_and_no_key_is_shown() -> Checked {
    let authority = Authority::new()?;
    let (one, two) = (authority.client(KeyPair::generate()?)?, authority.client(KeyPair::generate()?)?);
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMA==\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let address = SocketAddr::from(([127, 0, 0, 1], 1));
    for (pem, words) in [
        (one.certificate.clone(), "there is no client key in the text that was given"),
        (one.key.clone(), "there is no client certificate in the text that was given"),
        (format!("{}{}", one.certificate, two.key), "does not belong to its certificate"),
        (format!("{}{encrypted}", one.certificate), "is encrypted"),
    ] {
        let tls = Tls::default().identity_bytes(pem);
        let shown = format!("{tls:?}");
        let error = failure(to(address, tls).build()).map_err(|what| format!("{what}: {words}"))?;
        assert!(error.to_string().contains(words), "{words}: {error}");
        let secret = one.key.lines().nth(1).unwrap_or("no key");
        assert!(!format!("{error:?}{shown}").contains(secret));
    }
    let error = failure(to(address, Tls::default().identity_files("/nowhere/a.pem", "/nowhere/a.key")).build())?;
    assert!(error.to_string().contains("/nowhere/a.pem cannot be read"), "{error}");
    Ok(())
}

//! Whom a client trusts.

use std::net::SocketAddr;
use std::sync::Arc;

use mlhub::pipeline::{Pipeline, Tls, TlsVersion};
use mlhub::{Builder, ErrorKind};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::certificates::Authority;
use super::server::{secure, serve, speaking};
use crate::support::{Checked, READ, call, failure};

fn to(address: SocketAddr) -> Builder<Pipeline> {
    Builder::new(format!("https://localhost:{}", address.port()), |pipeline: Pipeline| pipeline)
}

#[tokio::test]
async fn an_authority_that_was_named_is_trusted_wherever_it_is_read_from() -> Checked {
    let authority = Authority::new()?;
    let (address, _) = secure(&authority.server("localhost")?, None).await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("authority.crt");
    std::fs::write(&file, &authority.pem)?;
    std::fs::write(folder.path().join("README"), "what is no certificate by its name is not read")?;
    for builder in [
        to(address).ca_pem(authority.pem.clone()),
        to(address).ca_pem(authority.der.clone()),
        to(address).ca_file(&file),
        to(address).ca_folder(folder.path()),
        to(address).tls(Tls::default().root_file(&file).only_these_roots()),
    ] {
        assert_eq!(call(&builder.build()?, &READ).await?, 1);
    }
    Ok(())
}

#[tokio::test]
async fn an_authority_that_was_not_named_is_refused_once_and_in_words() -> Checked {
    let (address, tally) = secure(&Authority::new()?.server("localhost")?, None).await?;
    let other = Authority::new()?;
    for builder in [to(address), to(address).ca_pem(other.pem.clone())] {
        let error = failure(call(&builder.build()?, &READ).await)?;
        assert_eq!(error.kind(), ErrorKind::Connect);
        assert!(error.to_string().contains("signed by an authority that is not trusted here"), "{error}");
        assert!(!error.is_retryable() && !error.may_have_been_applied(), "{error:?}");
        assert_eq!(error.attempts().len(), 1);
    }
    assert_eq!(tally.accepted(), 2);
    assert!(tally.heads().is_empty());
    Ok(())
}

#[tokio::test]
async fn an_expired_certificate_and_one_for_another_name_are_told_apart() -> Checked {
    let authority = Authority::new()?;
    for (pair, words) in [
        (authority.expired("localhost")?, "the server's certificate has expired"),
        (authority.server("other.test")?, "is for another name"),
    ] {
        let (address, _) = secure(&pair, None).await?;
        let error = failure(call(&to(address).ca_pem(authority.pem.clone()).build()?, &READ).await)?;
        assert!(error.to_string().contains(words), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_certificate_that_was_named_is_trusted_where_it_is_the_servers_own() -> Checked {
    let authority = Authority::new()?;
    let mut pairs = vec![authority.server("localhost")?];
    for (listed, signs) in [(true, false), (true, true), (false, false), (false, true)] {
        pairs.push(Authority::own("localhost", listed, signs, true)?);
    }
    for pair in &pairs {
        let (address, _) = secure(pair, None).await?;
        for tls in [Tls::default(), Tls::default().only_these_roots()] {
            let pipeline = to(address).tls(tls.root_bytes(pair.certificate.clone())).build()?;
            assert_eq!(call(&pipeline, &READ).await?, 1);
        }
        // Another certificate for the same name is another one.
        let other = Authority::own("localhost", true, true, true)?;
        let error = failure(call(&to(address).ca_pem(other.certificate).build()?, &READ).await)?;
        assert!(error.to_string().contains("not trusted here"), "{error}");
    }
    for (pair, words) in [
        (Authority::own("other.test", true, true, true)?, "another name"),
        (Authority::own("other.test", false, true, true)?, "another name"),
        (Authority::own("localhost", true, true, false)?, "has expired"),
        (authority.expired("localhost")?, "has expired"),
    ] {
        let (address, _) = secure(&pair, None).await?;
        let error = failure(call(&to(address).ca_pem(pair.certificate.clone()).build()?, &READ).await)?;
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_check_that_is_switched_off_is_off() -> Checked {
    let stranger = Authority::new()?;
    for pair in [stranger.server("other.test")?, stranger.expired("localhost")?] {
        let (address, _) = secure(&pair, None).await?;
        let pipeline = to(address).tls(Tls::default().danger_trust_anybody()).build()?;
        assert_eq!(call(&pipeline, &READ).await?, 1);
    }
    Ok(())
}

#[tokio::test]
async fn an_old_version_of_tls_is_spoken_unless_it_is_ruled_out() -> Checked {
    let authority = Authority::new()?;
    let (address, _) = speaking(&authority.server("localhost")?, None, &[&rustls::version::TLS12]).await?;
    let tls = Tls::default().root_bytes(authority.pem.clone());
    assert_eq!(call(&to(address).tls(tls.clone()).build()?, &READ).await?, 1);
    let strict = to(address).tls(tls.min_version(TlsVersion::Tls13)).build()?;
    let error = failure(call(&strict, &READ).await)?;
    assert!(error.to_string().contains("no version of TLS that is allowed here"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_ready_configuration_is_taken_as_it_is() -> Checked {
    let authority = Authority::new()?;
    let (address, _) = secure(&authority.server("localhost")?, None).await?;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority.der.clone().into())?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let ready = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    assert_eq!(call(&to(address).tls(Tls::ready(ready.clone())).build()?, &READ).await?, 1);
    let error = failure(to(address).tls(Tls::ready(ready)).ca_file("x").build())?;
    assert!(error.to_string().contains("stands for itself"), "{error}");
    Ok(())
}

#[tokio::test]
async fn https_to_a_port_without_tls_says_so() -> Checked {
    let (address, _) = serve(|mut socket, _| async move {
        socket.read_u8().await?;
        socket.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await
    })
    .await?;
    let error = failure(call(&to(address).build()?, &READ).await)?;
    assert!(error.to_string().contains("http:// rather than https://"), "{error}");
    Ok(())
}

#[test]
fn mistakes_in_certificates_are_named_before_anything_is_sent() -> Checked {
    let folder = tempfile::tempdir()?;
    let start = || Builder::new("https://hub.test", |pipeline: Pipeline| pipeline);
    let text = folder.path().join("no.pem");
    std::fs::write(&text, "not a certificate")?;
    let empty = tempfile::tempdir()?;
    for (builder, words) in [
        (start().ca_file("/nowhere/ca.pem"), "the certificate file /nowhere/ca.pem cannot be read"),
        (start().ca_file(&text), "no.pem"),
        (start().ca_folder("/nowhere"), "the certificate folder /nowhere cannot be read"),
        (start().ca_folder(empty.path()), "there is no certificate in"),
        (start().ca_pem("-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----"), "is damaged"),
        (start().ca_pem([0x30, 0x03, 1, 2, 3]), "a certificate authority cannot be used"),
        (start().tls(Tls::default().only_these_roots()), "none is given"),
    ] {
        let error = failure(builder.build()).map_err(|what| format!("{what}: {words}"))?;
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
    Ok(())
}

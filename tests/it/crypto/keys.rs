//! Keys: made, written, read, compared, and never shown.

use mlhub::ErrorKind;
use mlhub::vantage6::crypto::{KeyRegistration, PrivateKey, PublicKey};

use super::support::OURS;
use crate::support::Checked;

#[test]
fn a_new_key_has_4096_bits_and_the_usual_exponent() -> Checked {
    let pem = OURS.public_key().to_pem();
    let der = decoded(&pem);
    // The end of a SubjectPublicKeyInfo: INTEGER 65537.
    assert!(der.ends_with(&[0x02, 0x03, 0x01, 0x00, 0x01]), "{pem}");
    assert_eq!(format!("{:?}", OURS.public_key()), "PublicKey(4096 bits)");
    Ok(())
}

fn decoded(pem: &str) -> Vec<u8> {
    let letters: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    mlhub::vantage6::crypto::decode(letters).expect("base64")
}

/// The same key in PKCS#8: a header in DER before the PKCS#1 one.
fn pkcs8(pkcs1: &str) -> String {
    let key = decoded(pkcs1);
    let algorithm = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let sized = |tag: u8, content: &[u8]| [&[tag, 0x82][..], &(content.len() as u16).to_be_bytes(), content].concat();
    let content = [&[0x02, 0x01, 0x00][..], &algorithm, &sized(0x04, &key)].concat();
    let text = mlhub::vantage6::crypto::encode(&sized(0x30, &content));
    format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
}

#[test]
fn both_forms_of_a_key_are_read_and_one_is_written() -> Checked {
    let pem = OURS.to_pem();
    let encrypted = OURS.public_key().encrypt(b"{}")?;
    assert!(pem.expose().starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
    assert!(pem.expose().ends_with("-----END RSA PRIVATE KEY-----\n"));
    let beside = format!("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n{}", pem.expose());
    let escaped = |text: &str| text.replace('\n', "\\n");
    let in_one_line = format!("\"{}\"", escaped(pem.expose()));
    let windows = pem.expose().replace('\n', "\\r\\n");
    let pkcs8 = pkcs8(pem.expose());
    for text in [
        pem.expose().to_owned(),
        pem.expose().replace('\n', "\r\n"),
        pem.expose().replace('\n', " "),
        escaped(pem.expose()),
        in_one_line,
        windows,
        escaped(&pkcs8),
        pkcs8,
        beside,
    ] {
        let again = PrivateKey::from_pem(&text)?;
        assert_eq!(again.to_pem(), pem);
        assert_eq!(again.decrypt(&encrypted)?, b"{}");
    }
    Ok(())
}

#[test]
fn a_saved_key_is_its_owners_alone_and_never_overwritten() -> Checked {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("key.pem");
    OURS.save(&path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(PrivateKey::from_pem_file(&path)?.to_pem(), OURS.to_pem());
    let error = PrivateKey::generate()?.save(&path).expect_err("there is a file already");
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("key.pem"), "{error}");
    assert_eq!(PrivateKey::from_pem_file(&path)?.to_pem(), OURS.to_pem());
    assert!(OURS.save(folder.path().join("no/such/folder")).is_err());
    Ok(())
}

#[test]
fn what_is_no_key_is_refused_with_the_reason_and_without_its_text() -> Checked {
    let pem = OURS.to_pem();
    let cut = &pem.expose()[..pem.expose().len() / 2];
    let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let older = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
    let public = OURS.public_key().to_pem();
    let nonsense = "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n";
    for (text, said) in [
        ("", "has no block"),
        (public.as_str(), "has no block"),
        (cut, "is damaged"),
        (locked, "password"),
        (older, "password"),
        (nonsense, "no RSA key"),
        (&pkcs8(nonsense), "no RSA key"),
    ] {
        let error = PrivateKey::from_pem(text).expect_err("no key");
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(said), "{error}");
    }
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("cut.pem");
    std::fs::write(&path, cut)?;
    let shown = format!("{0} {0:?}", PrivateKey::from_pem_file(&path).expect_err("no key"));
    assert!(shown.contains("cut.pem") && !cut.lines().skip(1).any(|line| shown.contains(line)), "{shown}");
    let missing = PrivateKey::from_pem_file(folder.path().join("missing.pem")).expect_err("no file");
    assert!(missing.to_string().contains("missing.pem"), "{missing}");
    for text in ["", "AAAA", "no base64", nonsense, cut, &mlhub::vantage6::crypto::encode(nonsense.as_bytes())] {
        assert_eq!(PublicKey::from_api(text).expect_err("no key").kind(), ErrorKind::Config);
    }
    Ok(())
}

#[test]
fn a_private_key_does_not_show_itself() {
    assert_eq!(format!("{0} {0:?} {1:?}", *OURS, OURS.to_pem()), "*** PrivateKey(***) ***");
}

#[test]
fn a_check_says_how_the_key_on_the_server_stands_to_ours() -> Checked {
    let ours = OURS.public_key();
    let other = PrivateKey::generate()?;
    let one_line =
        ours.to_pem().replace('\n', "").replace("-----BEGIN PUBLIC KEY-----", "-----BEGIN PUBLIC KEY-----\n");
    for (on_server, stands) in [
        (None, KeyRegistration::Missing),
        (Some(String::new()), KeyRegistration::Missing),
        (Some(ours.to_api()), KeyRegistration::Same),
        (Some(format!(" {}\n", ours.to_api())), KeyRegistration::Same),
        (Some(ours.to_pem()), KeyRegistration::Same),
        (Some(mlhub::vantage6::crypto::encode(one_line.as_bytes())), KeyRegistration::Same),
        (Some(other.public_key().to_api()), KeyRegistration::Other),
        (Some("no key".to_owned()), KeyRegistration::Other),
    ] {
        assert_eq!(ours.registered(on_server.as_deref()), stands, "{on_server:?}");
    }
    Ok(())
}

#[test]
fn a_key_in_der_is_read_and_what_cannot_be_read_says_why_in_the_systems_words() -> Checked {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("key.der");
    let pem = OURS.to_pem();
    for der in [decoded(pem.expose()), decoded(&pkcs8(pem.expose()))] {
        std::fs::write(&path, der)?;
        assert_eq!(PrivateKey::from_pem_file(&path)?.to_pem(), pem);
    }
    let shown = |path: &std::path::Path| PrivateKey::from_pem_file(path).expect_err("no key").to_string();
    let missing = shown(&folder.path().join("missing.pem"));
    assert!(
        missing.contains("cannot be read: No such file or directory") && missing.contains("missing.pem"),
        "{missing}"
    );
    assert!(shown(folder.path()).contains("cannot be read: Is a directory"), "{}", shown(folder.path()));
    std::fs::write(&path, [0x30, 0x82, 0, 1, 2])?;
    assert!(shown(&path).contains("is no RSA key"), "{}", shown(&path));
    std::fs::write(&path, [0xff, 0xfe, 0x41])?;
    assert!(shown(&path).contains("neither a PEM text nor DER"), "{}", shown(&path));
    Ok(())
}

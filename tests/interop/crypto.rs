//! The platform's own library reads what ours encrypts, and the reverse.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mlhub::vantage6::crypto::{KeyRegistration, PrivateKey, PublicKey};
use serde_json::{Value, json};

use crate::peer::order;
use crate::{platform, stand};

type Checked = Result<(), Box<dyn std::error::Error>>;

fn bytes(answer: &Value) -> Vec<u8> {
    STANDARD.decode(answer.as_str().expect("base64")).expect("base64")
}

/// What the platform's library encrypts.
fn encrypt(to: &str, plain: &[u8]) -> String {
    let answer = order(json!({"do": "encrypt", "to": to, "plain": STANDARD.encode(plain)}));
    answer.as_str().expect("a text").to_owned()
}

/// The same as a blob.
fn encrypt_blob(to: &str, plain: &[u8]) -> Vec<u8> {
    bytes(&order(json!({"do": "encrypt_blob", "to": to, "plain": STANDARD.encode(plain)})))
}

/// What the platform's library reads in an encrypted text.
fn decrypt(key: &str, text: &str) -> Vec<u8> {
    bytes(&order(json!({"do": "decrypt", "key": key, "text": text})))
}

/// What the platform's library reads in a blob, whole and as a stream.
fn decrypt_blob(key: &str, blob: &[u8]) -> Vec<u8> {
    bytes(&order(json!({"do": "decrypt_blob", "key": key, "blob": STANDARD.encode(blob)})))
}

/// JSON of so many bytes, with letters beyond ASCII.
fn message(length: usize) -> Vec<u8> {
    json!({"name": "Zoë – 東京 🚀", "filler": "x".repeat(length)}).to_string().into_bytes()
}

#[test]
fn theirs_reads_what_ours_encrypts() -> Checked {
    if !stand::is_there() {
        return Ok(());
    }
    let (private, public) = platform::key();
    let to = PublicKey::from_api(&public)?;
    for length in [0, 1, 15, 16, 17, 1000, 100_000, 3_000_000] {
        let plain = message(length);
        assert!(decrypt(&private, &to.encrypt(&plain)?) == plain, "{length} bytes as text");
        assert!(decrypt_blob(&private, &to.encrypt_blob(&plain)?) == plain, "{length} bytes as a blob");
    }
    // As a blob any bytes travel; the platform's reader of texts takes JSON alone.
    let binary: Vec<u8> = (0..=255).collect();
    assert_eq!(decrypt_blob(&private, &to.encrypt_blob(&binary)?), binary);
    Ok(())
}

#[test]
fn ours_reads_what_theirs_encrypts() -> Checked {
    if !stand::is_there() {
        return Ok(());
    }
    let ours = PrivateKey::generate()?;
    let to = ours.public_key().to_api();
    let binary: Vec<u8> = (0..=255).collect();
    for plain in [Vec::new(), binary, message(1), message(100_000), message(3_000_000)] {
        assert!(ours.decrypt(encrypt(&to, &plain))? == plain, "{} bytes as text", plain.len());
        assert!(ours.decrypt_blob(encrypt_blob(&to, &plain))? == plain, "{} bytes as a blob", plain.len());
    }
    Ok(())
}

#[test]
fn keys_are_the_same_on_both_sides() -> Checked {
    if !stand::is_there() {
        return Ok(());
    }
    let (private, public) = platform::key();
    let read = PrivateKey::from_pem(&private)?;
    assert_eq!(read.public_key().to_api(), public);
    assert_eq!(read.to_pem().expose(), private);
    assert_eq!(read.public_key().registered(Some(&public)), KeyRegistration::Same);
    let ours = PrivateKey::generate()?;
    assert_eq!(decrypt(ours.to_pem().expose(), &ours.public_key().encrypt(b"{}")?), b"{}");
    Ok(())
}

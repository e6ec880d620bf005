//! Whatever is done to a message: it does not decrypt, or decrypts to changed bytes,
//! and the error never says which part of it was wrong.

use mlhub::vantage6::crypto::{self, Decryptor, Layout, PrivateKey};
use mlhub::{Error, ErrorKind};

use super::support::{OURS, in_pieces, noise};
use crate::dice::Dice;
use crate::support::Checked;

/// All that can be seen of an error.
fn seen(error: &Error) -> String {
    let source = std::error::Error::source(error).map(ToString::to_string);
    format!("{error} | {error:?} | {:?} | {source:?}", error.kind())
}

/// What the error of a message for somebody else looks like.
fn uniform() -> String {
    let error = OURS.decrypt("no message at all").expect_err("it is none");
    assert_eq!(error.kind(), ErrorKind::Decrypt);
    seen(&error)
}

fn message(layout: Layout) -> Vec<u8> {
    let plain = noise(200, 7);
    match layout {
        Layout::Text => OURS.public_key().encrypt(&plain).expect("encrypted").into_bytes(),
        _ => OURS.public_key().encrypt_blob(&plain).expect("encrypted"),
    }
}

/// How long the head is: to the second separator, for raw bytes may hold more of them.
fn head(encrypted: &[u8]) -> usize {
    encrypted.iter().enumerate().filter(|(_, byte)| **byte == b'$').nth(1).expect("a head").0 + 1
}

fn decrypt(layout: Layout, encrypted: &[u8]) -> Result<Vec<u8>, Error> {
    let whole = match layout {
        Layout::Text => OURS.decrypt(encrypted),
        _ => OURS.decrypt_blob(encrypted),
    };
    let pieces = in_pieces(Decryptor::encrypted(layout, &OURS), encrypted, &[100, 1]);
    assert_eq!(whole.as_ref().map_err(seen), pieces.as_ref().map_err(seen), "whole and in pieces");
    whole
}

#[test]
fn a_flipped_bit_never_tells_where_it_was() {
    let uniform = uniform();
    for layout in [Layout::Text, Layout::Blob] {
        let encrypted = message(layout);
        let head = head(&encrypted);
        let mut dice = Dice::new(11);
        let places = (0..head).step_by(9).chain([head - 1, head - 2, head - 26]).chain(head..encrypted.len());
        for at in places {
            let mut changed = encrypted.clone();
            changed[at] ^= 1 << dice.below(8);
            match decrypt(layout, &changed) {
                Err(error) => assert_eq!(seen(&error), uniform, "{layout:?}, byte {at}"),
                // Without a checksum a change in counter or message is not noticed; one in the key is.
                Ok(plain) => {
                    assert!(plain != noise(200, 7), "{layout:?}: byte {at} says nothing");
                    assert!(at > 683, "{layout:?}: byte {at} is of the wrapped key");
                }
            }
        }
    }
}

#[test]
fn a_cut_message_does_not_open() {
    let uniform = uniform();
    for layout in [Layout::Text, Layout::Blob] {
        let encrypted = message(layout);
        let head = head(&encrypted);
        for length in (0..head).step_by(13).chain(head - 4..encrypted.len()) {
            match decrypt(layout, &encrypted[..length]) {
                Err(error) => assert_eq!(seen(&error), uniform, "{layout:?}, {length} bytes"),
                Ok(plain) => {
                    assert!(length >= head, "{layout:?}: {length} bytes are no head");
                    assert!(
                        layout == Layout::Blob || (length - head).is_multiple_of(4),
                        "{length} bytes are no base64"
                    );
                    assert_eq!(plain, noise(200, 7)[..plain.len()], "{layout:?}, {length} bytes");
                }
            }
        }
    }
}

#[test]
fn keys_that_do_not_fit_fail_as_damage_does() -> Checked {
    let uniform = uniform();
    let public = OURS.public_key();
    let encrypted = public.encrypt(b"{}")?;
    let (wrapped, rest) = encrypted.split_once('$').expect("a head");
    let other = PrivateKey::generate()?;
    let wrong: Vec<String> = vec![
        String::new(),
        "$".into(),
        "$$".into(),
        "$$$".into(),
        format!("${rest}"),
        format!("{wrapped}$"),
        format!("{wrapped}$$AAAA"),
        format!("{wrapped}$AAAAAAAAAAAAAAAAAAAAAA==$$"),
        format!("{wrapped}$AAAAAAAAAAAAAAAAAAAA$AAAA"),
        format!("{}${rest}", &wrapped[4..]),
        format!("{wrapped}AAAA${rest}"),
        // An RSA number that is too large for the modulus, and nought.
        format!("{}${rest}", crypto::encode(&[255; 512])),
        format!("{}${rest}", crypto::encode(&[0; 512])),
        other.public_key().encrypt(b"{}")?,
        // What was wrapped is no key: too short, too long, 44 letters that are no key.
        String::from_utf8(crypto::encrypt_with(Layout::Text, public, &[7; 31], &[0; 16], b"{}")?)?,
        String::from_utf8(crypto::encrypt_with(Layout::Text, public, &[7; 64], &[0; 16], b"{}")?)?,
        String::from_utf8(crypto::encrypt_with(Layout::Text, public, &[b'!'; 44], &[0; 16], b"{}")?)?,
        // Base64 that ends, and goes on.
        format!("{wrapped}$AAAAAAAAAAAAAAAAAAAAAA==$AA==AAAA"),
        format!("{wrapped}$AAAAAAAAAAAAAAAAAAAAAA==$AAAA\n"),
        // Not encrypted at all.
        crypto::encode(b"{}"),
    ];
    for text in wrong {
        let error = decrypt(Layout::Text, text.as_bytes()).expect_err(&text);
        assert_eq!(seen(&error), uniform, "{text}");
    }
    Ok(())
}

#[test]
fn nothing_follows_the_padding_of_base64_wherever_it_is_cut() {
    for text in ["AA==AAAA", "AAA=AAAA", "AA==AA==", "AA=A", "====", "AAAA="] {
        for cut in 1..=text.len() {
            let decrypted = in_pieces(Decryptor::plain(), text.as_bytes(), &[cut]);
            assert!(decrypted.is_err(), "{text} in pieces of {cut} is {decrypted:?}");
        }
    }
}

#[test]
fn a_message_that_failed_stays_failed() -> Checked {
    let (mut decryptor, mut plain) = (Decryptor::plain(), Vec::new());
    assert!(decryptor.push(b"!!!!", &mut plain).is_err());
    let again = decryptor.push(b"AAAA", &mut plain).expect_err("it has failed");
    assert_eq!(again.kind(), ErrorKind::Decrypt);
    assert_eq!(decryptor.finish(&mut plain).expect_err("it has failed").kind(), ErrorKind::Decrypt);
    assert!(plain.is_empty());
    Ok(())
}

#[test]
fn an_encrypted_message_without_a_key_asks_for_one() -> Checked {
    let encrypted = OURS.public_key().encrypt(b"{}")?;
    let error = in_pieces(Decryptor::either(Layout::Text, None), encrypted.as_bytes(), &[100]).expect_err("no key");
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("private key"), "{error}");
    Ok(())
}

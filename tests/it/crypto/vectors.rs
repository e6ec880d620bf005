//! Messages that the platform's own library wrote. They are not part of this
//! repository; see `recordings`.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mlhub::vantage6::crypto::{self, Decryptor, KeyRegistration, Layout, PrivateKey, PublicKey};
use serde_json::Value;

use super::support::{aes, aes_key, in_pieces, parts, second_reader};
use crate::recordings;
use crate::support::Checked;

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name}"))
}

fn bytes(value: &Value, name: &str) -> Vec<u8> {
    STANDARD.decode(text(value, name)).expect("base64")
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex")).collect()
}

fn sha256(data: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, data).as_ref().to_vec()
}

struct Vectors {
    all: Value,
    key: PrivateKey,
}

fn vectors() -> Option<Vectors> {
    let all = recordings::reference("vantage6-crypto-vectors.json")?;
    let key = PrivateKey::from_pem(text(&all, "test_only_private_key_pem")).expect("the key of the vectors");
    Some(Vectors { all, key })
}

impl Vectors {
    fn messages(&self) -> &[Value] {
        self.all["vectors"].as_array().expect("a list")
    }

    fn pem(&self) -> &str {
        text(&self.all, "test_only_private_key_pem")
    }
}

#[test]
fn the_key_of_the_vectors_is_written_as_it_was_read() -> Checked {
    let Some(vectors) = vectors() else { return Ok(()) };
    let (pem, api) = (text(&vectors.all, "public_key_pem"), text(&vectors.all, "public_key_api_string"));
    assert_eq!(vectors.key.to_pem().expose(), vectors.pem());
    assert_eq!(vectors.key.public_key().to_pem(), pem);
    assert_eq!(vectors.key.public_key().to_api(), api);
    assert_eq!(PublicKey::from_api(api)?, PublicKey::from_pem(pem)?);
    assert_eq!(vectors.key.public_key().registered(Some(api)), KeyRegistration::Same);
    Ok(())
}

#[test]
fn every_message_decrypts_in_every_form() -> Checked {
    let Some(vectors) = vectors() else { return Ok(()) };
    assert_eq!(vectors.messages().len(), 9);
    for message in vectors.messages() {
        let (name, plain) = (text(message, "name"), bytes(message, "plain_base64"));
        let (encrypted, blob) = (text(message, "cipher_string"), bytes(message, "blob_base64"));
        assert_eq!(vectors.key.decrypt(encrypted)?, plain, "{name} as text");
        assert_eq!(vectors.key.decrypt_blob(blob.clone())?, plain, "{name} as blob");
        for lengths in [&[1][..], &[3, 700, 1], &[64]] {
            let text = in_pieces(Decryptor::encrypted(Layout::Text, &vectors.key), encrypted.as_bytes(), lengths)?;
            let blob = in_pieces(Decryptor::either(Layout::Blob, Some(&vectors.key)), &blob, lengths)?;
            assert_eq!((text, blob), (plain.clone(), plain.clone()), "{name} in pieces of {lengths:?}");
        }
        assert_eq!(crypto::encode(&plain), text(message, "unencrypted_string"), "{name} without encryption");
        assert_eq!(crypto::decode(text(message, "unencrypted_string"))?, plain, "{name} without encryption");
    }
    Ok(())
}

#[test]
fn with_the_same_key_and_counter_the_same_message_is_written() -> Checked {
    let Some(vectors) = vectors() else { return Ok(()) };
    for message in vectors.messages() {
        let (name, plain) = (text(message, "name"), bytes(message, "plain_base64"));
        for (layout, theirs) in [
            (Layout::Text, text(message, "cipher_string").as_bytes().to_vec()),
            (Layout::Blob, bytes(message, "blob_base64")),
        ] {
            let [wrapped, iv, body] = parts(&theirs, layout);
            let key = aes_key(&wrapped, vectors.pem());
            let ours = crypto::encrypt_with(layout, vectors.key.public_key(), &key, &iv, &plain)?;
            let [_, our_iv, our_body] = parts(&ours, layout);
            assert_eq!((our_iv, our_body), (iv, body), "{name} as {layout:?}");
            // RSA pads with chance, so the wrapped key differs each time.
            assert_eq!(second_reader(&ours, layout, vectors.pem()), plain, "{name} as {layout:?}");
        }
    }
    Ok(())
}

#[test]
fn oddities_of_other_writers_are_read() -> Checked {
    let Some(vectors) = vectors() else { return Ok(()) };
    let oddities = vectors.all["quirks"].as_array().expect("a list");
    assert_eq!(oddities.len(), 3);
    for oddity in oddities {
        let (name, encrypted) = (text(oddity, "name"), text(oddity, "cipher_string"));
        let plain = bytes(oddity, "plain_base64");
        assert_eq!(vectors.key.decrypt(encrypted)?, plain, "{name}");
        assert_eq!(
            in_pieces(Decryptor::encrypted(Layout::Text, &vectors.key), encrypted.as_bytes(), &[5])?,
            plain,
            "{name}"
        );
    }
    Ok(())
}

/// One JSON string of so many letters, as the vectors say it was made.
fn made(length: usize) -> Vec<u8> {
    let mut x: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut json = vec![b'"'];
    while json.len() < length {
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        for byte in x.wrapping_mul(0x2545_F491_4F6C_DD1D).to_le_bytes() {
            json.extend_from_slice(format!("{byte:02x}").as_bytes());
        }
    }
    json.truncate(length - 1);
    json.push(b'"');
    json
}

#[test]
fn the_counter_carries_over_all_of_its_bytes() -> Checked {
    let Some(vectors) = vectors() else { return Ok(()) };
    let large = &vectors.all["large"];
    let plain = made(large["length"].as_u64().expect("a length") as usize);
    assert_eq!(sha256(&plain), hex(text(large, "plain_sha256")), "the generator");
    let (key, iv) = (hex(text(large, "aes_key_hex")), hex(text(large, "iv_hex")));
    let ours = crypto::encrypt_with(Layout::Text, vectors.key.public_key(), &key, &iv, &plain)?;
    let message = ours.rsplit(|byte| *byte == b'$').next().expect("a message");
    assert_eq!(sha256(message), hex(text(large, "message_base64_sha256")));
    let ours = crypto::encrypt_with(Layout::Blob, vectors.key.public_key(), &key, &iv, &plain)?;
    let message = &ours[ours.len() - plain.len()..];
    assert_eq!(sha256(message), hex(text(large, "message_bytes_sha256")));
    // Theirs is put together of what the vectors have of it.
    let head = format!("{}${}$", text(large, "wrapped_key_base64"), text(large, "iv_base64"));
    let theirs = [head.as_bytes(), &aes(&key, &iv, &plain)].concat();
    assert_eq!(vectors.key.decrypt_blob(theirs.clone())?, plain);
    assert_eq!(in_pieces(Decryptor::encrypted(Layout::Blob, &vectors.key), &theirs, &[1000, 17])?, plain);
    Ok(())
}

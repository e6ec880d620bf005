//! A key for all tests, and a second reader of encrypted messages that shares
//! nothing with the library but its cryptography.

use std::sync::LazyLock;

use aws_lc_rs::cipher::{AES_256, DecryptionContext, StreamingDecryptingKey, UnboundCipherKey};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{KeyPair, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mlhub::vantage6::crypto::{Decryptor, Layout, PrivateKey};

/// Making one takes a while.
pub(super) static OURS: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate().expect("a key"));

/// That many bytes without a pattern.
pub(super) fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut dice = crate::dice::Dice::new(seed);
    let mut bytes: Vec<u8> =
        std::iter::repeat_with(|| dice.next().to_le_bytes()).take(length / 8 + 1).flatten().collect();
    bytes.truncate(length);
    bytes
}

/// Decrypted in pieces of those lengths, over and over.
pub(super) fn in_pieces(
    mut decryptor: Decryptor,
    encrypted: &[u8],
    lengths: &[usize],
) -> Result<Vec<u8>, mlhub::Error> {
    let (mut plain, mut rest) = (Vec::new(), encrypted);
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, after) = rest.split_at(rest.len().min(*length));
        decryptor.push(piece, &mut plain)?;
        rest = after;
    }
    decryptor.finish(&mut plain)?;
    Ok(plain)
}

/// The three parts of an encrypted message, decoded.
pub(super) fn parts(encrypted: &[u8], layout: Layout) -> [Vec<u8>; 3] {
    let mut parts = encrypted.splitn(3, |byte| *byte == b'$');
    let mut next = || parts.next().expect("three parts").to_vec();
    let (key, iv, message) = (next(), next(), next());
    let decoded = |text: Vec<u8>| STANDARD.decode(text).expect("base64");
    let message = if layout == Layout::Text { decoded(message) } else { message };
    [decoded(key), decoded(iv), message]
}

/// The AES key of a message, from the PKCS#1 text of the private key.
pub(super) fn aes_key(wrapped: &[u8], pem: &str) -> Vec<u8> {
    let letters: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let pair = KeyPair::from_der(&STANDARD.decode(letters).expect("base64")).expect("a key in PKCS#1");
    let pkcs8 = pair.as_der().expect("the same in PKCS#8");
    let key = PrivateDecryptingKey::from_pkcs8(pkcs8.as_ref()).and_then(|key| Ok(Pkcs1PrivateDecryptingKey::new(key)?));
    let mut space = [0; 1024];
    key.expect("a key").decrypt(wrapped, &mut space).expect("a wrapped key").to_vec()
}

/// The message behind the head, by the library's own stream of that mode.
pub(super) fn aes(key: &[u8], iv: &[u8], message: &[u8]) -> Vec<u8> {
    let iv: [u8; 16] = iv.try_into().expect("16 bytes");
    let key = UnboundCipherKey::new(&AES_256, key).expect("32 bytes");
    let mut stream =
        StreamingDecryptingKey::ctr(key, DecryptionContext::Iv128(FixedLength::from(iv))).expect("a cipher");
    let mut plain = vec![0; message.len() + 15];
    let written = stream.update(message, &mut plain).expect("a message").written().len();
    plain.truncate(written);
    plain
}

/// Decrypted without any code of the library that is judged.
pub(super) fn second_reader(encrypted: &[u8], layout: Layout, pem: &str) -> Vec<u8> {
    let [wrapped, iv, message] = parts(encrypted, layout);
    aes(&aes_key(&wrapped, pem), &iv, &message)
}

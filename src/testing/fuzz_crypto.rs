//! Fuzz targets of encryption: messages, and replies with messages, as strangers may send them.

use std::sync::LazyLock;

use aws_lc_rs::rsa::KeySize;

use crate::error::{Error, ErrorKind};
use crate::vantage6::crypto::{Decryptor, JsonStringExtractor, Layout, PrivateKey, TextLocation, TextPiece};

/// A smaller key than the platform's, because each run decrypts with it.
static KEY: LazyLock<Option<PrivateKey>> = LazyLock::new(|| PrivateKey::generate_sized(KeySize::Rsa2048).ok());

/// A message in every form, and in pieces of the length in the first byte. What
/// is a message already is damaged by the rest of its bytes.
pub fn decrypt(data: &[u8]) {
    let Some(key) = KEY.as_ref() else { return };
    let cut = data.first().map_or(1, |byte| usize::from(*byte).max(1));
    alike(key, data, cut);
    let Ok(message) = key.public_key().encrypt(data) else { return };
    assert!(key.decrypt(&message).is_ok_and(|plain| plain == data), "a message does not decrypt");
    let mut damaged = message.into_bytes();
    for change in data.chunks_exact(3) {
        let at = change.iter().fold(0, |at, byte| at << 8 | usize::from(*byte)) % damaged.len();
        if let (Some(place), Some(byte)) = (damaged.get_mut(at), change.last()) {
            *place ^= byte;
        }
    }
    alike(key, &damaged, cut);
}

fn alike(key: &PrivateKey, data: &[u8], cut: usize) {
    for layout in [Layout::Text, Layout::Blob] {
        let encrypted = || Decryptor::encrypted(layout, key);
        assert_eq!(
            whole(encrypted(), data, data.len()),
            whole(encrypted(), data, cut),
            "{layout:?} in pieces of {cut}"
        );
        let either = || Decryptor::either(layout, Some(key));
        assert_eq!(whole(either(), data, data.len()), whole(either(), data, cut), "{layout:?} in pieces of {cut}");
    }
    assert_eq!(whole(Decryptor::plain(), data, data.len()), whole(Decryptor::plain(), data, cut), "in pieces of {cut}");
}

fn whole(mut decryptor: Decryptor, data: &[u8], cut: usize) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    let pushed = data.chunks(cut.max(1)).try_for_each(|piece| decryptor.push(piece, &mut plain));
    match pushed.and_then(|()| decryptor.finish(&mut plain)) {
        Ok(()) => Some(plain),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Decrypt, "{error}");
            None
        }
    }
}

/// A reply from which messages are taken: cut anywhere, it is read alike; and
/// what is JSON, is read.
pub fn json_strings(data: &[u8]) {
    for place in [TextLocation::Object, TextLocation::Items] {
        let (at_once, by_bytes) = (taken(data, place, data.len()), taken(data, place, 1));
        assert_eq!(at_once.as_ref().ok(), by_bytes.as_ref().ok(), "in pieces");
        let is_json = serde_json::from_slice::<serde_json::Value>(data).is_ok();
        assert!(!is_json || at_once.is_ok_and(|(rest, _)| serde_json::from_slice::<serde_json::Value>(&rest).is_ok()));
    }
}

type Taken = (Vec<u8>, Vec<Vec<u8>>);

fn taken(data: &[u8], place: TextLocation, cut: usize) -> Result<Taken, Error> {
    let (mut extractor, mut texts) = (JsonStringExtractor::new("result", place), Vec::new());
    for piece in data.chunks(cut.max(1)) {
        extractor.push(piece, |piece| {
            match (piece, texts.last_mut()) {
                (TextPiece::Begin(_), _) => texts.push(Vec::new()),
                (TextPiece::Text(text), Some(last)) => last.extend_from_slice(text),
                _ => {}
            }
            Ok(())
        })?;
    }
    Ok((extractor.finish()?, texts))
}

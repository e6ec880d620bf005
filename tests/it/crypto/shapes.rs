//! Messages of every length, cut in every way.

use mlhub::vantage6::crypto::{Decryptor, Encryptor, Layout, PublicKey};
use proptest::prelude::*;

use super::support::{OURS, in_pieces, noise, second_reader};
use crate::support::Checked;

/// Encrypted in pieces of those lengths, over and over.
fn encrypted_in_pieces(mut encryptor: Encryptor, plain: &[u8], lengths: &[usize]) -> Result<Vec<u8>, mlhub::Error> {
    let (mut encrypted, mut rest) = (Vec::new(), plain);
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, after) = rest.split_at(rest.len().min(*length));
        encryptor.push(piece, &mut encrypted)?;
        rest = after;
    }
    encryptor.finish(&mut encrypted);
    Ok(encrypted)
}

/// From nought to 100 KiB, with as many short ones as long ones.
fn length() -> impl Strategy<Value = usize> {
    (0u32..=17).prop_flat_map(|bits| (0usize..=(1 << bits)).prop_map(|length| length.min(100 * 1024)))
}

proptest! {
    #![proptest_config(crate::dice::cases(96))]

    #[test]
    fn a_message_decrypts_to_what_was_encrypted_however_it_is_cut(
        size in length(),
        seed: u64,
        cuts in prop::collection::vec(1usize..5000, 1..6),
        blob: bool,
    ) {
        let (plain, layout) = (noise(size, seed), if blob { Layout::Blob } else { Layout::Text });
        let whole = match layout {
            Layout::Text => OURS.public_key().encrypt(&plain).expect("encrypted").into_bytes(),
            _ => OURS.public_key().encrypt_blob(&plain).expect("encrypted"),
        };
        prop_assert_eq!(&second_reader(&whole, layout, OURS.to_pem().expose()), &plain);
        let pieces = encrypted_in_pieces(Encryptor::new(layout, OURS.public_key()).expect("a encryptor"), &plain, &cuts);
        let decrypted = in_pieces(Decryptor::encrypted(layout, &OURS), &pieces.expect("encrypted"), &[whole.len()]);
        prop_assert_eq!(&decrypted.expect("decrypted"), &plain);
        let decrypted = in_pieces(Decryptor::either(layout, Some(&OURS)), &whole, &cuts);
        prop_assert_eq!(&decrypted.expect("decrypted"), &plain);
    }

    #[test]
    fn what_is_not_encrypted_is_base64_however_it_is_cut(
        size in length(),
        seed: u64,
        cuts in prop::collection::vec(1usize..5000, 1..6),
    ) {
        let plain = noise(size, seed);
        let text = mlhub::vantage6::crypto::encode(&plain);
        prop_assert_eq!(&encrypted_in_pieces(Encryptor::plain(), &plain, &cuts).expect("encoded"), text.as_bytes());
        prop_assert_eq!(&in_pieces(Decryptor::plain(), text.as_bytes(), &cuts).expect("decoded"), &plain);
        // A key in reserve changes nothing, and none is needed.
        for layout in [Layout::Text, Layout::Blob] {
            for key in [Some(&*OURS), None] {
                let decrypted = in_pieces(Decryptor::either(layout, key), text.as_bytes(), &cuts);
                prop_assert_eq!(&decrypted.expect("decoded"), &plain);
            }
        }
    }
}

/// One below, at and above each place where pieces, groups and blocks begin; and 32 MiB.
#[test]
fn lengths_at_the_edges_of_pieces_and_the_longest() -> Checked {
    let edges = [0usize, 3, 4, 15, 16, 17, 47, 48, 49]
        .into_iter()
        .chain([24 * 1024, 32 * 1024, 64 * 1024].into_iter().flat_map(|edge| edge - 1..=edge + 1));
    for size in edges.chain([(32 << 20) - 1, 32 << 20]) {
        let plain = noise(size, size as u64);
        assert!(OURS.decrypt(OURS.public_key().encrypt(&plain)?)? == plain, "{size} bytes as text");
        assert!(OURS.decrypt_blob(OURS.public_key().encrypt_blob(&plain)?)? == plain, "{size} bytes as a blob");
    }
    Ok(())
}

#[test]
fn no_two_messages_share_a_key_or_a_counter() -> Checked {
    let heads: std::collections::HashSet<Vec<u8>> = (0..64)
        .map(|_| {
            let encrypted = OURS.public_key().encrypt(b"the same")?;
            Ok(encrypted.split('$').nth(1).expect("a counter").as_bytes().to_vec())
        })
        .collect::<Result<_, mlhub::Error>>()?;
    assert_eq!(heads.len(), 64, "a counter came twice");
    Ok(())
}

#[test]
fn a_clients_key_is_its_own() -> Checked {
    let other = mlhub::vantage6::PrivateKey::generate()?;
    let for_other = PublicKey::from_api(&other.public_key().to_api())?.encrypt(b"1")?;
    assert_eq!(other.decrypt(&for_other)?, b"1");
    assert!(OURS.decrypt(&for_other).is_err());
    Ok(())
}

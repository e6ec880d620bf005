//! Messages of every length, cut in every way.

use mlhub::vantage6::crypto::{Layout, Opener, PublicKey, Sealer};
use proptest::prelude::*;

use super::support::{OURS, in_pieces, noise, second_reader};
use crate::support::Checked;

/// Sealed in pieces of those lengths, over and over.
fn sealed_in_pieces(mut sealer: Sealer, plain: &[u8], lengths: &[usize]) -> Result<Vec<u8>, mlhub::Error> {
    let (mut sealed, mut rest) = (Vec::new(), plain);
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, after) = rest.split_at(rest.len().min(*length));
        sealer.push(piece, &mut sealed)?;
        rest = after;
    }
    sealer.finish(&mut sealed);
    Ok(sealed)
}

/// From nought to 100 KiB, with as many short ones as long ones.
fn length() -> impl Strategy<Value = usize> {
    (0u32..=17).prop_flat_map(|bits| (0usize..=(1 << bits)).prop_map(|length| length.min(100 * 1024)))
}

proptest! {
    #![proptest_config(crate::dice::cases(96))]

    #[test]
    fn a_message_opens_to_what_was_sealed_however_it_is_cut(
        size in length(),
        seed: u64,
        cuts in prop::collection::vec(1usize..5000, 1..6),
        blob: bool,
    ) {
        let (plain, layout) = (noise(size, seed), if blob { Layout::Blob } else { Layout::Text });
        let whole = match layout {
            Layout::Text => OURS.public_key().seal(&plain).expect("sealed").into_bytes(),
            _ => OURS.public_key().seal_blob(&plain).expect("sealed"),
        };
        prop_assert_eq!(&second_reader(&whole, layout, OURS.to_pem().expose()), &plain);
        let pieces = sealed_in_pieces(Sealer::new(layout, OURS.public_key()).expect("a sealer"), &plain, &cuts);
        let opened = in_pieces(Opener::sealed(layout, &OURS), &pieces.expect("sealed"), &[whole.len()]);
        prop_assert_eq!(&opened.expect("opened"), &plain);
        let opened = in_pieces(Opener::either(layout, Some(&OURS)), &whole, &cuts);
        prop_assert_eq!(&opened.expect("opened"), &plain);
    }

    #[test]
    fn what_is_not_encrypted_is_base64_however_it_is_cut(
        size in length(),
        seed: u64,
        cuts in prop::collection::vec(1usize..5000, 1..6),
    ) {
        let plain = noise(size, seed);
        let text = mlhub::vantage6::crypto::encode(&plain);
        prop_assert_eq!(&sealed_in_pieces(Sealer::plain(), &plain, &cuts).expect("encoded"), text.as_bytes());
        prop_assert_eq!(&in_pieces(Opener::plain(), text.as_bytes(), &cuts).expect("decoded"), &plain);
        // A key in reserve changes nothing, and none is needed.
        for layout in [Layout::Text, Layout::Blob] {
            for key in [Some(&*OURS), None] {
                let opened = in_pieces(Opener::either(layout, key), text.as_bytes(), &cuts);
                prop_assert_eq!(&opened.expect("decoded"), &plain);
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
        assert!(OURS.open(OURS.public_key().seal(&plain)?)? == plain, "{size} bytes as text");
        assert!(OURS.open_blob(OURS.public_key().seal_blob(&plain)?)? == plain, "{size} bytes as a blob");
    }
    Ok(())
}

#[test]
fn no_two_messages_share_a_key_or_a_counter() -> Checked {
    let heads: std::collections::HashSet<Vec<u8>> = (0..64)
        .map(|_| {
            let sealed = OURS.public_key().seal(b"the same")?;
            Ok(sealed.split('$').nth(1).expect("a counter").as_bytes().to_vec())
        })
        .collect::<Result<_, mlhub::Error>>()?;
    assert_eq!(heads.len(), 64, "a counter came twice");
    Ok(())
}

#[test]
fn a_clients_key_is_its_own() -> Checked {
    let other = mlhub::vantage6::PrivateKey::generate()?;
    let for_other = PublicKey::from_api(&other.public_key().to_api())?.seal(b"1")?;
    assert_eq!(other.open(&for_other)?, b"1");
    assert!(OURS.open(&for_other).is_err());
    Ok(())
}

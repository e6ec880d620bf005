//! The little of DER that stands between the two forms of a private key.

const SEQUENCE: u8 = 0x30;
const OCTETS: u8 = 0x04;

/// The PKCS#1 key inside of a PKCS#8 one: `SEQUENCE { version, algorithm, OCTET STRING }`.
pub(super) fn inner_key(pkcs8: &[u8]) -> Option<&[u8]> {
    let (_, content, _) = element(pkcs8).filter(|(tag, _, rest)| *tag == SEQUENCE && rest.is_empty())?;
    let (_, _, content) = element(content)?;
    let (_, _, content) = element(content)?;
    element(content).filter(|(tag, ..)| *tag == OCTETS).map(|(_, key, _)| key)
}

/// Tag and content of the first element, and what follows it.
fn element(data: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, data) = data.split_first()?;
    let (first, data) = data.split_first()?;
    // From 128 on, the low bits say how many bytes of length follow.
    let (length, data) = match usize::from(*first) {
        short @ 0..0x80 => (short, data),
        long => {
            let (bytes, data) = data.split_at_checked(long - 0x80).filter(|(bytes, _)| bytes.len() <= 4)?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), data)
        }
    };
    let (content, rest) = data.split_at_checked(length)?;
    Some((*tag, content, rest))
}

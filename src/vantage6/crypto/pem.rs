//! PEM and DER key encodings: labelled base64, and the little of ASN.1 that stands between PKCS#8 and PKCS#1.

use zeroize::{Zeroize, Zeroizing};

use super::base64;

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";
/// Letters in a line.
const LINE: usize = 64;

/// Tags of DER.
pub(super) const SEQUENCE: u8 = 0x30;
const OCTETS: u8 = 0x04;

/// A block's label, and its bytes, which may be a secret.
type Block<'a> = (&'a str, Zeroizing<Vec<u8>>);

/// The first block with one of those labels: its label and its bytes. Nothing
/// where there is none; `Err` where there is one that is damaged.
pub(super) fn find<'a>(text: &str, labels: &[&'a str]) -> Result<Option<Block<'a>>, Damaged> {
    let mut rest = text;
    while let Some((_, block)) = rest.split_once(BEGIN) {
        let Some((label, body)) = block.split_once(DASHES) else { return Err(Damaged) };
        if let Some(label) = labels.iter().find(|wanted| **wanted == label) {
            let Some((body, _)) = body.split_once(&format!("-----END {label}{DASHES}")) else { return Err(Damaged) };
            let mut letters: Vec<u8> = body.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
            let decoded = base64::decode(&letters);
            letters.zeroize();
            return Ok(Some((label, Zeroizing::new(decoded.map_err(|_| Damaged)?))));
        }
        rest = body;
    }
    Ok(None)
}

/// A block that ends nowhere, or holds no base64.
pub(super) struct Damaged;

/// Writes a block, with a line end after its last line.
pub(super) fn write(label: &str, der: &[u8]) -> String {
    let mut letters = base64::encode(der);
    // Room for all of it, so that no growing buffer leaves copies behind.
    let mut text = String::with_capacity(letters.len() + letters.len() / LINE + 2 * (label.len() + 20));
    for part in [BEGIN, label, DASHES, "\n"] {
        text.push_str(part);
    }
    for (index, letter) in letters.chars().enumerate() {
        if index > 0 && index % LINE == 0 {
            text.push('\n');
        }
        text.push(letter);
    }
    for part in ["\n-----END ", label, DASHES, "\n"] {
        text.push_str(part);
    }
    letters.zeroize();
    text
}

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

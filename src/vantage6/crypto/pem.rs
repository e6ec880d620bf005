//! PEM: a label, and base64 between two lines that name it.

use zeroize::{Zeroize, Zeroizing};

use super::base64;

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";
/// Letters in a line.
const LINE: usize = 64;

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

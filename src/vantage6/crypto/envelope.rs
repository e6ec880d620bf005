//! Envelope header: the key of a message under RSA, and the first counter, gathered however they are cut.

use zeroize::Zeroizing;

use super::aes_ctr::AesCtr;
use super::{BLOCK, KEY, PrivateKey, base64, unreadable};
use crate::error::Result;

/// Stands after the key, and after the counter.
pub(super) const SEPARATOR: u8 = b'$';
/// Longer than any head: base64 of 8192 bits is 1368 letters, a counter 24.
const LONGEST: usize = 1500;
/// A key in the layout of the web interface: base64 of its 32 bytes.
const KEY_AS_TEXT: usize = 44;

/// Gathers the head of a message, however it is cut.
#[derive(Default)]
pub(super) struct EnvelopeHeader {
    bytes: Vec<u8>,
    separators: usize,
}

/// Progress with a header after the next piece.
pub(super) enum HeaderProgress<'a> {
    /// Not enough.
    More,
    /// The head is there; this follows it.
    Whole(&'a [u8]),
    /// There is none; what was gathered and this are something else.
    Not(&'a [u8]),
}

impl EnvelopeHeader {
    pub(super) fn push<'a>(&mut self, piece: &'a [u8]) -> HeaderProgress<'a> {
        for (index, byte) in piece.iter().enumerate() {
            self.bytes.push(*byte);
            self.separators += usize::from(*byte == SEPARATOR);
            let rest = piece.get(index + 1..).unwrap_or_default();
            match self.separators {
                2 => return HeaderProgress::Whole(rest),
                _ if self.bytes.len() > LONGEST => return HeaderProgress::Not(rest),
                _ => {}
            }
        }
        HeaderProgress::More
    }

    /// What was gathered.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether this is the begin of an encrypted message: its sign is no base64.
    pub(super) fn is_encrypted(&self) -> bool {
        self.separators > 0
    }

    /// The cipher of the message, and whether it is in the web interface's layout.
    pub(super) fn cipher(&self, key: &PrivateKey) -> Result<(AesCtr, bool)> {
        let mut parts = self.bytes.split(|byte| *byte == SEPARATOR);
        let mut part = || base64::decode(parts.next().unwrap_or_default()).map_err(|_| unreadable());
        let (wrapped, iv) = (part()?, part()?);
        let iv: [u8; BLOCK] = iv.try_into().map_err(|_| unreadable())?;
        let unwrapped = key.unwrap(&wrapped)?;
        let browser = unwrapped.len() == KEY_AS_TEXT;
        let raw =
            if browser { Zeroizing::new(base64::decode(&unwrapped).map_err(|_| unreadable())?) } else { unwrapped };
        let raw: &[u8; KEY] = raw.as_slice().try_into().map_err(|_| unreadable())?;
        Ok((AesCtr::new(raw, iv).map_err(|_| unreadable())?, browser))
    }
}

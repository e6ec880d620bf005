//! AES-256 in counter mode, in place and in pieces of any length.

use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, UnboundCipherKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::iv::FixedLength;

use super::{BLOCK, KEY};

/// Encrypts and decrypts alike. The whole of the 16 bytes is one counter.
///
/// The library's own stream wants a second buffer; in place a piece stays in the
/// cache where it was just read or written.
pub(super) struct Ctr {
    key: DecryptingKey,
    counter: u128,
    /// The key stream of the block that the last piece ended in.
    block: [u8; BLOCK],
    used: usize,
}

impl Ctr {
    pub(super) fn new(key: &[u8; KEY], iv: [u8; BLOCK]) -> Result<Self, Unspecified> {
        let key = DecryptingKey::ctr(UnboundCipherKey::new(&AES_256, key)?)?;
        Ok(Ctr { key, counter: u128::from_be_bytes(iv), block: [0; BLOCK], used: BLOCK })
    }

    /// Goes on with the next bytes.
    pub(super) fn apply(&mut self, data: &mut [u8]) -> Result<(), Unspecified> {
        let (rest, data) = data.split_at_mut(data.len().min(BLOCK - self.used));
        self.mask(rest);
        let (blocks, end) = data.split_at_mut(data.len() - data.len() % BLOCK);
        if !blocks.is_empty() {
            self.key.decrypt(blocks, self.context())?;
            self.counter = self.counter.wrapping_add((blocks.len() / BLOCK) as u128);
        }
        if !end.is_empty() {
            let mut block = [0; BLOCK];
            self.key.decrypt(&mut block, self.context())?;
            self.counter = self.counter.wrapping_add(1);
            (self.block, self.used) = (block, 0);
            self.mask(end);
        }
        Ok(())
    }

    /// Uses up as much of the begun block's key stream.
    fn mask(&mut self, data: &mut [u8]) {
        for (byte, mask) in data.iter_mut().zip(self.block.iter().skip(self.used)) {
            *byte ^= mask;
        }
        self.used += data.len();
    }

    fn context(&self) -> DecryptionContext {
        DecryptionContext::Iv128(FixedLength::from(self.counter.to_be_bytes()))
    }
}

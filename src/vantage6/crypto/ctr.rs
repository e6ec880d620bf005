//! AES-256 in counter mode, in pieces of any length.

use aws_lc_rs::cipher::{AES_256, DecryptionContext, StreamingDecryptingKey, UnboundCipherKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::iv::FixedLength;

use super::output::Output;
use super::{BLOCK, KEY, PIECE};

/// Encrypts and decrypts: in this mode they are the same. The whole of the 16
/// bytes is one counter.
pub(super) struct Ctr(StreamingDecryptingKey);

impl Ctr {
    pub(super) fn new(key: &[u8; KEY], iv: [u8; BLOCK]) -> Result<Self, Unspecified> {
        let key = UnboundCipherKey::new(&AES_256, key)?;
        Ok(Ctr(StreamingDecryptingKey::ctr(key, DecryptionContext::Iv128(FixedLength::from(iv)))?))
    }

    /// Goes on with the next bytes.
    pub(super) fn apply(&mut self, data: &[u8], out: &mut Output) -> Result<(), Unspecified> {
        for piece in data.chunks(PIECE) {
            // The library wants room for another block, which this mode does not write.
            let written = self.0.update(piece, out.space(piece.len() + BLOCK))?.written().len();
            out.keep(written);
        }
        Ok(())
    }

    /// Decrypts what follows the first so many bytes, at least a block, and moves
    /// it over them: no second buffer, and each byte is fetched from memory once.
    pub(super) fn shift(&mut self, buffer: &mut Vec<u8>, from: usize) -> Result<(), Unspecified> {
        let length = buffer.len().checked_sub(from.max(BLOCK)).ok_or(Unspecified)?;
        let mut space = vec![0; PIECE];
        for at in (0..length).step_by(PIECE) {
            let piece = buffer.get(from + at..).unwrap_or_default();
            let piece = piece.get(..PIECE).unwrap_or(piece);
            let space = space.get_mut(..piece.len()).ok_or(Unspecified)?;
            space.copy_from_slice(piece);
            self.0.update(space, buffer.get_mut(at..).ok_or(Unspecified)?)?;
        }
        buffer.truncate(length);
        Ok(())
    }
}

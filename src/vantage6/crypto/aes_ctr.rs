//! AES-256-CTR: the cipher of a message, in pieces of any length, and the buffer that it writes to.

use aws_lc_rs::cipher::{AES_256, DecryptionContext, StreamingDecryptingKey, UnboundCipherKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::iv::FixedLength;

use super::{BLOCK, KEY, PIECE};

/// More room at a time; copied, which takes the same in every profile of the compiler.
static NOUGHTS: [u8; PIECE] = [0; PIECE];

/// Cipher that encrypts and decrypts: in this mode they are the same. The whole
/// of the 16 bytes is one counter.
pub(super) struct AesCtr(StreamingDecryptingKey);

impl AesCtr {
    pub(super) fn new(key: &[u8; KEY], iv: [u8; BLOCK]) -> Result<Self, Unspecified> {
        let key = UnboundCipherKey::new(&AES_256, key)?;
        Ok(AesCtr(StreamingDecryptingKey::ctr(key, DecryptionContext::Iv128(FixedLength::from(iv)))?))
    }

    /// Goes on with the next bytes.
    pub(super) fn apply(&mut self, data: &[u8], out: &mut OutputBuffer) -> Result<(), Unspecified> {
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

/// A buffer that is filled from its front, in pieces that are written in place. What is not used yet is noughts.
pub(super) struct OutputBuffer {
    buffer: Vec<u8>,
    used: usize,
}

impl OutputBuffer {
    /// With room for that many bytes from the start. The system has pages of
    /// noughts to give, so that they are written once, by whoever fills them.
    pub(super) fn sized(size: usize) -> Self {
        OutputBuffer { buffer: vec![0; size], used: 0 }
    }

    /// Goes on after those bytes.
    pub(super) fn after(bytes: Vec<u8>) -> Self {
        OutputBuffer { used: bytes.len(), buffer: bytes }
    }

    /// The next so many bytes, to be written to; see [`keep`](Self::keep).
    pub(super) fn space(&mut self, length: usize) -> &mut [u8] {
        let end = self.used + length;
        if let Some(missing) = end.checked_sub(self.buffer.len()) {
            self.buffer.reserve(missing);
            for at in (0..missing).step_by(PIECE) {
                self.buffer.extend_from_slice(NOUGHTS.get(..PIECE.min(missing - at)).unwrap_or_default());
            }
        }
        self.buffer.get_mut(self.used..end).unwrap_or_default()
    }

    /// So many of them were written.
    pub(super) fn keep(&mut self, length: usize) {
        self.used += length;
    }

    pub(super) fn write(&mut self, bytes: &[u8]) {
        self.space(bytes.len()).copy_from_slice(bytes);
        self.keep(bytes.len());
    }

    /// What was written.
    pub(super) fn done(mut self) -> Vec<u8> {
        self.buffer.truncate(self.used);
        self.buffer
    }
}

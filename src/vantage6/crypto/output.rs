//! A buffer that is filled from its front, in pieces that are written in place.

use super::PIECE;

/// More room at a time; copied, which takes the same in every profile of the compiler.
static NOUGHTS: [u8; PIECE] = [0; PIECE];

/// What is not used yet is noughts.
pub(super) struct Output {
    buffer: Vec<u8>,
    used: usize,
}

impl Output {
    /// With room for that many bytes from the start. The system has pages of
    /// noughts to give, so that they are written once, by whoever fills them.
    pub(super) fn sized(size: usize) -> Self {
        Output { buffer: vec![0; size], used: 0 }
    }

    /// Goes on after those bytes.
    pub(super) fn after(bytes: Vec<u8>) -> Self {
        Output { used: bytes.len(), buffer: bytes }
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

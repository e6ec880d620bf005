//! Streaming base64 (standard alphabet, padded, one line) in pieces of any length.

use ::base64::Engine as _;
use ::base64::engine::general_purpose::STANDARD;

use super::PIECE;

/// Not base64, or no more of it where it had ended.
pub(super) struct Invalid;

/// Of a whole.
pub(super) fn encode(data: &[u8]) -> String {
    STANDARD.encode(data)
}

/// Of a whole.
pub(super) fn decode(text: &[u8]) -> Result<Vec<u8>, Invalid> {
    STANDARD.decode(text).map_err(|_| Invalid)
}

/// Keeps what is not yet a group of four.
pub(super) struct Decoder {
    group: [u8; 4],
    held: usize,
    ended: bool,
    space: Vec<u8>,
}

impl Decoder {
    pub(super) fn new() -> Self {
        Decoder { group: [0; 4], held: 0, ended: false, space: vec![0; PIECE / 4 * 3] }
    }

    /// Hands over what the text stands for, as far as its groups are complete, in
    /// pieces that are still in the nearest cache.
    pub(super) fn push<E: From<Invalid>>(
        &mut self,
        mut text: &[u8],
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.held > 0 {
            let (more, rest) = text.split_at(text.len().min(4 - self.held));
            for (place, byte) in self.group.iter_mut().skip(self.held).zip(more) {
                *place = *byte;
            }
            self.held += more.len();
            text = rest;
            if self.held < 4 {
                return Ok(());
            }
            self.held = 0;
            let group = self.group;
            each(self.groups(&group)?)?;
        }
        let (whole, rest) = text.split_at(text.len() - text.len() % 4);
        for piece in whole.chunks(PIECE) {
            each(self.groups(piece)?)?;
        }
        for (place, byte) in self.group.iter_mut().zip(rest) {
            *place = *byte;
        }
        self.held = rest.len();
        Ok(())
    }

    /// Whether the text may end here.
    pub(super) fn finish(&self) -> Result<(), Invalid> {
        if self.held == 0 { Ok(()) } else { Err(Invalid) }
    }

    fn groups(&mut self, text: &[u8]) -> Result<&[u8], Invalid> {
        // Padding is an end: nothing may follow.
        if std::mem::replace(&mut self.ended, text.ends_with(b"=")) {
            return Err(Invalid);
        }
        let length = STANDARD.decode_slice(text, &mut self.space).map_err(|_| Invalid)?;
        self.space.get(..length).ok_or(Invalid)
    }
}

/// Keeps what is not yet a group of three.
pub(super) struct Encoder {
    group: [u8; 3],
    held: usize,
    space: Vec<u8>,
}

impl Encoder {
    pub(super) fn new() -> Self {
        Encoder { group: [0; 3], held: 0, space: vec![0; PIECE / 3 * 4] }
    }

    /// Appends the text, as far as its groups are complete.
    pub(super) fn push(&mut self, mut data: &[u8], out: &mut Vec<u8>) {
        if self.held > 0 {
            let (more, rest) = data.split_at(data.len().min(3 - self.held));
            for (place, byte) in self.group.iter_mut().skip(self.held).zip(more) {
                *place = *byte;
            }
            self.held += more.len();
            data = rest;
            if self.held < 3 {
                return;
            }
            self.held = 0;
            let group = self.group;
            self.append(&group, out);
        }
        let (whole, rest) = data.split_at(data.len() - data.len() % 3);
        for piece in whole.chunks(PIECE) {
            self.append(piece, out);
        }
        for (place, byte) in self.group.iter_mut().zip(rest) {
            *place = *byte;
        }
        self.held = rest.len();
    }

    /// Appends the last group with its padding.
    pub(super) fn finish(mut self, out: &mut Vec<u8>) {
        let group = self.group;
        self.append(group.get(..self.held).unwrap_or_default(), out);
    }

    fn append(&mut self, data: &[u8], out: &mut Vec<u8>) {
        // The space is what the longest piece takes.
        let length = STANDARD.encode_slice(data, &mut self.space).unwrap_or_default();
        out.extend_from_slice(self.space.get(..length).unwrap_or_default());
    }
}

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

/// The begin of a group of so many bytes, until the rest of it is there.
#[derive(Clone, Copy)]
struct PartialGroup<const N: usize> {
    bytes: [u8; N],
    held: usize,
}

impl<const N: usize> PartialGroup<N> {
    const EMPTY: Self = PartialGroup { bytes: [0; N], held: 0 };

    /// Goes on with the front of the data; gives the group that is whole with it.
    fn fill(&mut self, data: &mut &[u8]) -> Option<[u8; N]> {
        let (more, rest) = data.split_at(data.len().min(N - self.held));
        for (place, byte) in self.bytes.iter_mut().skip(self.held).zip(more) {
            *place = *byte;
        }
        (self.held, *data) = (self.held + more.len(), rest);
        if self.held < N {
            return None;
        }
        self.held = 0;
        Some(self.bytes)
    }

    /// The whole groups of the data; what follows them is held.
    fn whole<'a>(&mut self, data: &'a [u8]) -> &'a [u8] {
        let (whole, mut rest) = data.split_at(data.len() - data.len() % N);
        // Fewer than a group has.
        self.fill(&mut rest);
        whole
    }
}

/// Decodes a text as it arrives, group of four by group.
pub(super) struct Base64Decoder {
    group: PartialGroup<4>,
    ended: bool,
    space: Vec<u8>,
}

impl Base64Decoder {
    pub(super) fn new() -> Self {
        Base64Decoder { group: PartialGroup::EMPTY, ended: false, space: vec![0; PIECE / 4 * 3] }
    }

    /// Hands over what the text stands for, as far as its groups are complete, in
    /// pieces that are still in the nearest cache.
    pub(super) fn push<E: From<Invalid>>(
        &mut self,
        mut text: &[u8],
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.group.held > 0 {
            match self.group.fill(&mut text) {
                Some(group) => each(self.groups(&group)?)?,
                None => return Ok(()),
            }
        }
        for piece in self.group.whole(text).chunks(PIECE) {
            each(self.groups(piece)?)?;
        }
        Ok(())
    }

    /// Whether the text may end here.
    pub(super) fn finish(&self) -> Result<(), Invalid> {
        if self.group.held == 0 { Ok(()) } else { Err(Invalid) }
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

/// Encodes bytes as they arrive, group of three by group.
pub(super) struct Base64Encoder {
    group: PartialGroup<3>,
    space: Vec<u8>,
}

impl Base64Encoder {
    pub(super) fn new() -> Self {
        Base64Encoder { group: PartialGroup::EMPTY, space: vec![0; PIECE / 3 * 4] }
    }

    /// Appends the text, as far as its groups are complete.
    pub(super) fn push(&mut self, mut data: &[u8], out: &mut Vec<u8>) {
        if self.group.held > 0 {
            match self.group.fill(&mut data) {
                Some(group) => self.append(&group, out),
                None => return,
            }
        }
        for piece in self.group.whole(data).chunks(PIECE) {
            self.append(piece, out);
        }
    }

    /// Appends the last group with its padding.
    pub(super) fn finish(mut self, out: &mut Vec<u8>) {
        let PartialGroup { bytes, held } = self.group;
        self.append(bytes.get(..held).unwrap_or_default(), out);
    }

    fn append(&mut self, data: &[u8], out: &mut Vec<u8>) {
        // The space is what the longest piece takes.
        let length = STANDARD.encode_slice(data, &mut self.space).unwrap_or_default();
        out.extend_from_slice(self.space.get(..length).unwrap_or_default());
    }
}

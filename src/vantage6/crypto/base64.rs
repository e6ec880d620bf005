//! Base64 (standard alphabet, padded, one line) in pieces of any length.

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
#[derive(Default)]
pub(super) struct Decoder {
    group: [u8; 4],
    held: usize,
    ended: bool,
}

impl Decoder {
    /// Appends what the text stands for, as far as its groups are complete.
    /// `each` sees every piece as soon as it is there.
    pub(super) fn push<E: From<Invalid>>(
        &mut self,
        mut text: &[u8],
        out: &mut Vec<u8>,
        mut each: impl FnMut(&mut [u8]) -> Result<(), E>,
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
            self.groups(&group, out, &mut each)?;
        }
        let (whole, rest) = text.split_at(text.len() - text.len() % 4);
        for piece in whole.chunks(PIECE) {
            self.groups(piece, out, &mut each)?;
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

    fn groups<E: From<Invalid>>(
        &mut self,
        text: &[u8],
        out: &mut Vec<u8>,
        each: &mut impl FnMut(&mut [u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        // Padding is an end: nothing may follow.
        if std::mem::replace(&mut self.ended, text.ends_with(b"=")) {
            return Err(Invalid.into());
        }
        let start = out.len();
        out.resize(start + text.len() / 4 * 3, 0);
        let written = out.get_mut(start..).map(|space| STANDARD.decode_slice(text, space));
        match written {
            Some(Ok(written)) => {
                out.truncate(start + written);
                out.get_mut(start..).map_or(Ok(()), each)
            }
            _ => {
                out.truncate(start);
                Err(Invalid.into())
            }
        }
    }
}

/// Keeps what is not yet a group of three.
#[derive(Default)]
pub(super) struct Encoder {
    group: [u8; 3],
    held: usize,
}

impl Encoder {
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
            append(&self.group, out);
        }
        let (whole, rest) = data.split_at(data.len() - data.len() % 3);
        append(whole, out);
        for (place, byte) in self.group.iter_mut().zip(rest) {
            *place = *byte;
        }
        self.held = rest.len();
    }

    /// Appends the last group with its padding.
    pub(super) fn finish(&self, out: &mut Vec<u8>) {
        append(self.group.get(..self.held).unwrap_or_default(), out);
    }
}

fn append(data: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + data.len().div_ceil(3) * 4, 0);
    // The space is what the text takes.
    let written = out.get_mut(start..).map_or(0, |space| STANDARD.encode_slice(data, space).unwrap_or(0));
    out.truncate(start + written);
}

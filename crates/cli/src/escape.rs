//! Escape of text for a terminal: what would move the cursor, change colours or turn the direction of reading is shown by
//! its number instead.

use std::borrow::Cow;

/// Controls of the direction of reading, which can make a text look like another (UAX #9), and line ends that only some
/// programs know.
const HIDDEN: &[char] = &[
    '\u{61c}', '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}',
    '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
];

/// Whether a letter does something to a terminal beside being shown.
pub(crate) fn is_active(letter: char) -> bool {
    letter.is_control() || HIDDEN.contains(&letter)
}

/// Text as it may be shown on a terminal, over several lines; a letter by its number is written as in JSON.
pub(crate) fn for_terminal(text: &str) -> Cow<'_, str> {
    let kept = |letter: char| matches!(letter, '\n' | '\t') || !is_active(letter);
    if text.chars().all(kept) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            // The end of a line as Windows and HTTP have it.
            '\r' if letters.peek() == Some(&'\n') => {}
            letter if kept(letter) => out.push(letter),
            letter => out += &by_number(letter),
        }
    }
    Cow::Owned(out)
}

/// A letter by its number.
pub(crate) fn by_number(letter: char) -> String {
    format!("\\u{:04x}", u32::from(letter))
}

/// Escape of bytes that come in parts, which may end within a letter.
#[derive(Debug, Default)]
pub(crate) struct TerminalEscape {
    /// The beginning of a letter, or of a line's end.
    begun: Vec<u8>,
}

impl TerminalEscape {
    /// What can be shown after this part.
    pub(crate) fn push(&mut self, part: &[u8]) -> String {
        self.begun.extend_from_slice(part);
        let bytes = std::mem::take(&mut self.begun);
        let mut whole = bytes.len();
        for chunk in bytes.utf8_chunks() {
            // Only the last chunk can be a letter that goes on.
            let begun = chunk.invalid();
            if !begun.is_empty()
                && bytes.ends_with(begun)
                && std::str::from_utf8(begun).is_err_and(|error| error.error_len().is_none())
            {
                whole = bytes.len() - begun.len();
            }
        }
        if whole == bytes.len() && bytes.ends_with(b"\r") {
            whole -= 1;
        }
        self.begun = bytes[whole..].to_vec();
        shown(&bytes[..whole])
    }

    /// What is left at the end.
    pub(crate) fn finish(&mut self) -> String {
        shown(&std::mem::take(&mut self.begun))
    }
}

/// Bytes that are no text are shown by their numbers.
fn shown(bytes: &[u8]) -> String {
    let chunk = |chunk: std::str::Utf8Chunk<'_>| {
        let invalid = chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}"));
        std::iter::once(for_terminal(chunk.valid()).into_owned()).chain(invalid).collect::<String>()
    };
    bytes.utf8_chunks().map(chunk).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        for (text, shown) in [
            ("plain é 漢字 👨‍👩‍👧 ❤️\tx\n", "plain é 漢字 👨‍👩‍👧 ❤️\tx\n"),
            ("\u{1b}[2J\u{1b}]0;x\u{7}", "\\u001b[2J\\u001b]0;x\\u0007"),
            ("a\r\nb\rc\u{8}\u{7f}\u{9b}31m", "a\nb\\u000dc\\u0008\\u007f\\u009b31m"),
            ("user\u{202e}txt.exe \u{2066}\u{2069}\u{200f}", "user\\u202etxt.exe \\u2066\\u2069\\u200f"),
        ] {
            assert_eq!(for_terminal(text), shown);
        }
    }

    proptest! {
        #[test]
        fn parts_are_shown_like_the_whole(bytes in any::<Vec<u8>>(), text in "\\PC{0,9}[\\r\\n\u{1b}\u{202e}]{0,3}", at in 0..40usize) {
            let bytes = [bytes, text.into_bytes()].concat();
            let (one, two) = bytes.split_at(at.min(bytes.len()));
            let mut escape = TerminalEscape::default();
            let parts = escape.push(one) + &escape.push(two) + &escape.finish();
            prop_assert_eq!(&parts, &shown(&bytes));
            prop_assert!(!parts.contains(|letter| is_active(letter) && letter != '\n' && letter != '\t'), "{:?}", parts);
        }
    }
}

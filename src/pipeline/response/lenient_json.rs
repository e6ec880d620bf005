//! JSON as Python and browsers read it: bare `NaN` and `Infinity`, halves of letters, and bytes that are no UTF-8.

/// Bare words that Python writes for what JSON has no number for.
const WORDS: &[&[u8]] = &[b"NaN", b"-Infinity", b"Infinity"];

/// What becomes of a bare word; where there is none, bare words are no JSON.
pub(crate) type BareWord = fn(&[u8]) -> Vec<u8>;

/// A bare word is null.
pub(crate) fn null(_: &[u8]) -> Vec<u8> {
    b"null".to_vec()
}

/// Replaces the bare words outside of strings by `null`.
pub fn to_json(text: &[u8]) -> Vec<u8> {
    lenient(text, Some(null))
}

/// Replaces bare words, and escapes of one half of a letter by the one that stands for no letter.
pub(crate) fn lenient(text: &[u8], bare: Option<BareWord>) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let mut rest = text.as_bytes();
    let mut out = Vec::with_capacity(rest.len());
    let mut in_string = false;
    while let Some((&byte, tail)) = rest.split_first() {
        if !in_string
            && let Some(bare) = bare
            && let Some(word) = WORDS.iter().find(|word| rest.starts_with(word))
        {
            out.extend(bare(word));
            rest = rest.get(word.len()..).unwrap_or_default();
            continue;
        }
        let length = match byte {
            // What follows a backslash does not end the string.
            b'\\' if in_string => match (half(rest), rest.get(6..).and_then(half)) {
                (Some(Half::Leading), Some(Half::Trailing)) => 12,
                (Some(_), _) => {
                    out.extend_from_slice(b"\\ufffd");
                    rest = rest.get(6..).unwrap_or_default();
                    continue;
                }
                (None, _) => 2.min(rest.len()),
            },
            _ => {
                in_string ^= byte == b'"';
                1
            }
        };
        let (taken, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        out.extend_from_slice(taken);
        rest = if length == 1 { tail } else { after };
    }
    out
}

/// Half of a letter beyond the first 65,536, as UTF-16 has them.
enum Half {
    Leading,
    Trailing,
}

/// The half of a letter whose escape stands at the beginning.
fn half(text: &[u8]) -> Option<Half> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    match u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()? {
        0xD800..0xDC00 => Some(Half::Leading),
        0xDC00..0xE000 => Some(Half::Trailing),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{lenient, to_json};

    #[test]
    fn bare_words_become_null_and_strings_stay() {
        for (python, json) in [
            ("[NaN, 1, -Infinity,Infinity]", "[null, 1, null,null]"),
            (r#"{"NaN": "a \" NaN", "b": NaN}"#, r#"{"NaN": "a \" NaN", "b": null}"#),
            (r#"["\\", NaN]"#, r#"["\\", null]"#),
            (r#"["unfinished \"#, r#"["unfinished \"#),
            ("", ""),
        ] {
            assert_eq!(to_json(python.as_bytes()), json.as_bytes(), "{python}");
        }
    }

    #[test]
    fn half_a_letter_stands_for_none_and_whole_ones_stay() {
        for (python, json) in [
            (r#"["\ud800"]"#, r#"["\ufffd"]"#),
            (r#"["\uDC00a\ud83d\ude00\ud83d"]"#, r#"["\ufffda\ud83d\ude00\ufffd"]"#),
            (r#"["\\ud800", "\ud8", "\ud80"#, r#"["\\ud800", "\ud8", "\ud80"#),
            (r#"["\ud83d\ud83d\ude00"]"#, r#"["\ufffd\ud83d\ude00"]"#),
        ] {
            assert_eq!(String::from_utf8_lossy(&lenient(python.as_bytes(), None)), json, "{python}");
        }
        assert_eq!(lenient(b"[\"\xff\", NaN]", None), "[\"\u{fffd}\", NaN]".as_bytes());
    }
}

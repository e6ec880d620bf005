//! JSON as Python writes it: bare `NaN` and `Infinity` read as `null`.

/// Replaces the bare words outside of strings.
pub fn to_json(text: &[u8]) -> Vec<u8> {
    const WORDS: &[&[u8]] = &[b"NaN", b"-Infinity", b"Infinity"];
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut in_string = false;
    while let Some((&byte, tail)) = rest.split_first() {
        if !in_string && let Some(word) = WORDS.iter().find(|word| rest.starts_with(word)) {
            out.extend_from_slice(b"null");
            rest = rest.get(word.len()..).unwrap_or_default();
            continue;
        }
        out.push(byte);
        rest = tail;
        match byte {
            b'"' => in_string = !in_string,
            // What follows a backslash does not end the string.
            b'\\' if in_string => {
                if let Some((&escaped, tail)) = rest.split_first() {
                    out.push(escaped);
                    rest = tail;
                }
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::to_json;

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
}

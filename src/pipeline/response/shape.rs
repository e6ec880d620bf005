//! Shape of a reply: whether it is what the document says, as far as that shows without its types.
//!
//! Most fields of most objects may be missing, so that the page of a proxy or the answer of another program could pass
//! for an object or a list with nothing in it.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::error::{Error, ErrorKind};
use crate::op::ReplyShape;

/// So much of a reply is shown.
const HEAD: usize = 120;
/// Longer words of a reply may be secret, and are not shown.
const LONGEST_WORD: usize = 24;
/// What the names of fields with secrets have in them.
const SECRET: &[&str] = &["token", "secret", "password", "passwd", "key", "auth", "cookie", "session", "code"];

/// Fails where the reply is of another shape.
pub(crate) fn check(shape: ReplyShape, text: &[u8]) -> Result<(), Error> {
    let fits = match (shape, text.first()) {
        (ReplyShape::Any, _) => true,
        (ReplyShape::Text, Some(b'{' | b'[')) => false,
        (ReplyShape::Text, _) => serde_json::from_slice::<IgnoredAny>(text).is_ok(),
        (ReplyShape::List, first) => first == Some(&b'['),
        (ReplyShape::Object(_), first) if first != Some(&b'{') => false,
        (ReplyShape::Object(fields), _) => first_is(fields, text) || has_any(fields, text),
    };
    if fits {
        return Ok(());
    }
    let what = match shape {
        ReplyShape::List => "is not the list that the document says".to_owned(),
        ReplyShape::Object([one]) => format!("is not the object with {one:?} that the document says"),
        ReplyShape::Object(fields) => {
            let named: Vec<_> = fields.iter().take(5).map(|field| format!("{field:?}")).collect();
            format!("is not the object that the document says: it has none of {}", named.join(", "))
        }
        _ => "is not what the document says".to_owned(),
    };
    Err(Error::new(ErrorKind::Decode, format!("the reply {what}{}", begins(text))))
}

/// Whether one of them is the first field, as is usual: nothing has to be read for that.
fn first_is(fields: &[&str], text: &[u8]) -> bool {
    let rest = text.get(1..).unwrap_or_default().trim_ascii_start();
    let Some(name) = rest.strip_prefix(b"\"") else { return false };
    fields.iter().any(|field| name.strip_prefix(field.as_bytes()).is_some_and(|rest| rest.first() == Some(&b'"')))
}

/// Whether the object has one of them. What is no JSON is for decoding to refuse.
fn has_any(fields: &[&str], text: &[u8]) -> bool {
    struct AnyOf<'f>(&'f [&'f str]);

    impl<'de> Visitor<'de> for AnyOf<'_> {
        type Value = bool;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
            let mut found = false;
            while let Some((name, _)) = map.next_entry::<String, IgnoredAny>()? {
                found |= self.0.contains(&name.as_str());
            }
            Ok(found)
        }
    }

    serde_json::Deserializer::from_slice(text).deserialize_map(AnyOf(fields)).unwrap_or(true)
}

/// How a reply begins, for people to see what has answered; without what may be secret.
pub(crate) fn begins(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text.get(..8 * HEAD).unwrap_or(text));
    let mut shown = String::new();
    let mut hidden = false;
    for word in text.split_inclusive(|letter: char| !letter.is_alphanumeric() && !"-_.+/=".contains(letter)) {
        let (word, sign) = match word.char_indices().last() {
            Some((at, last)) if !last.is_alphanumeric() && !"-_.+/=".contains(last) => word.split_at(at),
            _ => (word, ""),
        };
        let lower = word.to_ascii_lowercase();
        let masked = !word.is_empty() && (hidden || word.chars().count() > LONGEST_WORD);
        shown += if masked { crate::secret::MASK } else { word };
        shown += if sign.trim().is_empty() && !sign.is_empty() { " " } else { sign };
        // A value follows its name after quotation marks and a colon.
        hidden = match sign {
            "," | "}" | "]" | "\n" | ">" => false,
            _ => hidden && (word.is_empty() || sign != "\"") || SECRET.iter().any(|secret| lower.contains(secret)),
        };
        if shown.chars().count() > HEAD {
            break;
        }
    }
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = shown.chars().take(HEAD).collect();
    match cut.as_str() {
        "" => "; it is empty".to_owned(),
        cut if cut.len() < shown.len() => format!("; it begins with {cut} .."),
        cut => format!("; it is {cut}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{begins, check};
    use crate::op::ReplyShape::{Any, List, Object, Text};

    #[test]
    fn each_shape_takes_its_own_and_nothing_else() {
        let page = Object(&["data", "links"]);
        for (shape, good, bad) in [
            (List, &["[]", "[1]"][..], &["{}", "null", "\"\"", "<html>", r#"{"data": []}"#][..]),
            (
                page,
                &[r#"{"data": []}"#, r#"{ "a": {"b": 1}, "links": 1}"#, r#"{"d\u0061ta": 1}"#, "{broken"],
                &["{}", "[]", "null", r#"{"status": "ok"}"#, r#"{"a": {"data": 1}}"#, r#"{"datax": 1}"#, "<p>"],
            ),
            (Text, &["\"success\"", "null", "7"], &["{}", "[]", "<html>", "ok"]),
            (Any, &["{}", "<html>", ""], &[]),
        ] {
            for text in good {
                assert!(check(shape, text.as_bytes()).is_ok(), "{shape:?} {text}");
            }
            for text in bad {
                assert!(check(shape, text.as_bytes()).is_err(), "{shape:?} {text}");
            }
        }
    }

    #[test]
    fn the_head_tells_who_answered_and_no_secret() {
        for (text, shown) in [
            (r#"{"status":"ok"}"#, r#"; it is {"status":"ok"}"#),
            ("<html>\n<title>Sign in</title>", "; it is <html> <title>Sign in</title>"),
            (r#"{"access_token": "abc", "n": "b"}"#, r#"; it is {"access_token": "***", "n": "b"}"#),
            (r#"{"password":"a b c","n":1}"#, r#"; it is {"password":"*** *** ***","n":1}"#),
            ("", "; it is empty"),
        ] {
            assert_eq!(begins(text.as_bytes()), shown);
        }
        assert!(begins("x".repeat(500).as_bytes()).contains("***"));
        assert!(begins("word ".repeat(500).as_bytes()).ends_with(" .."));
    }
}

//! What a line of a trial's output says about its value.

use serde_json::Value;

/// What a result line says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Said {
    /// The value.
    Value(f64),
    /// It is a result, but none that can be told: the words for it.
    Unfit(String),
}

/// The key of the value in a line that is a JSON object.
const KEY: &str = "value";

/// Reads one line: a number, or a JSON object with `value`. Any other line says nothing.
pub(crate) fn said(line: &[u8]) -> Option<Said> {
    let line = line.trim_ascii();
    // Most lines of most programs are ruled out by their first letter, without a look at the rest.
    match line.first()? {
        b'{' => object(line),
        b'0'..=b'9' | b'+' | b'-' | b'.' | b'n' | b'N' | b'i' | b'I' => number(std::str::from_utf8(line).ok()?),
        _ => None,
    }
}

fn number(text: &str) -> Option<Said> {
    let value: f64 = text.parse().ok()?;
    if value.is_finite() { Some(Said::Value(value)) } else { Some(unfit(text)) }
}

fn object(line: &[u8]) -> Option<Said> {
    let Ok(Value::Object(fields)) = serde_json::from_slice(line) else {
        return no_json_number(std::str::from_utf8(line).ok()?);
    };
    let value = fields.get(KEY)?;
    match value.as_f64().filter(|value| value.is_finite()) {
        Some(number) => Some(Said::Value(number)),
        None => Some(unfit(&value.to_string())),
    }
}

/// Python writes `{"value": NaN}`, which is no JSON and yet meant as a result.
fn no_json_number(line: &str) -> Option<Said> {
    let after = line.split_once(&format!("{KEY:?}"))?.1.trim_start().strip_prefix(':')?.trim_start();
    let words = ["NaN", "Infinity", "-Infinity"];
    words.into_iter().find(|word| after.starts_with(word)).map(unfit)
}

fn unfit(text: &str) -> Said {
    Said::Unfit(format!("its result is {text}, which is no finite number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_objects_with_a_value_are_results() {
        for (line, value) in [
            ("0.93", 0.93),
            ("  -1e-3\r", -1e-3),
            ("+7", 7.0),
            (".5", 0.5),
            ("12", 12.0),
            (r#"{"value": 0.5, "epoch": 3}"#, 0.5),
            (r#"{"epoch": {"value": 1}, "value": -2}"#, -2.0),
        ] {
            assert_eq!(said(line.as_bytes()), Some(Said::Value(value)), "{line}");
        }
    }

    #[test]
    fn results_that_are_no_finite_number_are_named() {
        for (line, word) in [
            ("nan", "nan"),
            ("-inf", "-inf"),
            ("1e999", "1e999"),
            (r#"{"value": null}"#, "null"),
            (r#"{"value": "0.5"}"#, "\"0.5\""),
            (r#"{"loss": 1, "value" : NaN}"#, "NaN"),
            (r#"{"value": -Infinity}"#, "-Infinity"),
        ] {
            let Some(Said::Unfit(words)) = said(line.as_bytes()) else { panic!("{line}: {:?}", said(line.as_bytes())) };
            assert!(words.contains(&format!("is {word},")), "{line}: {words}");
        }
    }

    #[test]
    fn everything_else_says_nothing() {
        let lines: &[&[u8]] = &[
            b"",
            b"accuracy: 0.93",
            b"0.93 0.94",
            b"0,5",
            b"12%",
            b"none",
            b"info: done",
            b"[1]",
            b"{}",
            b"{\"loss\": 1}",
            b"{\"loss\": NaN}",
            b"{broken",
            b"\xff\xfe1",
            b"0x10",
        ];
        for line in lines {
            assert_eq!(said(line), None, "{}", String::from_utf8_lossy(line));
        }
    }
}

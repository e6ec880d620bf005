//! Legacy format: the texts of the original AutoTune, which are tables as JSON inside of strings and Python's notation.

use serde_json::{Map, Value};

use super::Params;
use crate::error::{Error, ErrorKind};

/// The column in which a response is told.
pub(super) const RESPONSE: &str = "Response";

/// The one point in an asked table: `[{"v1": 2, "color": "red"}]`.
pub(super) fn point(table: &str) -> Result<Params, Error> {
    let bad = |what: &str| Error::new(ErrorKind::Decode, format!("covars_next_exp {what}"));
    let rows: Value =
        serde_json::from_str(table).map_err(|cause| bad("is not JSON inside of a text").with_source(cause))?;
    match rows {
        Value::Array(mut rows) if rows.len() == 1 => match rows.pop() {
            Some(Value::Object(row)) => Ok(row),
            _ => Err(bad("holds no object")),
        },
        _ => Err(bad("does not hold exactly one point")),
    }
}

/// The best of a told table of running bests, whatever the server calls the last.
///
/// The original spoils its own record when a tell comes without an ask: a
/// later entry can be worse. So the greatest of all entries counts, with the
/// values that stand at its row.
pub(super) fn best(responses: &str, covars: &str) -> Option<(f64, Params)> {
    let responses = table(responses)?;
    let covars = table(covars)?;
    let column = responses.get(RESPONSE)?.as_object()?;
    let (row, value) = column
        .iter()
        .filter_map(|(row, value)| Some((row, value.as_f64()?)))
        .max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    let values = covars.iter().map(|(name, column)| Some((name.clone(), column.get(row)?.clone())));
    Some((value, values.collect::<Option<Params>>()?))
}

/// A table by columns, in JSON or as Python prints it.
fn table(text: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(text).ok().or_else(|| serde_json::from_str(&python_to_json(text)).ok())
}

/// Python's notation of texts, numbers and maps as JSON: other quotes, other words.
fn python_to_json(text: &str) -> String {
    let mut json = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' | '"' => json.push_str(&quoted(letter, &mut letters)),
            letter if letter.is_alphabetic() => {
                let mut word = String::from(letter);
                while let Some(next) = letters.next_if(|next| next.is_alphanumeric()) {
                    word.push(next);
                }
                json.push_str(match word.as_str() {
                    "True" => "true",
                    "False" => "false",
                    // JSON has no word for what is no number.
                    "None" | "nan" | "inf" => "null",
                    other => other,
                });
            }
            other => json.push(other),
        }
    }
    json
}

/// A Python text, from behind its opening quote, as a JSON text.
fn quoted(quote: char, letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('r') => text.push('\r'),
                Some(code @ ('x' | 'u' | 'U')) => {
                    let digits = match code {
                        'x' => 2,
                        'u' => 4,
                        _ => 8,
                    };
                    let hex: String = letters.by_ref().take(digits).collect();
                    text.extend(u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32));
                }
                Some(other) => text.push(other),
                None => {}
            },
            letter if letter == quote => break,
            other => text.push(other),
        }
    }
    Value::String(text).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn python_notation_is_read_with_its_quotes_and_words() {
        let python =
            r#"{'a': "it's", 'b': 'say "hi"', 'c': True, 'd': None, 'e': -1.5e-05, 'f': '\u00e9\'', 'g': nan}"#;
        let read = table(python).map(Value::Object);
        let expected =
            json!({"a": "it's", "b": "say \"hi\"", "c": true, "d": null, "e": -1.5e-05, "f": "é'", "g": null});
        assert_eq!(read, Some(expected));
    }

    #[test]
    fn the_best_is_the_greatest_and_not_the_last() {
        let responses = "{'Response': {'0': 1.5, '1': 2.5, '2': 0.5}}";
        let covars = "{'v1': {'0': 1, '1': 2, '2': 3}, 'color': {'0': 'red', '1': 'green', '2': 'blue'}}";
        let (value, params) = best(responses, covars).expect("a best");
        assert_eq!(value, 2.5);
        assert_eq!(Value::Object(params), json!({"v1": 2, "color": "green"}));
    }

    #[test]
    fn garbage_is_no_best_and_no_point() {
        for text in ["", "{", "[]", "{'Response': 3}", "'\\", "{'Response': {'0': 'x'}}"] {
            assert!(best(text, "{}").is_none(), "{text}");
            assert!(point(text).is_err(), "{text}");
        }
    }
}

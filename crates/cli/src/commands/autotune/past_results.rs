//! Past results in a file: CSV with a heading, or JSON objects, one after another or in a list.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// Cell of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// Its text, as it was written.
    pub(super) text: String,
    /// Whether it is a number or a truth value of JSON.
    pub(super) bare: bool,
}

/// Row: its line, and its cells by column.
pub(super) type Row = (usize, BTreeMap<String, Cell>);

/// Rows of a file, or what is wrong with it.
pub(super) fn rows(text: &str) -> Result<Vec<Row>, String> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with(['{', '[']) { objects(text) } else { table(text) }
}

/// JSON objects, each on a line of its own, over several, or in a list.
fn objects(text: &str) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        let value = value.map_err(|error| format!("line {}: {error}", error.line()))?;
        let line = line_of(text, value.get());
        if value.get().starts_with('[') {
            let items: Vec<&RawValue> = serde_json::from_str(value.get()).map_err(|error| at(line, &error))?;
            for item in items {
                rows.push(object(line_of(text, item.get()), item)?);
            }
        } else {
            rows.push(object(line, value)?);
        }
    }
    Ok(rows)
}

fn object(line: usize, value: &RawValue) -> Result<Row, String> {
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(value.get()).map_err(|error| at(line, &error))?;
    let mut row = BTreeMap::new();
    for (name, value) in fields {
        let raw = value.get();
        let text = match raw.as_bytes().first() {
            Some(b'"') => serde_json::from_str(raw).map_err(|error| at(line, &error))?,
            Some(b'{' | b'[') => return Err(format!("line {line}: {name:?} is neither a word nor a number")),
            _ if raw == "null" => continue,
            _ => raw.to_owned(),
        };
        row.insert(name, Cell { text, bare: !raw.starts_with('"') });
    }
    Ok((line, row))
}

/// CSV with a heading.
fn table(text: &str) -> Result<Vec<Row>, String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(text.as_bytes());
    let heading = reader.headers().map_err(|error| error.to_string())?.clone();
    let row = |record: Result<csv::StringRecord, csv::Error>| {
        let record = record.map_err(|error| match error.kind() {
            csv::ErrorKind::UnequalLengths { pos: Some(place), expected_len, len } => {
                format!("line {}: it has {len} cells, and the heading has {expected_len}", line_at(text, place.byte()))
            }
            _ => error.to_string(),
        })?;
        let line = record.position().map_or(0, |place| line_at(text, place.byte()));
        let cells = heading.iter().zip(&record);
        Ok((line, cells.map(|(name, text)| (name.to_owned(), Cell { text: text.to_owned(), bare: false })).collect()))
    };
    reader.records().map(row).collect()
}

/// Line of a row of CSV that begins behind the end of another: blank lines may be between them.
fn line_at(text: &str, byte: u64) -> usize {
    let byte = usize::try_from(byte).unwrap_or(usize::MAX).min(text.len());
    let blank = text.as_bytes()[byte..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    line(&text.as_bytes()[..byte + blank])
}

/// Line of a part of the text.
fn line_of(text: &str, part: &str) -> usize {
    let before = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    line(&text.as_bytes()[..before.min(text.len())])
}

fn line(before: &[u8]) -> usize {
    1 + before.iter().filter(|&&byte| byte == b'\n').count()
}

/// An error within a value that begins on that line.
fn at(line: usize, error: &serde_json::Error) -> String {
    let text = error.to_string();
    let words = text.rsplit_once(" at line ").map_or(text.as_str(), |(words, _)| words);
    format!("line {}: {words}", line + error.line().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of the rows, and the text of that cell in each.
    fn cells(text: &str, name: &str) -> Vec<(usize, String)> {
        let read = rows(text).unwrap().into_iter();
        read.map(|(line, row)| (line, row.get(name).map(|cell| cell.text.clone()).unwrap_or_default())).collect()
    }

    #[test]
    fn every_form_gives_the_same_rows_with_their_lines() {
        let expected = |lines: [usize; 2]| vec![(lines[0], "0.10".to_owned()), (lines[1], "a\nb".to_owned())];
        for (text, lines) in [
            ("\u{feff}x,y\n0.10,1\n\"a\nb\",2\n", [2, 3]),
            ("x,y\r\n\r\n0.10,1\r\n\r\n\r\n\"a\nb\",2\r\n", [3, 6]),
            ("{\"x\": 0.10}\n\n{\"x\": \"a\\nb\"}\n", [1, 3]),
            ("[{\"x\": 0.10},\n {\"x\": \"a\\nb\", \"y\": null}]", [1, 2]),
            ("[\n  {\n    \"x\": 0.10\n  },\n  {\n    \"x\": \"a\\nb\"\n  }\n]\n", [2, 5]),
            ("{\n  \"x\": 0.10\n}\n{\"x\": \"a\\nb\"}", [1, 4]),
        ] {
            assert_eq!(cells(text, "x"), expected(lines), "{text:?}");
        }
        assert_eq!(rows("[]"), Ok(vec![]));
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        for (text, words) in [
            ("x,value\n\n1\n", "line 3: it has 1 cells, and the heading has 2"),
            ("{\"value\": 1}\n{x}", "line 2: "),
            ("[\n{\"value\": 1},\n3]", "line 3: invalid type: integer `3`"),
            ("{\"value\": 1}\n\n{\"x\": [1]}", "line 3: \"x\" is neither"),
        ] {
            let said = rows(text).unwrap_err();
            assert!(said.starts_with(words), "{text:?}: {said}");
        }
    }
}

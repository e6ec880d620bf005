//! Points for a bucket: a table or objects, one for each time.

use serde_json::{Map, Value};

/// The key of the moment.
const TIMESTAMP: &str = "timestamp";
/// The key of the tags, in objects, and what their columns begin with, in tables.
const TAGS: &str = "tags";
const TAG: &str = "tag:";

/// Reads points: CSV where the text or its name says so, else JSON lines or one JSON list.
pub(super) fn read(text: &str, name: &str) -> Result<Vec<Value>, String> {
    let json = matches!(text.trim_start().chars().next(), Some('{' | '['));
    if name.ends_with(".csv") || !json {
        return table(text);
    }
    let points = match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(points)) => {
            points.into_iter().enumerate().map(|(index, point)| (index + 1, Ok(point))).collect()
        }
        _ => lines(text),
    };
    points.into_iter().map(|(place, point)| object(point?).map_err(|why| format!("point {place}: {why}"))).collect()
}

fn lines(text: &str) -> Vec<(usize, Result<Value, String>)> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let point = |(index, line): (usize, &str)| {
        let point = serde_json::from_str(line).map_err(|error| format!("line {}: {error}", index + 1));
        (index + 1, point)
    };
    lines.map(point).collect()
}

/// The server takes a point without a moment and says nothing; its job fails.
fn object(point: Value) -> Result<Value, String> {
    match point.get(TIMESTAMP) {
        Some(Value::Number(_) | Value::String(_)) => Ok(point),
        _ => Err(format!("it has no {TIMESTAMP:?} in seconds or as a date")),
    }
}

/// A table with a heading: `timestamp`, `tag:NAME` for tags, and numbers by their names.
fn table(text: &str) -> Result<Vec<Value>, String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heading = reader.headers().map_err(|error| error.to_string())?.clone();
    if !heading.iter().any(|name| name == TIMESTAMP) {
        return Err(format!("the heading has no column {TIMESTAMP:?}"));
    }
    let mut points = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let (mut point, mut tags) = (Map::new(), Map::new());
        for (name, cell) in heading.iter().zip(&record).filter(|(_, cell)| !cell.trim().is_empty()) {
            let number = serde_json::from_str::<Value>(cell.trim()).ok().filter(Value::is_number);
            match (name.strip_prefix(TAG), number) {
                (Some(tag), _) => drop(tags.insert(tag.to_owned(), cell.into())),
                (None, Some(number)) => drop(point.insert(name.to_owned(), number)),
                (None, None) if name == TIMESTAMP => drop(point.insert(name.to_owned(), cell.trim().into())),
                (None, None) => return Err(format!("line {line}: {name} is {cell:?}, which is no number")),
            }
        }
        if !point.contains_key(TIMESTAMP) {
            return Err(format!("line {line}: it has no {TIMESTAMP}"));
        }
        if !tags.is_empty() {
            point.insert(TAGS.to_owned(), tags.into());
        }
        points.push(point.into());
    }
    Ok(points)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_table_lines_and_a_list_say_the_same() {
        let expected = vec![
            json!({"timestamp": 60, "foo": 1.5, "tags": {"host": "h1"}}),
            json!({"timestamp": "2026-01-01T00:00:00Z", "foo": 2}),
        ];
        let csv = "timestamp,foo,tag:host\n60,1.5,h1\n2026-01-01T00:00:00Z,2,\n";
        let lines = "{\"timestamp\":60,\"foo\":1.5,\"tags\":{\"host\":\"h1\"}}\n\n{\"timestamp\":\"2026-01-01T00:00:00Z\",\"foo\":2}\n";
        assert_eq!(read(csv, "-"), Ok(expected.clone()));
        assert_eq!(read(lines, "-"), Ok(expected.clone()));
        assert_eq!(read(&json!(expected).to_string(), "a.json"), Ok(expected));
        assert_eq!(read("timestamp,foo\n", "a.csv"), Ok(Vec::new()));
    }

    #[test]
    fn what_the_server_would_swallow_is_named_with_its_place() {
        for (text, words) in [
            ("timestamp,foo\n60,high\n", "line 2: foo is \"high\""),
            ("timestamp,foo\n,1\n", "line 2: it has no timestamp"),
            ("time,foo\n60,1\n", "no column \"timestamp\""),
            ("timestamp,foo\n60\n", "line: 2"),
            ("[{\"foo\":1}]", "point 1: it has no \"timestamp\""),
            ("{\"timestamp\":1}\n{x}\n", "line 2: "),
            ("not a table", "no column \"timestamp\""),
            ("", "no column \"timestamp\""),
        ] {
            let said = read(text, "-").unwrap_err();
            assert!(said.contains(words), "{text:?}: {said}");
        }
    }
}

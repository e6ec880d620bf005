//! Import of results from elsewhere: a table or objects, a row each.

use std::path::Path;

use mlhub::autotune::{ImportedTrial, Params, types};
use serde_json::Value;

use super::experiments::{BESIDE, ExperimentHub};
use crate::error::{CliError, CliResult};
use crate::input;
use crate::output::Out;

/// The key of a result.
const VALUE: &str = "value";
/// The key of the reason for which there is none.
const FAILED: &str = "failed";

/// Imports the results in that file.
pub(super) async fn import(
    hub: &ExperimentHub,
    experiment: &types::ExperimentDetail,
    file: &Path,
    out: &Out,
) -> CliResult {
    let shown = file.display();
    let text = input::read_text(file, &format!("{shown} cannot be read"))?;
    let categories: Vec<&str> = experiment
        .covars
        .iter()
        .filter(|(_, variable)| variable.vtype == "cat")
        .map(|(name, _)| name.as_str())
        .collect();
    let lines = file.extension().is_some_and(|ending| ending == "jsonl" || ending == "ndjson");
    let rows = if lines { objects(&text) } else { table(&text, &categories) };
    let variables: Vec<&str> = experiment.covars.keys().map(String::as_str).collect();
    let past = rows.and_then(|rows| rows.into_iter().map(|(line, row)| result(line, row, &variables)).collect());
    let past: Vec<ImportedTrial> =
        past.map_err(|message| CliError::usage(format!("{shown}, {message}"), "mlhub autotune import --help"))?;
    let taken = hub.client.import(experiment.id, past).await.map_err(|error| hub.error(&error))?;
    out.notice(&format!("{taken} results are now in {:?}", experiment.name));
    Ok(())
}

/// Rows with the lines on which they stand.
type Rows = Vec<(u64, Params)>;

/// One JSON object per line.
fn objects(text: &str) -> Result<Rows, String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let row = |(index, line): (usize, &str)| {
        let number = index as u64 + 1;
        let row = serde_json::from_str::<Params>(line).map_err(|error| format!("line {number}: {error}"))?;
        Ok((number, row))
    };
    lines.map(row).collect()
}

/// A table with a heading. Cells of categories are words, the others numbers where they look like some.
fn table(text: &str, categories: &[&str]) -> Result<Rows, String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heading = reader.headers().map_err(|error| error.to_string())?.clone();
    let row = |record: Result<csv::StringRecord, csv::Error>| {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells = heading.iter().zip(&record).filter(|(_, cell)| !cell.is_empty());
        let cell = |(name, cell): (&str, &str)| {
            let word = categories.contains(&name) || name == FAILED;
            let number = if word { None } else { serde_json::from_str(cell.trim()).ok().filter(Value::is_number) };
            (name.to_owned(), number.unwrap_or_else(|| cell.into()))
        };
        Ok((line, cells.map(cell).collect()))
    };
    reader.records().map(row).collect()
}

/// A row as a result.
fn result(line: u64, mut row: Params, variables: &[&str]) -> Result<ImportedTrial, String> {
    let (value, failed) = (row.remove(VALUE), row.remove(FAILED));
    // What a printed history has beside, unless a variable is called so.
    row.retain(|name, _| variables.contains(&name.as_str()) || !BESIDE.contains(&name.as_str()));
    match (value, failed) {
        (Some(value), None) => match value.as_f64() {
            Some(value) => Ok(ImportedTrial::told(row, value)),
            None => Err(format!("line {line}: the value {value} is no number; a trial without one has `failed`")),
        },
        (None, Some(Value::String(reason))) => Ok(ImportedTrial::failed(row, reason)),
        (None, Some(other)) => Err(format!("line {line}: `failed` is the reason in words, and not {other}")),
        (Some(_), Some(_)) => Err(format!("line {line}: it has both `value` and `failed`")),
        (None, None) => Err(format!("line {line}: it has neither `value` nor `failed`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(rows: Result<Rows, String>) -> Result<Vec<ImportedTrial>, String> {
        rows?.into_iter().map(|(line, row)| result(line, row, &["x", "kind"])).collect()
    }

    #[test]
    fn a_table_and_objects_say_the_same() {
        let point = |x: f64, kind: &str| json!({"x": x, "kind": kind}).as_object().unwrap().clone();
        let expected =
            vec![ImportedTrial::told(point(0.5, "1"), 2.0), ImportedTrial::failed(point(1.5, "a, b"), "no luck")];
        let csv = "trial_id,value,x,kind,failed,told_at\nt,2.0,0.5,1,,now\n,,1.5,\"a, b\",no luck,\n";
        assert_eq!(read(table(csv, &["kind"])), Ok(expected.clone()));
        let lines = "{\"x\": 0.5, \"kind\": \"1\", \"value\": 2.0}\n\n{\"x\": 1.5, \"kind\": \"a, b\", \"failed\": \"no luck\"}";
        assert_eq!(read(objects(lines)), Ok(expected));
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        for (text, words) in [
            ("x,value\n1,2\n1,nan\n", "line 3: the value \"nan\" is no number"),
            ("x\n1\n", "line 2: it has neither"),
            ("x,value,failed\n1,2,why\n", "line 2: it has both"),
            ("x,value\n1\n", "line: 2"),
        ] {
            let said = read(table(text, &[])).unwrap_err();
            assert!(said.contains(words), "{text:?}: {said}");
        }
        assert!(read(objects("{\"value\": 1}\n{x}")).unwrap_err().starts_with("line 2: "));
    }
}

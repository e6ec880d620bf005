//! Import of results from elsewhere: each row of a file as a trial that was told or failed.

use std::path::Path;

use mlhub::autotune::{ImportedTrial, Params, types};
use serde_json::Value;

use super::experiments::{BESIDE, ExperimentHub};
use super::past_results::{Cell, Row, rows};
use crate::error::{CliError, CliResult};
use crate::input;
use crate::output::Out;
use crate::variable_columns::variable_columns;

/// The key of a result.
const VALUE: &str = "value";
/// The key of the reason for which there is none.
const FAILED: &str = "failed";
/// How many results are sent at once: the hub takes no more, and takes them whole or not at all.
const AT_ONCE: usize = 100_000;

/// Imports the results in that file: all of them, or none if one of them cannot be meant.
pub(super) async fn import(
    hub: &ExperimentHub,
    experiment: &types::ExperimentDetail,
    file: &Path,
    out: &Out,
) -> CliResult {
    let shown = file.display();
    let text = input::read_text(file, &format!("{shown} cannot be read"))?;
    let variables = Variables::of(experiment);
    let read = rows(&text).and_then(|rows| rows.into_iter().map(|row| variables.result(row)).collect());
    let past: Vec<(usize, ImportedTrial)> =
        read.map_err(|message| CliError::usage(format!("{shown}, {message}"), "mlhub autotune import --help"))?;
    let mut taken = 0;
    for part in past.chunks(AT_ONCE) {
        let sent = hub.client.import(experiment.id, part.iter().map(|(_, trial)| trial.clone())).await;
        taken += sent.map_err(|error| match part.first().filter(|_| taken > 0) {
            // Sent again, they count once.
            Some((line, _)) => hub.error(&error).with_context(&format!("{shown}, from line {line} on")),
            None => hub.error(&error),
        })?;
    }
    let before = (past.len() as u64).saturating_sub(taken);
    let beside = if before > 0 { format!("; {before} were there before") } else { String::new() };
    out.notice(&format!("{taken} results are now in {:?}{beside}", experiment.name));
    Ok(())
}

/// Variables of an experiment, by their columns.
struct Variables<'a> {
    columns: Vec<(String, &'a str, &'a types::VariableDetail)>,
}

impl<'a> Variables<'a> {
    fn of(experiment: &'a types::ExperimentDetail) -> Variables<'a> {
        let columns = variable_columns(experiment.covars.keys().map(String::as_str)).into_iter();
        let variables =
            columns.zip(&experiment.covars).map(|(column, (name, variable))| (column, name.as_str(), variable));
        Variables { columns: variables.collect() }
    }

    /// A row as a result, with its line.
    fn result(&self, (line, mut row): Row) -> Result<(usize, ImportedTrial), String> {
        let at = |message: String| format!("line {line}: {message}");
        let filled = |cell: &Cell| !cell.text.is_empty();
        let (value, failed) = (row.remove(VALUE).filter(filled), row.remove(FAILED).filter(filled));
        let mut params = Params::new();
        for (column, name, variable) in &self.columns {
            let cell = row.remove(column).ok_or_else(|| at(format!("it has no {column:?}")))?;
            params.insert(
                (*name).to_owned(),
                read(&cell, variable).map_err(|words| at(format!("{column:?} is {words}")))?,
            );
        }
        // What a printed history has beside.
        row.retain(|name, cell| !BESIDE.contains(&name.as_str()) && filled(cell));
        if let Some(other) = row.keys().next() {
            let names: Vec<_> = self.columns.iter().map(|(column, ..)| column.as_str()).collect();
            return Err(at(format!("there is no variable {other:?}; there are {}", names.join(", "))));
        }
        let trial = match (value, failed) {
            (Some(value), None) => match number(&value.text) {
                Some(number) => ImportedTrial::told(params, number),
                None => {
                    let shown = shown(&value);
                    return Err(at(format!("the value {shown} is no number; a trial without one has `failed`")));
                }
            },
            (None, Some(reason)) if !reason.bare => ImportedTrial::failed(params, reason.text),
            (None, Some(other)) => return Err(at(format!("`failed` is the reason in words, and not {}", other.text))),
            (Some(_), Some(_)) => return Err(at("it has both `value` and `failed`".to_owned())),
            (None, None) => return Err(at("it has neither `value` nor `failed`".to_owned())),
        };
        Ok((line, trial))
    }
}

/// A cell as the value of a variable, or what it is instead.
fn read(cell: &Cell, variable: &types::VariableDetail) -> Result<Value, String> {
    if variable.vtype == "cat" {
        let options = variable.options.as_deref().unwrap_or_default();
        let text = &cell.text;
        // A spreadsheet writes the option `1` as `1.0`.
        let alike = |option: &&String| number(option).is_some_and(|known| number(text) == Some(known));
        let mut close = options.iter().filter(alike);
        let meant =
            options.iter().find(|option| *option == text).or_else(|| close.next().filter(|_| close.next().is_none()));
        return meant
            .cloned()
            .map(Value::from)
            .ok_or_else(|| format!("{}, and none of {}", shown(cell), options.join(", ")));
    }
    let bound =
        |bound: &Option<types::Scalar>| bound.as_ref().and_then(|bound| serde_json::to_value(bound).ok()?.as_f64());
    let whole = variable.vtype == "int";
    let kind = if whole { "whole number" } else { "number" };
    let value = number(&cell.text).filter(|value| !whole || value.fract() == 0.0);
    let value = value.ok_or_else(|| format!("{}, and no {kind}", shown(cell)))?;
    let (min, max) = (bound(&variable.min), bound(&variable.max));
    if min.is_some_and(|min| value < min) || max.is_some_and(|max| value > max) {
        let bounds = [min, max].map(|bound| bound.map(|bound| bound.to_string()).unwrap_or_default());
        return Err(format!("{}, and not between {} and {}", shown(cell), bounds[0], bounds[1]));
    }
    let exact = cell.text.trim().trim_start_matches('+').parse::<i64>().ok().filter(|_| whole);
    Ok(exact.map_or_else(|| if whole { (value as i64).into() } else { value.into() }, Value::from))
}

/// A number as people and programs write it: `.5`, `+1`, `1e3`.
fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|value: &f64| value.is_finite())
}

fn shown(cell: &Cell) -> String {
    if cell.bare { cell.text.clone() } else { format!("{:?}", cell.text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn experiment() -> types::ExperimentDetail {
        let covars = json!({
            "x": {"vtype": "cont", "guess": 0.5, "min": 0, "max": 2},
            "n": {"vtype": "int", "guess": 1, "min": -3, "max": 9},
            "kind": {"vtype": "cat", "guess": "1", "options": ["1", "a, b", "3.10", ""]},
            "value": {"vtype": "cont", "guess": 0, "min": 0, "max": 2},
        });
        serde_json::from_value(json!({
            "id": uuid::Uuid::nil(), "name": "e", "description": "", "direction": "maximize", "model_type": "gp",
            "acq_func": "ei", "seed": 0, "trial_lifetime": 60, "open_trials": 1, "told": 0, "failed": 0, "pending": 0,
            "expired": 0, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "covars": covars,
        }))
        .unwrap()
    }

    fn read_all(text: &str) -> Result<Vec<ImportedTrial>, String> {
        let experiment = experiment();
        let variables = Variables::of(&experiment);
        rows(text)?.into_iter().map(|row| Ok(variables.result(row)?.1)).collect()
    }

    #[test]
    fn a_table_and_objects_say_the_same() {
        let point = |x: f64, n: i64, kind: &str| {
            json!({"x": x, "n": n, "kind": kind, "value": 1.0}).as_object().unwrap().clone()
        };
        let expected = vec![
            ImportedTrial::told(point(0.5, 1, "1"), 2.0),
            ImportedTrial::failed(point(1.5, -3, "a, b"), "no luck"),
            ImportedTrial::told(point(2.0, 9, "3.10"), -0.25),
            ImportedTrial::told(point(0.0, 0, ""), 1000.0),
        ];
        let csv = "trial_id,value,x, n,kind,params.value,failed,told_at\nt,2.0,.5,+1,1.0,1,,now\n\
                   ,,1.5,-3.0,\"a, b\",1,no luck,\n,-.25,2,9,3.1,1,,\n,1e3,0,0,,1.0,,\n";
        assert_eq!(read_all(csv), Ok(expected.clone()));
        let lines = "{\"x\": 0.5, \"n\": 1, \"kind\": 1, \"params.value\": 1, \"value\": 2.0, \"failed\": null}\n\n\
                     {\"x\": 1.5, \"n\": \"-3\", \"kind\": \"a, b\", \"params.value\": 1, \"failed\": \"no luck\"}\n\
                     {\"x\": 2, \"n\": 9.0, \"kind\": 3.10, \"params.value\": 1, \"value\": -0.25}\n\
                     {\"x\": 0, \"n\": 0, \"kind\": \"\", \"params.value\": 1, \"value\": 1e3}";
        assert_eq!(read_all(lines), Ok(expected));
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        let heading = "x,n,kind,params.value,value,failed\n";
        for (row, words) in [
            ("1,1,1,1,nan,", "line 2: the value \"nan\" is no number"),
            ("1,1,1,1,,", "line 2: it has neither"),
            ("1,1,1,1,2,why", "line 2: it has both"),
            ("3,1,1,1,2,", "line 2: \"x\" is \"3\", and not between 0 and 2"),
            ("a,1,1,1,2,", "line 2: \"x\" is \"a\", and no number"),
            ("1,1.5,1,1,2,", "line 2: \"n\" is \"1.5\", and no whole number"),
            ("1,1,2,1,2,", "line 2: \"kind\" is \"2\", and none of 1, a, b, 3.10, "),
        ] {
            let said = read_all(&format!("{heading}{row}\n")).unwrap_err();
            assert!(said.contains(words), "{row:?}: {said}");
        }
        assert!(read_all("x,value\n1,2\n").unwrap_err().contains("line 2: it has no \"kind\""));
        let more = "x,n,kind,params.value,value,y\n1,1,1,1,1,7\n";
        assert!(
            read_all(more)
                .unwrap_err()
                .contains("line 2: there is no variable \"y\"; there are kind, n, params.value, x")
        );
        let odd = "{\"x\": 1, \"n\": 1, \"kind\": 1, \"params.value\": 1, \"failed\": true}";
        assert!(read_all(odd).unwrap_err().contains("`failed` is the reason in words, and not true"));
    }
}

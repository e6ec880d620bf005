//! Table: one row of values, in any of the three forms in which the original reads one.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use super::{Scalar, Variable};

/// The column in which a response stands.
const RESPONSE: &str = "Response";

#[derive(Deserialize)]
#[serde(untagged)]
enum Table {
    /// `[{"v1": 2, ..}]`
    Records(Vec<IndexMap<String, Value>>),
    /// `{"v1": {"0": 2}, ..}` or `{"v1": [2], ..}`
    Columns(IndexMap<String, Column>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Column {
    Keyed(IndexMap<String, Value>),
    ListPage(Vec<Value>),
}

/// The one row of the table in `text`, or what is wrong with it.
fn row(text: &str) -> Result<IndexMap<String, Value>, String> {
    serde_json::from_str::<Value>(text).map_err(|error| {
        let hint = if text.contains("NaN") || text.contains("Infinity") {
            "; NaN and Infinity are not numbers in JSON"
        } else {
            ""
        };
        format!("it is not JSON ({error}){hint}")
    })?;
    let table: Table = serde_json::from_str(text).map_err(|_| format!("input json {text}"))?;
    let rows = |rows: usize| format!("one row is told at a time, not {rows}");
    match table {
        Table::Records(mut records) => match records.pop() {
            Some(record) if records.is_empty() => Ok(record),
            last => Err(rows(records.len() + usize::from(last.is_some()))),
        },
        Table::Columns(columns) => columns
            .into_iter()
            .map(|(name, column)| {
                let mut values: Vec<Value> = match column {
                    Column::Keyed(values) => values.into_values().collect(),
                    Column::ListPage(values) => values,
                };
                match values.pop() {
                    Some(value) if values.is_empty() => Ok((name, value)),
                    last => Err(rows(values.len() + usize::from(last.is_some()))),
                }
            })
            .collect(),
    }
}

/// The point told in `text`, in the order of `space`. Columns that are no variable are passed over, as in the original.
pub(crate) fn point(space: &[Variable], text: &str) -> Result<Vec<Scalar>, String> {
    let mut row = row(text).map_err(|why| refusal("covariates", why))?;
    let value = |variable: &Variable| {
        let value = row.swap_remove(&variable.name).ok_or_else(|| format!("`{}` is missing", variable.name))?;
        let scalar = serde_json::from_value(value.clone())
            .map_err(|_| format!("`{}` is {value}, not a number or a text", variable.name))?;
        variable.admit(&scalar)
    };
    space.iter().map(value).collect::<Result<_, _>>().map_err(|why| refusal("covariates", why))
}

/// The response told in `text`: a finite number.
pub(crate) fn response(text: &str) -> Result<f64, String> {
    let row = row(text).map_err(|why| refusal("response", why))?;
    let value = row.get(RESPONSE).ok_or_else(|| refusal("response", format!("there is no column `{RESPONSE}`")))?;
    value
        .as_f64()
        .filter(|value| value.is_finite())
        .ok_or_else(|| refusal("response", format!("`{RESPONSE}` is {value}, not a finite number")))
}

/// The words of the original, and after them the reason that it does not give.
fn refusal(what: &str, why: String) -> String {
    if why.starts_with("input json") {
        format!("Unprocessable entity: {why}")
    } else {
        format!("Unprocessable entity: {what}: {why}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Kind;

    fn space() -> Vec<Variable> {
        vec![
            Variable {
                name: "v1".into(),
                kind: Kind::Int { min: 0, max: 5, log: false, step: None },
                guess: Scalar::Int(2),
            },
            Variable {
                name: "w".into(),
                kind: Kind::Cont { min: -3.0, max: 200.0, log: false, step: None },
                guess: Scalar::Real(6.6),
            },
        ]
    }

    #[test]
    fn the_three_forms_say_the_same() {
        let expected = Ok(vec![Scalar::Int(3), Scalar::Real(10.5)]);
        assert_eq!(point(&space(), r#"[{"v1": 3, "w": 10.5}]"#), expected);
        assert_eq!(point(&space(), r#"{"v1": {"0": 3}, "w": {"0": 10.5}}"#), expected);
        assert_eq!(point(&space(), r#"{"w": [10.5], "v1": [3], "z": ["extra"]}"#), expected);
    }

    #[test]
    fn a_whole_number_does_for_a_cont_and_a_whole_float_for_an_int() {
        assert_eq!(point(&space(), r#"[{"v1": 3.0, "w": 10}]"#), Ok(vec![Scalar::Int(3), Scalar::Real(10.0)]));
    }

    #[test]
    fn every_refusal_says_why() {
        let refused = |text: &str| point(&space(), text).unwrap_err();
        assert_eq!(refused("2.0"), "Unprocessable entity: input json 2.0");
        assert_eq!(refused("[{\"v1\": 3}]"), "Unprocessable entity: covariates: `w` is missing");
        assert!(refused("[]").ends_with("one row is told at a time, not 0"));
        assert!(refused(r#"[{"v1": 3, "w": 1.0}, {"v1": 3, "w": 2.0}]"#).ends_with("not 2"));
        assert!(refused(r#"{"v1": [3, 4], "w": [1.0, 2.0]}"#).ends_with("not 2"));
        assert!(
            refused(r#"[{"v1": 6, "w": 1.0}]"#)
                .ends_with("variable \"v1\": 6 is not allowed; give a whole number from 0 to 5")
        );
        assert!(refused(r#"[{"v1": 1e300, "w": 1.0}]"#).ends_with("give a whole number from 0 to 5"));
        assert!(refused(r#"[{"v1": 3, "w": null}]"#).ends_with("`w` is null, not a number or a text"));
        assert!(response(r#"[{"Response": NaN}]"#).unwrap_err().ends_with("NaN and Infinity are not numbers in JSON"));
        assert!(response(r#"[{"Response": "a"}]"#).unwrap_err().ends_with("`Response` is \"a\", not a finite number"));
        assert!(response(r#"[{"y": 1.0}]"#).unwrap_err().ends_with("there is no column `Response`"));
    }
}

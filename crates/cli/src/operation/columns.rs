//! Columns of a reply: which fields of a row are shown, and what they hold.

use mlhub::Op;
use serde_json::{Map, Value};

use crate::output::Table;
use crate::platform::Platform;

/// Fields that people look for first, where the document names none.
const USUAL: &[&str] =
    &["id", "name", "title", "username", "email", "status", "state", "type", "created_at", "updated_at", "description"];
/// So many columns where even those are not there.
const MOST: usize = 6;
/// The column of rows that have no fields.
const VALUE: &str = "value";

/// Columns of a table.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    paths: Vec<String>,
    /// Somebody asked for these fields and no others.
    asked: bool,
}

impl Columns {
    /// Those that were asked for, else those of the document, else what the first row suggests.
    pub(super) fn of(platform: &Platform, op: &Op, asked: &[String], first: &Value) -> Columns {
        if !asked.is_empty() {
            return Columns { paths: asked.to_vec(), asked: true };
        }
        let told = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
        if !op.columns.is_empty() {
            return Columns { paths: told(op.columns), asked: false };
        }
        // Another operation of the group may answer with the same objects, or with others.
        let listed = platform.listing(op.group).map(|list| list.columns).unwrap_or_default();
        let has = |path: &&str| at(first, path).is_some();
        let fit = first.is_null() || listed.iter().all(has);
        let paths = if !listed.is_empty() && fit { told(listed) } else { guess(first) };
        Columns { paths, asked: false }
    }

    /// The row in a table of its own.
    pub(super) fn table<'a>(&self, rows: impl IntoIterator<Item = &'a Value>) -> Table {
        let mut table = Table::with_columns(self.headings());
        for row in rows {
            table.push(self.paths.iter().map(|path| at(row, path).cloned().unwrap_or_default()).collect());
        }
        table
    }

    /// The last word of each path, unless two would be called the same.
    fn headings(&self) -> Vec<String> {
        let last = |path: &String| path.rsplit('.').next().unwrap_or(path).to_owned();
        let short: Vec<String> = self.paths.iter().map(last).collect();
        let alone = |name: &String| short.iter().filter(|other| *other == name).count() == 1;
        self.paths.iter().zip(&short).map(|(path, name)| if alone(name) { name } else { path }.clone()).collect()
    }

    /// The row as JSON: whole, unless fields were asked for.
    pub(super) fn object(&self, row: &Value) -> Value {
        if !self.asked {
            return row.clone();
        }
        let field = |path: &String| (path.clone(), at(row, path).cloned().unwrap_or_default());
        Value::Object(self.paths.iter().map(field).collect())
    }

    /// All fields of one row, below each other: what people look at first, then the others.
    pub(super) fn record(&self, row: &Value) -> Table {
        let Value::Object(mut fields) = self.object(row) else {
            return Table::upright([(VALUE.to_owned(), row.clone())]);
        };
        let first =
            |path: &String| if self.asked { path.clone() } else { path.split('.').next().unwrap_or(path).to_owned() };
        let names: Vec<String> = self.paths.iter().map(first).collect();
        let ahead: Vec<_> = names.into_iter().filter_map(|name| fields.remove_entry(&name)).collect();
        Table::upright(ahead.into_iter().chain(fields))
    }
}

/// Value at a dotted path; a number steps into a list, and a row without fields is its own value.
pub(super) fn at<'a>(row: &'a Value, path: &str) -> Option<&'a Value> {
    if !row.is_object() && !row.is_array() {
        return (path == VALUE).then_some(row);
    }
    path.split('.').try_fold(row, |here, step| match here {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        other => other.get(step),
    })
}

/// Rows or object in a reply.
pub(super) fn content(op: &Op, reply: Value) -> Value {
    match op.row {
        "" => reply,
        path => at(&reply, path).cloned().unwrap_or(reply),
    }
}

/// Id of a row: as the document says of the group's list, else by the usual words.
pub(super) fn id(platform: &Platform, op: &Op, row: &Value) -> Option<String> {
    let told = op.list.or_else(|| platform.listing(op.group)?.list).and_then(|list| list.id);
    let usual = ["id", "uuid", "name", VALUE];
    let found = told.into_iter().chain(usual).find_map(|path| at(row, path).filter(|value| !value.is_null()))?;
    match found {
        Value::String(text) => Some(text.clone()),
        Value::Object(_) | Value::Array(_) => None,
        other => Some(other.to_string()),
    }
}

fn guess(first: &Value) -> Vec<String> {
    let Value::Object(fields) = first else { return vec![VALUE.to_owned()] };
    let plain = |value: &Value| !value.is_object() && !value.is_array();
    let usual = USUAL.iter().filter(|name| fields.get(**name).is_some_and(plain)).map(|name| (*name).to_owned());
    let mut columns: Vec<String> = usual.collect();
    if columns.len() < 2 {
        columns.extend(rest(fields, &columns, plain));
    }
    if columns.is_empty() { fields.keys().cloned().collect() } else { columns }
}

fn rest(fields: &Map<String, Value>, known: &[String], plain: impl Fn(&Value) -> bool) -> Vec<String> {
    let rest = fields.iter().filter(|(name, value)| plain(value) && !known.contains(name));
    rest.map(|(name, _)| name.clone()).take(MOST - known.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_are_guessed_where_the_document_names_none() {
        assert_eq!(guess(&json!({"z": 1, "id": 2, "status": "ok", "deep": {"name": 1}})), ["id", "status"]);
        assert_eq!(guess(&json!({"b": 1, "a": {"x": 1}})), ["b"]);
        assert_eq!(guess(&json!("text")), ["value"]);
        assert_eq!(guess(&json!({"a": {"x": 1}})), ["a"]);
    }

    #[test]
    fn headings_are_short_unless_they_would_be_the_same() {
        let columns = Columns { paths: ["a.name", "b.name", "c.state"].map(str::to_owned).to_vec(), asked: true };
        assert_eq!(columns.headings(), ["a.name", "b.name", "state"]);
        let row = json!({"a": {"name": 1}, "c": {"state": "s"}, "more": true});
        assert_eq!(columns.object(&row), json!({"a.name": 1, "b.name": null, "c.state": "s"}));
        assert_eq!(columns.table([&row]).tsv(), "1\t\ts\n");
    }
}

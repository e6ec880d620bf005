//! Table column rules: columns that the rows have, and the place of the row in the reply.

use super::rule::{Report, Rule, RuleGroup};
use crate::extension::EXTENSION;
use crate::spec::field_path::{self, FieldLookup};
use crate::spec::{Located, Operation, Spec};

const COLUMNS: Rule = Rule { name: "columns", why: "a column that no row has stays empty" };
const ROW: Rule = Rule { name: "row", why: "what is shown is looked for there" };

pub(super) const GROUP: RuleGroup = RuleGroup { rules: &[COLUMNS, ROW], check };

/// What a table shows of a reply.
pub(crate) struct Table<'a> {
    /// Fields of the row, as dotted paths.
    pub(crate) columns: Vec<&'a str>,
    /// Where the row stands in the reply.
    pub(crate) row: &'a str,
}

fn check(spec: &Spec<'_>, report: &mut Report) {
    for operation in &spec.operations {
        // Those among the defaults are for whoever has them.
        let Some(own) = operation.at.get(EXTENSION) else { continue };
        for column in own.items_of("columns") {
            let path = column.value.as_str().unwrap_or_default();
            if path.is_empty() || !has(operation, path) {
                report.add(
                    &column,
                    COLUMNS,
                    format!("the column {path:?} is no field of an item of the list or of the reply; describe it there or correct the path"),
                );
            }
        }
        if let (Some(at), Some(path)) = (own.get("row"), own.text("row"))
            && found(operation, path).is_none()
        {
            report.add(&at, ROW, format!("{path:?} is not in the reply; describe it there or correct the path"));
        }
    }
}

/// What tables show of an operation's reply.
pub(crate) fn table<'a>(operation: &'a Operation<'_>) -> Table<'a> {
    let columns = operation.extension.columns.iter().flatten().map(String::as_str);
    let row = operation.extension.row.as_deref().filter(|path| found(operation, path).is_some());
    Table { columns: columns.filter(|path| has(operation, path)).collect(), row: row.unwrap_or_default() }
}

fn has(operation: &Operation<'_>, path: &str) -> bool {
    row(operation).is_some_and(|row| !field_path::is_missing(&row, path))
}

/// What becomes a row: an item of the list, else what stands where the reply keeps its object, else the reply.
fn row<'a>(operation: &Operation<'a>) -> Option<Located<'a>> {
    let items = operation.extension.paging.as_ref().map(|paging| paging.items.as_str());
    let place = items.or(operation.extension.row.as_deref()).unwrap_or_default();
    let place = found(operation, place).or_else(|| found(operation, ""))?;
    match place.text("type") {
        Some("array") => place.get("items"),
        _ => Some(place),
    }
}

fn found<'a>(operation: &Operation<'a>, path: &str) -> Option<Located<'a>> {
    match field_path::lookup(&operation.reply_schema()?, path) {
        FieldLookup::Found(at) => Some(at),
        FieldLookup::FreeForm | FieldLookup::Missing => None,
    }
}

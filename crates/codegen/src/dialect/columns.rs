//! Rules for what tables show: columns that the rows have, and the place of the row in the reply.

use std::collections::BTreeMap;

use super::Family;
use super::at::At;
use super::place::Place;
use super::view::{Operation, View};
use super::violation::{Report, Rule};
use crate::meta::EXTENSION;

const COLUMNS: Rule = Rule { name: "columns", why: "a column that no row has stays empty" };
const ROW: Rule = Rule { name: "row", why: "what is shown is looked for there" };

pub(super) const FAMILY: Family = Family { rules: &[COLUMNS, ROW], check };

/// What tables show of a reply.
#[derive(Default)]
pub(crate) struct Shown {
    /// Fields of the row, as dotted paths.
    pub(crate) columns: Vec<String>,
    /// Where the row stands in the reply.
    pub(crate) row: String,
}

fn check(view: &View<'_>, report: &mut Report) {
    for operation in &view.operations {
        // Those among the defaults are for whoever has them.
        let Some(own) = operation.at.get(EXTENSION) else { continue };
        for column in own.items_of("columns") {
            let path = column.value.as_str().unwrap_or_default();
            if path.is_empty() || !has(view, operation, path) {
                report.add(
                    &column,
                    COLUMNS,
                    format!("the column {path:?} is no field of an item of the list or of the reply; describe it there or correct the path"),
                );
            }
        }
        if let (Some(at), Some(path)) = (own.get("row"), own.text("row"))
            && found(view, operation, path).is_none()
        {
            report.add(&at, ROW, format!("{path:?} is not in the reply; describe it there or correct the path"));
        }
    }
}

/// What is shown of each operation's reply.
pub(super) fn of_each(view: &View<'_>) -> BTreeMap<String, Shown> {
    let shown = |operation: &Operation<'_>| {
        let columns = operation.meaning.columns.iter().flatten();
        let columns = columns.filter(|path| has(view, operation, path)).cloned().collect();
        let row = operation.meaning.row.as_deref().filter(|path| found(view, operation, path).is_some());
        Shown { columns, row: row.unwrap_or_default().to_owned() }
    };
    view.operations.iter().map(|operation| (operation.id.to_owned(), shown(operation))).collect()
}

fn has(view: &View<'_>, operation: &Operation<'_>, path: &str) -> bool {
    row(view, operation).is_some_and(|row| !matches!(view.place(&row, path), Place::Missing))
}

/// What becomes a row: an item of the list, else what stands where the reply keeps its object, else the reply.
fn row<'a>(view: &View<'a>, operation: &Operation<'a>) -> Option<At<'a>> {
    let items = operation.meaning.paging.as_ref().map(|paging| paging.items.as_str());
    let place = items.or(operation.meaning.row.as_deref()).unwrap_or_default();
    let place = found(view, operation, place).or_else(|| found(view, operation, ""))?;
    match place.text("type") {
        Some("array") => place.get("items"),
        _ => Some(place),
    }
}

fn found<'a>(view: &View<'a>, operation: &Operation<'a>, path: &str) -> Option<At<'a>> {
    match view.place(&operation.reply_schema()?, path) {
        Place::Found(at) => Some(at),
        Place::Open | Place::Missing => None,
    }
}

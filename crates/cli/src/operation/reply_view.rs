//! View of a reply: lists and objects on stdout, in the output format that was asked for.

use futures::TryStreamExt as _;
use mlhub::{Items, Op, RawItem};
use serde_json::Value;

use super::columns::{self, Columns};
use super::context::PlatformContext;
use super::whole_list::warn_of_gaps;
use crate::error::{CliError, CliResult};
use crate::exit::Exit;
use crate::global::Format;

/// Rows of a table that is printed at once; a longer list is several.
const BLOCK: usize = 1000;

/// View of an operation's reply.
pub(crate) struct ReplyView<'a> {
    pub(crate) context: &'a PlatformContext<'a>,
    pub(crate) op: &'static Op,
    /// The fields that were asked for.
    pub(crate) fields: Vec<String>,
}

impl ReplyView<'_> {
    fn columns(&self, first: &Value) -> Columns {
        Columns::of(self.context.platform, self.op, &self.fields, first)
    }

    fn id(&self, row: &Value) -> Option<String> {
        columns::id(self.context.platform, self.op, row)
    }

    /// A list: row by row as it arrives. One that has more than `most` rows ends with an error.
    pub(crate) async fn list(
        &self,
        mut items: Items<RawItem>,
        most: usize,
        to_error: impl Fn(&mlhub::Error) -> CliError,
    ) -> CliResult {
        let out = self.context.out;
        let mut block = Vec::new();
        let mut columns = None;
        let mut count = 0;
        while let Some(item) = items.try_next().await.map_err(|error| to_error(&error))? {
            if count == most {
                let (name, group, verb) = (self.op.platform, self.op.group, self.op.verb);
                let message = format!("the list does not end: {most} rows were read; --limit reads any number");
                return Err(CliError::new(Exit::Other, message, format!("mlhub {name} {group} {verb} --limit {most}")));
            }
            count += 1;
            if !out.quiet() && out.format() == Format::Table {
                // A table is as wide as its rows, so it needs to know some of them.
                block.push(item.value);
                if block.len() == BLOCK {
                    self.all(&std::mem::take(&mut block))?;
                }
                continue;
            }
            let first = columns.is_none();
            let columns = columns.get_or_insert_with(|| self.columns(&item.value));
            self.one(columns, &item, first)?;
        }
        warn_of_gaps(&items);
        match out.format() {
            _ if count == 0 => self.all(&[]),
            Format::Table if !out.quiet() && block.is_empty() => Ok(()),
            Format::Table if !out.quiet() => self.all(&block),
            Format::Json if !out.quiet() => out.text("\n]\n"),
            _ => Ok(()),
        }
    }

    fn one(&self, columns: &Columns, item: &RawItem, first: bool) -> CliResult {
        let out = self.context.out;
        if out.quiet() {
            let id = item.id.clone().or_else(|| self.id(&item.value)).unwrap_or_default();
            return out.text(&format!("{id}\n"));
        }
        match out.format() {
            Format::Jsonl => out.text(&format!("{}\n", columns.object(&item.value))),
            Format::Json => out.text(&element(&columns.object(&item.value), first)),
            // A list of one after the other is a list.
            Format::Yaml => out.value(&Value::Array(vec![columns.object(&item.value)])),
            Format::Csv => {
                let csv = columns.table([&item.value]).csv();
                let body = csv.split_once('\n').map_or("", |(_, body)| body);
                out.text(if first { &csv } else { body })
            }
            _ => out.text(&columns.table([&item.value]).tsv()),
        }
    }

    fn all(&self, rows: &[Value]) -> CliResult {
        let out = self.context.out;
        let columns = self.columns(rows.first().unwrap_or(&Value::Null));
        if out.quiet() {
            let ids = rows.iter().map(|row| self.id(row).unwrap_or_default() + "\n");
            return out.text(&ids.collect::<String>());
        }
        match out.format() {
            Format::Json | Format::Yaml => out.value(&rows.iter().map(|row| columns.object(row)).collect()),
            Format::Jsonl => {
                let lines = rows.iter().map(|row| format!("{}\n", columns.object(row)));
                out.text(&lines.collect::<String>())
            }
            Format::Table if rows.is_empty() => {
                out.notice("nothing there");
                Ok(())
            }
            Format::Csv | Format::Table | Format::Tsv => out.rows(&columns.table(rows)),
        }
    }

    /// What an operation answered with: an object, a list, a word or nothing.
    pub(crate) fn reply(&self, reply: Value) -> CliResult {
        let out = self.context.out;
        let row = columns::content(self.op, reply);
        match &row {
            Value::Null => {
                out.notice("done");
                Ok(())
            }
            Value::String(text) if text.is_empty() => {
                out.notice("done");
                Ok(())
            }
            Value::Array(rows) => self.all(rows),
            _ if out.quiet() => out.text(&format!("{}\n", self.id(&row).unwrap_or_default())),
            Value::Object(_) => self.object(&row),
            word => match out.format() {
                Format::Json | Format::Jsonl | Format::Yaml => out.value(word),
                _ => self.all(std::slice::from_ref(word)),
            },
        }
    }

    /// What a wait gave: the document has said which part of the reply that is.
    pub(crate) fn waited(&self, value: Value) -> CliResult {
        match &value {
            Value::Object(_) if !self.context.out.quiet() => self.object(&value),
            _ => self.reply(value),
        }
    }

    fn object(&self, row: &Value) -> CliResult {
        let out = self.context.out;
        let columns = self.columns(row);
        match out.format() {
            Format::Json | Format::Yaml => out.value(&columns.object(row)),
            Format::Table => out.rows(&columns.record(row)),
            _ => self.all(std::slice::from_ref(row)),
        }
    }
}

/// Element of a JSON list as it stands in an indented document, after what has to be before it.
fn element(value: &Value, first: bool) -> String {
    let before = if first { "[\n  " } else { ",\n  " };
    format!("{before}{}", format!("{value:#}").replace('\n', "\n  "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_list_that_is_printed_as_it_comes_is_the_document() {
        let rows = [json!({"a": {"b": [1, 2], "c": "x\ny"}}), json!({}), json!("text")];
        let mut text: String = rows.iter().enumerate().map(|(at, row)| element(row, at == 0)).collect();
        text += "\n]";
        assert_eq!(text, format!("{:#}", json!(rows)));
    }
}

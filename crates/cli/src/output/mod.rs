//! Output: data on stdout, in the format that was asked for, and notices about it on stderr.

mod document;
mod table;

use std::io::{IsTerminal as _, Write as _};
use std::sync::Mutex;

use serde_json::Value;

pub(crate) use table::Table;

use crate::error::CliResult;
use crate::escape::{TerminalEscape, for_terminal};
use crate::global::{Format, Global};
use crate::terminal;

/// Output of a command.
#[derive(Debug)]
pub(crate) struct Out {
    format: Option<Format>,
    quiet: bool,
    terminal: bool,
    /// What a terminal has not been shown yet.
    escape: Mutex<TerminalEscape>,
}

impl Out {
    /// As the command line and stdout say.
    pub(crate) fn new(global: &Global) -> Out {
        Out {
            format: global.output,
            quiet: global.quiet,
            terminal: std::io::stdout().is_terminal(),
            escape: Mutex::default(),
        }
    }

    /// The form that was asked for, if any was.
    pub(crate) fn asked(&self) -> Option<Format> {
        self.format
    }

    /// The form of rows.
    pub(crate) fn format(&self) -> Format {
        self.format.unwrap_or(if self.terminal { Format::Table } else { Format::Tsv })
    }

    /// Whether only ids are wanted.
    pub(crate) fn quiet(&self) -> bool {
        self.quiet
    }

    /// Whether people look at stdout.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Says something about the data, on stderr.
    pub(crate) fn notice(&self, text: &str) {
        if !self.quiet {
            terminal::write_stderr(&format!("{text}\n"));
        }
    }

    /// Prints a table: its ids, if only those are wanted.
    pub(crate) fn table(&self, table: &Table) -> CliResult {
        if self.quiet { self.text(&table.ids()) } else { self.rows(table) }
    }

    /// Prints a table whose rows have no ids.
    pub(crate) fn rows(&self, table: &Table) -> CliResult {
        match self.format() {
            Format::Json => self.text(&document::json(&table.value())),
            Format::Yaml => self.text(&document::yaml(&table.value())?),
            Format::Jsonl => self.text(&table.jsonl()),
            Format::Csv => self.text(&table.csv()),
            Format::Tsv => self.text(&table.tsv()),
            Format::Table => {
                let width = if self.terminal { terminal::width() } else { usize::MAX };
                let (text, cut) = table.aligned(width);
                self.text(&text)?;
                if cut {
                    self.notice("cut to fit; -o tsv shows all");
                }
                Ok(())
            }
        }
    }

    /// Prints a table of one row; where the form has objects, as one of them, and upright for people.
    pub(crate) fn record(&self, table: &Table) -> CliResult {
        let value = table.value();
        match (self.format(), value.get(0)) {
            (Format::Json | Format::Yaml, Some(only)) => self.value(only),
            (Format::Table, Some(_)) if !self.quiet => self.rows(&table.first()),
            _ => self.table(table),
        }
    }

    /// Prints any JSON value: its rows, where the form is one of rows.
    pub(crate) fn value(&self, value: &Value) -> CliResult {
        match self.format {
            _ if self.quiet => self.text(&Table::of(value).ids()),
            None | Some(Format::Json) => self.text(&document::json(value)),
            Some(Format::Yaml) => self.text(&document::yaml(value)?),
            Some(_) => self.table(&Table::of(value)),
        }
    }

    /// Prints text, as it is; on a terminal, without what it would obey.
    pub(crate) fn text(&self, text: &str) -> CliResult {
        if self.terminal { write(for_terminal(text).as_bytes()) } else { write(text.as_bytes()) }
    }

    /// Prints bytes, as they are, at once; on a terminal, as text that it does not obey.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> CliResult {
        match self.escape.lock() {
            Ok(mut escape) if self.terminal => write(escape.push(bytes).as_bytes()),
            _ => write(bytes),
        }
    }
}

impl Drop for Out {
    fn drop(&mut self) {
        let rest = self.escape.get_mut().map(TerminalEscape::finish).unwrap_or_default();
        if !rest.is_empty() {
            // A terminal that has gone shows no half of a letter.
            let _ = write(rest.as_bytes());
        }
    }
}

fn write(bytes: &[u8]) -> CliResult {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(bytes)?;
    Ok(stdout.flush()?)
}

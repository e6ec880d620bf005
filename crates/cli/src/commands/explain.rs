//! `explain`: error codes, what leads to each, and what to do about it.

use clap::Args;
use mlhub::ErrorKind;

use crate::command::{Command, CommandContext};
use crate::error::{CliError, CliResult};
use crate::exit::Exit;
use crate::output::Table;

/// Say what leads to an error, and what to do about it
#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// Code of the error, such as MLH-AUTH; all of them are listed without one
    code: Option<String>,
}

impl Command for Explain {
    const NAME: &str = "explain";

    async fn exec(self, context: &CommandContext<'_>) -> CliResult {
        let out = context.out;
        let Some(code) = &self.code else {
            return out.table(&table(ErrorKind::all()));
        };
        let Some(kind) = ErrorKind::from_code(code) else {
            return Err(CliError::usage(format!("there is no error code {code:?}"), "mlhub explain"));
        };
        if out.asked().is_some() || out.quiet() {
            return out.record(&table(std::iter::once(kind)));
        }
        let about = kind.explain();
        let exit = Exit::from(kind).code();
        out.text(&format!("{}\n\nCause: {}\nCure: {}\nExit code: {exit}\n", kind.code(), about.cause, about.remedy))
    }
}

fn table(kinds: impl Iterator<Item = ErrorKind>) -> Table {
    let mut table = Table::new(["code", "exit", "cause", "cure"]);
    for kind in kinds {
        let about = kind.explain();
        table.row([kind.code().into(), Exit::from(kind).code().into(), about.cause.into(), about.remedy.into()]);
    }
    table
}

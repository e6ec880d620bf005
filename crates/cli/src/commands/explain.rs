//! `explain`: what leads to an error, and what to do about it.

use mlhub::ErrorKind;

use crate::args::Explain;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::{Out, Table};

/// Explains a code, or lists them.
pub(crate) fn explain(options: &Explain, out: &Out) -> Result<(), Fault> {
    let Some(code) = &options.code else {
        return out.table(&table(ErrorKind::all()));
    };
    let Some(kind) = ErrorKind::from_code(code) else {
        return Err(Fault::usage(format!("there is no error code {code:?}"), "mlhub explain"));
    };
    if out.asked().is_some() || out.quiet() {
        return out.record(&table(std::iter::once(kind)));
    }
    let about = kind.explain();
    let exit = Exit::from(kind).code();
    out.text(&format!("{}\n\nCause: {}\nCure: {}\nExit code: {exit}\n", kind.code(), about.cause, about.remedy))
}

fn table(kinds: impl Iterator<Item = ErrorKind>) -> Table {
    let mut table = Table::new(["code", "exit", "cause", "cure"]);
    for kind in kinds {
        let about = kind.explain();
        table.row([kind.code().into(), Exit::from(kind).code().into(), about.cause.into(), about.remedy.into()]);
    }
    table
}

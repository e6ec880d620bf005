//! `completions` and `man`: what the command tree says of itself.

use clap::CommandFactory as _;

use crate::args::{Cli, Completions, Man};
use crate::fault::Fault;
use crate::output::Out;

/// Prints a completion script.
pub(crate) fn completions(options: &Completions, out: &Out) -> Result<(), Fault> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Cli::command(), "mlhub", &mut script);
    out.bytes(&script)
}

/// Prints a manual page.
pub(crate) fn man(options: &Man, out: &Out) -> Result<(), Fault> {
    let mut tree = Cli::command();
    // Fills in the full name of each command.
    tree.build();
    let command = match &options.command {
        None => tree,
        Some(name) => tree
            .find_subcommand(name)
            .cloned()
            .ok_or_else(|| Fault::usage(format!("there is no command {name:?}"), "mlhub --help"))?,
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    out.bytes(&page)
}

//! `man`: manual page of a command.

use clap::Args;

use crate::command::{Command, CommandContext};
use crate::error::{CliError, CliResult};

/// Print the manual page of a command
#[derive(Args, Debug)]
pub(crate) struct Man {
    /// Which command; the program itself otherwise
    command: Option<String>,
}

impl Command for Man {
    const NAME: &str = "man";

    async fn exec(self, context: &CommandContext<'_>) -> CliResult {
        let mut tree = (context.program)();
        // Fills in the full name of each command.
        tree.build();
        let command = match &self.command {
            None => tree,
            Some(name) => tree
                .find_subcommand(name)
                .cloned()
                .ok_or_else(|| CliError::usage(format!("there is no command {name:?}"), "mlhub --help"))?,
        };
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        context.out.bytes(&page)
    }
}

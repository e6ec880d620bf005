//! `completions`: completion script for a shell.

use clap::Args;

use crate::command::{Command, CommandContext};
use crate::error::CliResult;

/// Print a completion script for a shell
#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// Which shell
    shell: clap_complete::Shell,
}

impl Command for Completions {
    const NAME: &str = "completions";

    async fn exec(self, context: &CommandContext<'_>) -> CliResult {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut (context.program)(), "mlhub", &mut script);
        context.out.bytes(&script)
    }
}

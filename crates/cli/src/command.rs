//! Command of the program: its arguments and its execution, side by side in one file below `commands`.

use std::future::ready;
use std::sync::{Mutex, PoisonError};

use clap::ArgMatches;
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;

use crate::error::{CliError, CliResult};
use crate::global::Global;
use crate::output::Out;

/// Command with arguments that clap derives; the doc comment of the type is its help text.
pub(crate) trait Command: clap::Args {
    /// Name on the command line.
    const NAME: &'static str;
    /// Whether it handles Ctrl-C itself. Any other command ends with it.
    const HANDLES_CTRL_C: bool = false;
    /// Log level where `RUST_LOG` is not set.
    const LOG_LEVEL: &'static str = "warn";

    /// Execution.
    fn exec(self, context: &CommandContext<'_>) -> impl Future<Output = CliResult>;
}

/// Execution of a parsed command: its name, its arguments, and what it works with.
type Exec = for<'a> fn(&'a str, &'a ArgMatches, &'a CommandContext<'a>) -> LocalBoxFuture<'a, CliResult>;

/// Entry in the list of commands.
pub(crate) struct CommandEntry {
    /// Adds what it is to the command tree.
    pub(crate) augment: fn(clap::Command) -> clap::Command,
    /// Whether it has the command of that name.
    pub(crate) has: fn(&str) -> bool,
    pub(crate) exec: Exec,
    pub(crate) handles_ctrl_c: bool,
    pub(crate) log_level: &'static str,
}

impl CommandEntry {
    /// Entry of one command.
    pub(crate) const fn of<C: Command + 'static>() -> CommandEntry {
        CommandEntry {
            augment: |program| program.subcommand(C::augment_args(clap::Command::new(C::NAME))),
            has: |name| name == C::NAME,
            exec: |_, matches, context| match C::from_arg_matches(matches) {
                Ok(command) => command.exec(context).boxed_local(),
                Err(error) => ready(Err(CliError::usage(error.to_string(), "mlhub --help"))).boxed_local(),
            },
            handles_ctrl_c: C::HANDLES_CTRL_C,
            log_level: C::LOG_LEVEL,
        }
    }
}

/// Context of a command.
#[derive(Clone, Copy)]
pub(crate) struct CommandContext<'a> {
    pub(crate) global: &'a Global,
    pub(crate) out: &'a Out,
    pub(crate) detach: &'a DetachHint,
    /// The whole command tree, for commands about it.
    pub(crate) program: fn() -> clap::Command,
}

/// Detach hint: how a wait that Ctrl-C leaves is resumed.
#[derive(Debug, Default)]
pub(crate) struct DetachHint(Mutex<Option<String>>);

impl DetachHint {
    /// From now on that command resumes what Ctrl-C leaves.
    pub(crate) fn set(&self, command: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(command);
    }

    /// The error of a command that Ctrl-C ends.
    pub(crate) fn interrupted(&self) -> CliError {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(command) => CliError::detached(command),
            None => CliError::interrupted(),
        }
    }
}

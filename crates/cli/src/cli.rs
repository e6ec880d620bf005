//! Command line of the program: its global options and the tree of its commands.

use clap::{ArgMatches, CommandFactory as _, FromArgMatches, Parser, Subcommand};
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;

use crate::command::{CommandContext, CommandEntry, DetachHint};
use crate::commands::{COMMANDS, platform};
use crate::error::{CliError, CliResult};
use crate::exit::Exit;
use crate::global::Global;
use crate::output::Out;
use crate::terminal::write_styled;

/// Tune models, run the tuning hub, and call machine-learning platforms.
#[derive(Debug, Parser)]
#[command(name = "mlhub", version, after_long_help = Exit::help(), max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: ParsedCommand,
}

/// Parsed command: its entry in the list, and its arguments.
pub(crate) struct ParsedCommand {
    entry: &'static CommandEntry,
    name: String,
    matches: ArgMatches,
}

/// What was parsed may hold a password.
impl std::fmt::Debug for ParsedCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParsedCommand").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Subcommand for ParsedCommand {
    fn augment_subcommands(program: clap::Command) -> clap::Command {
        COMMANDS.iter().fold(program, |program, entry| (entry.augment)(program))
    }

    fn augment_subcommands_for_update(program: clap::Command) -> clap::Command {
        Self::augment_subcommands(program)
    }

    fn has_subcommand(name: &str) -> bool {
        COMMANDS.iter().any(|entry| (entry.has)(name))
    }
}

impl FromArgMatches for ParsedCommand {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let named = matches.subcommand().and_then(|(name, matches)| {
            let entry = COMMANDS.iter().find(|entry| (entry.has)(name))?;
            Some(ParsedCommand { entry, name: name.to_owned(), matches: matches.clone() })
        });
        named.ok_or_else(|| clap::Error::new(clap::error::ErrorKind::MissingSubcommand))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Cli {
    /// Log level where `RUST_LOG` is not set.
    pub(crate) fn log_level(&self) -> &'static str {
        self.command.entry.log_level
    }

    /// Context of the command.
    pub(crate) fn context<'a>(&'a self, out: &'a Out, detach: &'a DetachHint) -> CommandContext<'a> {
        CommandContext { global: &self.global, out, detach, program: Cli::command }
    }

    /// Executes the command, until its end or Ctrl-C.
    pub(crate) fn exec<'a>(&'a self, context: &'a CommandContext<'a>) -> LocalBoxFuture<'a, CliResult> {
        let ParsedCommand { entry, name, matches } = &self.command;
        let execution = (entry.exec)(name, matches, context);
        if entry.handles_ctrl_c {
            return execution;
        }
        let until_ctrl_c = async move {
            tokio::select! {
                // In this order: Ctrl-C is caught before the command begins.
                biased;
                Ok(()) = tokio::signal::ctrl_c() => Err(context.detach.interrupted()),
                result = execution => result,
            }
        };
        until_ctrl_c.boxed_local()
    }
}

/// Prints what clap has to say: help and version on stdout, a mistake on stderr with the command that helps. How the
/// program should end.
pub(crate) fn report(error: &clap::Error) -> CliResult<Exit> {
    if !error.use_stderr() {
        return match error.print().map_err(CliError::from) {
            // A reader that has gone is no failure.
            Ok(()) | Err(CliError::BrokenPipe) => Ok(Exit::Ok),
            Err(error) => Err(error),
        };
    }
    let text = error.render().ansi().to_string();
    let words: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let known = Cli::command();
    let asked = words.iter().find(|word| known.find_subcommand(word).is_some());
    let next = asked.map(|command| match platform::closest_command(&words) {
        // `ops auger` is a command of its own.
        Some(closest) if closest.starts_with(&format!("mlhub {command}")) => closest,
        _ => format!("mlhub {command}"),
    });
    let next = next.unwrap_or_else(|| "mlhub".to_owned()) + " --help";
    // Clap's own closing line names an option, not a command.
    let text = text.rfind("\n\nFor more information").map_or(text.as_str(), |end| &text[..end]);
    write_styled(&format!(
        "{}

  next: {next}
",
        text.trim_end()
    ));
    Ok(Exit::Usage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_tree_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_token_does_not_show_in_what_was_parsed() {
        let cli = Cli::try_parse_from(["mlhub", "ops", "--token", "hunter2"]).unwrap();
        assert!(!format!("{cli:?}").contains("hunter2"));
    }
}

//! `PLATFORM GROUP VERB`: every operation of every platform as a command, made from the table of operations.

pub(crate) mod overrides;
#[cfg(test)]
mod paged_tests;
#[cfg(test)]
mod tests;
mod tree;
#[cfg(test)]
mod typed_tests;

use clap::ArgMatches;
use futures::FutureExt as _;

use crate::command::CommandEntry;
use crate::error::{CliError, CliResult};
use crate::operation::context::PlatformContext;
use crate::operation::{run, wait};
use crate::platform::Platform;
use crate::platforms;
pub(crate) use tree::closest_command;

/// Entry of all platforms.
pub(crate) const ENTRY: CommandEntry = CommandEntry {
    augment: tree::augment,
    has: |name| platforms::find(name).is_some(),
    exec: |name, matches, context| {
        async move { exec(&PlatformContext::new(platforms::named(name)?, context), matches).await }.boxed_local()
    },
    handles_ctrl_c: false,
    log_level: "warn",
};

async fn exec(context: &PlatformContext<'_>, matches: &ArgMatches) -> CliResult {
    let Some((name, below)) = matches.subcommand() else { return Err(nothing(context.platform)) };
    if let Some(top) = overrides::top(context.platform, name) {
        return top(context, matches).await;
    }
    let Some((verb, matches)) = below.subcommand() else { return Err(nothing(context.platform)) };
    if let Some(own) = overrides::verb(context.platform, name, verb) {
        return (own.run)(context, matches).await;
    }
    match context.platform.verb(name, verb) {
        Some(op) => run::run(context, op, matches).await,
        None => wait::run(context, name, matches).await,
    }
}

/// Clap demands a command everywhere.
fn nothing(platform: &Platform) -> CliError {
    CliError::usage("no command was named", format!("mlhub {} --help", platform.name))
}

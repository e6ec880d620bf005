//! `PLATFORM GROUP VERB`: every operation of every platform as a command, made from the table of operations.

mod flags;
mod hand;
mod help;
mod rows;
mod show;
#[cfg(test)]
mod tests;
mod tree;
mod verb;
mod wait;

use clap::{ArgMatches, Command, FromArgMatches, Subcommand};

pub(crate) use flags::{fill, given};
pub(crate) use hand::{Hand, Verb, login};
pub(crate) use help::{fault, way_on};
pub(crate) use tree::{BODY, WAIT, patience, timeout, waits};
pub(crate) use verb::{fields as chosen, picked, reply, run as operation};
pub(crate) use wait::{Leave, announce, ended, finished, resume, watch};

use crate::args::Global;
use crate::fault::Fault;
use crate::output::Out;
use crate::platforms::{self, PLATFORMS, Platform};
use crate::profile::Access;

/// A command of a platform.
pub(crate) struct Group {
    platform: &'static Platform,
    matches: ArgMatches,
}

/// What was parsed may hold a password.
impl std::fmt::Debug for Group {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Group").field("platform", &self.platform.name).finish_non_exhaustive()
    }
}

impl Subcommand for Group {
    fn augment_subcommands(command: Command) -> Command {
        let platforms = PLATFORMS.iter().zip(tree::TREES);
        platforms.fold(command, |command, (platform, build)| command.subcommand(tree::platform(platform, *build)))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        platforms::find(name).is_some()
    }
}

impl FromArgMatches for Group {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let named = matches.subcommand().and_then(|(name, matches)| Some((platforms::find(name)?, matches)));
        let (platform, matches) = named.ok_or_else(|| clap::Error::new(clap::error::ErrorKind::MissingSubcommand))?;
        Ok(Group { platform, matches: matches.clone() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// What the commands of a platform work with.
pub(crate) struct Context<'a> {
    pub(crate) platform: &'static Platform,
    pub(crate) global: &'a Global,
    pub(crate) out: &'a Out,
    /// How a wait that is left is taken up again.
    pub(crate) leave: &'a Leave,
}

impl Context<'_> {
    /// Address and credential.
    pub(crate) fn access(&self) -> Result<Access, Fault> {
        Access::open(self.platform, self.global)
    }
}

/// Carries the command out, until its end or Ctrl-C.
pub(crate) async fn run(group: &Group, global: &Global, out: &Out) -> Result<(), Fault> {
    let leave = Leave::default();
    let context = Context { platform: group.platform, global, out, leave: &leave };
    tokio::select! {
        // In this order: Ctrl-C is caught before the command begins.
        biased;
        Ok(()) = tokio::signal::ctrl_c() => Err(leave.interrupted()),
        result = dispatch(&context, &group.matches) => result,
    }
}

async fn dispatch(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Fault> {
    let Some((name, below)) = matches.subcommand() else { return Err(nothing(context.platform)) };
    if let Some(top) = hand::top(context.platform, name) {
        return top(context, matches).await;
    }
    let Some((verb, matches)) = below.subcommand() else { return Err(nothing(context.platform)) };
    if let Some(hand) = hand::verb(context.platform, name, verb) {
        return (hand.run)(context, matches).await;
    }
    match context.platform.verb(name, verb) {
        Some(op) => verb::run(context, op, matches).await,
        None => wait::run(context, name, matches).await,
    }
}

/// Clap demands a command everywhere.
fn nothing(platform: &Platform) -> Fault {
    Fault::usage("no command was named", format!("mlhub {} --help", platform.name))
}

//! Overrides: commands of a platform that are written by hand, beside its groups or in place of what the table gives.

use clap::Command;

use crate::commands::{autotune, loudml, vantage6};
use crate::operation::command_override::{CommandOverride, LogIn, ResumeWait, RunCommand, VerbOverride};
use crate::platform::Platform;

static OVERRIDES: &[CommandOverride] = &[autotune::OVERRIDE, loudml::OVERRIDE, vantage6::OVERRIDE];

fn of(platform: &Platform) -> Option<&'static CommandOverride> {
    OVERRIDES.iter().find(|own| own.platform == platform.name)
}

/// The platform's own login, if it has one.
pub(crate) fn login(platform: &Platform) -> Option<LogIn> {
    of(platform)?.login
}

/// The platform's own way to resume waits, if it has one.
pub(crate) fn resume(platform: &Platform) -> Option<ResumeWait> {
    of(platform)?.resume
}

pub(super) fn about(platform: &Platform) -> String {
    of(platform).map_or_else(|| format!("Everything that {} can do", platform.name), |own| own.about.to_owned())
}

/// Adds the commands directly below the platform.
pub(super) fn augment(platform: &Platform, command: Command) -> Command {
    of(platform).map_or(command.clone(), |own| (own.augment)(command))
}

/// A command directly below the platform.
pub(super) fn top(platform: &Platform, name: &str) -> Option<RunCommand> {
    of(platform).filter(|own| (own.has)(name)).map(|own| own.run)
}

/// Commands of a group.
pub(super) fn verbs<'a>(platform: &Platform, group: &'a str) -> impl Iterator<Item = &'static VerbOverride> + use<'a> {
    of(platform).map(|own| own.verbs).unwrap_or_default().iter().filter(move |verb| verb.group == group)
}

pub(super) fn verb(platform: &Platform, group: &str, name: &str) -> Option<&'static VerbOverride> {
    verbs(platform, group).find(|verb| verb.verb == name)
}

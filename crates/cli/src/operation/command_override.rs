//! Command override: commands of a platform that are written by hand, beside or in place of what the table gives.

use std::time::Duration;

use clap::{ArgMatches, Command};
use futures::future::BoxFuture;
use mlhub::WaitHandle;

use super::context::PlatformContext;
use crate::error::CliResult;
use crate::output::Out;
use crate::profile::access::Access;

/// Execution of a command.
pub(crate) type RunCommand = for<'a> fn(&'a PlatformContext<'a>, &'a ArgMatches) -> BoxFuture<'a, CliResult>;

/// Login as `mlhub login` was told: a user name, and whether the password comes from stdin.
pub(crate) type LogIn = for<'a> fn(&'a Access, Option<&'a String>, bool, &'a Out) -> BoxFuture<'a, CliResult>;

/// Resumption of a wait, where the platform shows in a way of its own what comes of it.
pub(crate) type ResumeWait =
    for<'a> fn(&'a PlatformContext<'a>, &'a WaitHandle, Option<Duration>) -> Option<BoxFuture<'a, CliResult>>;

/// Commands that a platform has beside what the table gives.
pub(crate) struct CommandOverride {
    pub(crate) platform: &'static str,
    /// What people find there.
    pub(crate) about: &'static str,
    /// Adds the commands directly below the platform.
    pub(crate) augment: fn(Command) -> Command,
    /// Whether a command is one of those.
    pub(crate) has: fn(&str) -> bool,
    /// Executes it; it is the subcommand of what was parsed.
    pub(crate) run: RunCommand,
    /// Its login, where that is more than a name and a password.
    pub(crate) login: Option<LogIn>,
    /// How it resumes waits.
    pub(crate) resume: Option<ResumeWait>,
    /// Commands within groups.
    pub(crate) verbs: &'static [VerbOverride],
}

/// Command within a group.
pub(crate) struct VerbOverride {
    pub(crate) group: &'static str,
    pub(crate) verb: &'static str,
    /// Makes it of what the table gives, or of a bare one.
    pub(crate) command: fn(Command) -> Command,
    pub(crate) run: RunCommand,
}

impl VerbOverride {
    /// Command of a group by these functions.
    pub(crate) const fn new(
        group: &'static str,
        verb: &'static str,
        command: fn(Command) -> Command,
        run: RunCommand,
    ) -> VerbOverride {
        VerbOverride { group, verb, command, run }
    }
}

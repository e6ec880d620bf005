//! Commands of a platform that are written by hand: beside its groups, or in place of what the table gives.

use std::time::Duration;

use clap::{ArgMatches, Command};
use futures::future::BoxFuture;
use mlhub::WaitHandle;

use super::Context;
use crate::args::Login;
use crate::commands::{autotune, loudml, vantage6};
use crate::fault::Fault;
use crate::output::Out;
use crate::platforms::Platform;
use crate::profile::Access;

/// Carries out a command.
pub(crate) type Run = for<'a> fn(&'a Context<'a>, &'a ArgMatches) -> BoxFuture<'a, Result<(), Fault>>;
/// Logs in, as `mlhub login` was told.
pub(crate) type Enter = for<'a> fn(&'a Access, &'a Login, &'a Out) -> BoxFuture<'a, Result<(), Fault>>;

/// Takes up a wait, where the platform shows in a way of its own what comes of it.
pub(crate) type Resume =
    for<'a> fn(&'a Context<'a>, &'a WaitHandle, Option<Duration>) -> Option<BoxFuture<'a, Result<(), Fault>>>;

/// What a platform has beside what the table gives.
pub(crate) struct Hand {
    pub(crate) platform: &'static str,
    /// What people find there.
    pub(crate) about: &'static str,
    /// Adds the commands directly below the platform.
    pub(crate) tops: fn(Command) -> Command,
    /// Whether a command is one of those.
    pub(crate) has: fn(&str) -> bool,
    /// Carries it out; it is the subcommand of what was parsed.
    pub(crate) run: Run,
    /// Its login, where that is more than a name and a password.
    pub(crate) login: Option<Enter>,
    /// How it takes up waits.
    pub(crate) resume: Option<Resume>,
    /// Commands within groups.
    pub(crate) verbs: &'static [Verb],
}

/// A command within a group.
pub(crate) struct Verb {
    pub(crate) group: &'static str,
    pub(crate) verb: &'static str,
    /// Makes it of what the table gives, or of a bare one.
    pub(crate) command: fn(Command) -> Command,
    pub(crate) run: Run,
}

static HANDS: &[Hand] = &[autotune::HAND, loudml::HAND, vantage6::HAND];

fn of(platform: &Platform) -> Option<&'static Hand> {
    HANDS.iter().find(|hand| hand.platform == platform.name)
}

/// The platform's own login, if it has one.
pub(crate) fn login(platform: &Platform) -> Option<Enter> {
    of(platform)?.login
}

/// The platform's own way to take up waits, if it has one.
pub(super) fn resume(platform: &Platform) -> Option<Resume> {
    of(platform)?.resume
}

pub(super) fn about(platform: &Platform) -> String {
    of(platform).map_or_else(|| format!("Everything that {} can do", platform.name), |hand| hand.about.to_owned())
}

pub(super) fn tops(platform: &Platform, command: Command) -> Command {
    of(platform).map_or(command.clone(), |hand| (hand.tops)(command))
}

pub(super) fn top(platform: &Platform, name: &str) -> Option<Run> {
    of(platform).filter(|hand| (hand.has)(name)).map(|hand| hand.run)
}

pub(super) fn verbs<'a>(platform: &Platform, group: &'a str) -> impl Iterator<Item = &'static Verb> + use<'a> {
    of(platform).map(|hand| hand.verbs).unwrap_or_default().iter().filter(move |verb| verb.group == group)
}

pub(super) fn verb(platform: &Platform, group: &str, name: &str) -> Option<&'static Verb> {
    verbs(platform, group).find(|verb| verb.verb == name)
}

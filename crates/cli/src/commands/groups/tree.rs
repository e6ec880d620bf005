//! The command tree of a platform, built only where somebody asks for that platform.

use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use mlhub::Op;
use mlhub::op::{BodyKind, Place};

use super::{flags, hand};
use crate::args::duration;
use crate::platforms::{PLATFORMS, Platform};

/// Ids of the options that are not of the document.
pub(super) const FIELDS: &str = "own:fields";
pub(super) const LIMIT: &str = "own:limit";
pub(crate) const WAIT: &str = "own:wait";
pub(super) const GOAL: &str = "own:goal";
pub(super) const TIMEOUT: &str = "own:timeout";
pub(super) const YES: &str = "own:yes";
pub(crate) const BODY: &str = "own:body";
pub(super) const PARAM: &str = "own:param";

/// The command that waits, where the document has none of that name.
pub(super) const WAITING: &str = "wait";

const WAITS_HEADING: &str = "Waiting";
const SHOWN_HEADING: &str = "What is shown";

/// Clap builds a part of the tree by a plain function when it is asked for, so each platform has functions of its own;
/// by its place among the platforms. A test sees to it that there are enough.
pub(super) static TREES: &[fn(Command) -> Command] =
    &[groups::<0>, groups::<1>, groups::<2>, groups::<3>, groups::<4>, groups::<5>];

/// The command of a platform, with nothing in it yet.
pub(super) fn platform(platform: &'static Platform, build: fn(Command) -> Command) -> Command {
    let command = Command::new(platform.name).about(hand::about(platform)).defer(build);
    command.subcommand_required(true).arg_required_else_help(true)
}

fn groups<const PLATFORM: usize>(command: Command) -> Command {
    let Some(platform) = PLATFORMS.get(PLATFORM) else { return command };
    let command = hand::tops(platform, command).about(hand::about(platform));
    let after = format!("Each command is an operation of the document; `mlhub ops {}` lists them.", platform.name);
    platform.groups().into_iter().fold(command.after_help(after), |command, group| {
        let verbs = verbs(platform, group).join(", ");
        let hyphened = group.replace('_', "-");
        let named = if hyphened == group { Command::new(group) } else { Command::new(group).alias(hyphened) };
        let group = named.about(verbs).defer(group_of::<PLATFORM>);
        command.subcommand(group.subcommand_required(true).arg_required_else_help(true))
    })
}

fn group_of<const PLATFORM: usize>(command: Command) -> Command {
    let Some(platform) = PLATFORMS.get(PLATFORM) else { return command };
    let name = command.get_name().to_owned();
    let Some(group) = platform.groups().into_iter().find(|group| *group == name) else { return command };
    verbs(platform, group).into_iter().fold(command, |command, verb| command.subcommand(verb_of(platform, group, verb)))
}

/// The commands of a group, in the order in which people look for them.
pub(super) fn verbs(platform: &'static Platform, group: &str) -> Vec<&'static str> {
    const FIRST: [&str; 5] = ["list", "get", "create", "update", "delete"];
    let mut verbs: Vec<_> = platform.members(group).map(|op| op.verb).collect();
    verbs.extend(hand::verbs(platform, group).map(|hand| hand.verb));
    if platform.waiting(group).is_some() {
        verbs.push(WAITING);
    }
    verbs.sort_by_key(|verb| FIRST.iter().position(|first| first == verb).unwrap_or(FIRST.len()));
    let mut seen = std::collections::BTreeSet::new();
    verbs.retain(|verb| seen.insert(*verb));
    verbs
}

/// The command of a verb.
pub(super) fn verb_of(platform: &'static Platform, group: &'static str, verb: &'static str) -> Command {
    let command = match (platform.verb(group, verb), platform.waiting(group)) {
        (Some(op), _) => operation(platform, op),
        (None, Some(op)) if verb == WAITING => waiting(op),
        (None, _) => Command::new(verb),
    };
    let hyphened = verb.replace('_', "-");
    let command = if hyphened == verb { command } else { command.alias(hyphened) };
    match hand::verb(platform, group, verb) {
        Some(hand) => (hand.command)(command),
        None => command,
    }
}

fn operation(platform: &'static Platform, op: &'static Op) -> Command {
    let mut command = Command::new(op.verb).about(op.summary.trim_end_matches('.'));
    command = command.args(flags::placed(op)).args(flags::named(op));
    if flags::takes_body(op) {
        let body = Arg::new(BODY).long("body").value_name("JSON|@FILE|-");
        let body = body.help("The whole body: JSON, a file as @FILE, or - for stdin");
        command = command.arg(body.required(op.body != BodyKind::Params && !flags::has_fields(op)));
    }
    command = command.arg(
        Arg::new(PARAM)
            .long("param")
            .value_name("NAME=VALUE")
            .action(ArgAction::Append)
            .value_parser(crate::args::pair)
            .help("Another parameter, also one that the document does not name")
            .hide_short_help(true),
    );
    if op.paging.is_some() {
        let limit = Arg::new(LIMIT).long("limit").value_name("N").value_parser(clap::value_parser!(usize));
        command = command.arg(limit.help("Stop after so many; else all pages are read").help_heading(SHOWN_HEADING));
    }
    command = command.arg(fields());
    if let Some(waiting) = platform.awaited(op) {
        let goals: Vec<_> = waiting.waits.iter().map(|wait| wait.goal).collect();
        let wait = Arg::new(WAIT).long("wait").value_name("GOAL").num_args(0..=1).require_equals(true);
        let wait = wait.default_missing_value(goal(waiting, op.verb)).value_parser(PossibleValuesParser::new(goals));
        command =
            command.arg(wait.help("Wait until it is there").help_heading(WAITS_HEADING)).arg(timeout().requires(WAIT));
    }
    if deletes(op) {
        let yes = Arg::new(YES).long("yes").action(ArgAction::SetTrue);
        command = command.arg(yes.help("Do not ask, where there is a terminal to ask on"));
    }
    command
}

/// What `--wait` means without a word: what is called like the command (`undeployed` after `undeploy`), else its end.
pub(super) fn goal(op: &'static Op, verb: &str) -> &'static str {
    let named = op.waits.iter().find(|wait| wait.goal.starts_with(verb));
    named.or_else(|| op.wait("done")).or_else(|| op.waits.first()).map_or("done", |wait| wait.goal)
}

fn waiting(op: &'static Op) -> Command {
    let goals: Vec<_> = op.waits.iter().map(|wait| wait.goal).collect();
    let told = Arg::new(GOAL).long("goal").value_name("GOAL").default_value(goal(op, WAITING));
    let told = told.value_parser(PossibleValuesParser::new(goals)).help("What to wait for").help_heading(WAITS_HEADING);
    Command::new(WAITING)
        .about("Waits for one that is there already, and shows it. Ctrl-C leaves it alone")
        .args(flags::placed(op))
        .args(flags::named(op).into_iter().filter(|arg| arg.is_required_set()))
        .arg(told)
        .arg(timeout())
        .arg(fields())
}

/// What a command by hand takes that can wait for what it has begun.
pub(crate) fn waits(help: &'static str) -> [Arg; 2] {
    let wait = Arg::new(WAIT).long("wait").action(ArgAction::SetTrue).help(help).help_heading(WAITS_HEADING);
    [wait, timeout().requires(WAIT)]
}

/// How long somebody wants to wait.
pub(crate) fn patience(matches: &ArgMatches) -> Option<Duration> {
    matches.try_get_one(TIMEOUT).ok().flatten().copied()
}

/// The option that says so.
pub(crate) fn timeout() -> Arg {
    let timeout = Arg::new(TIMEOUT).long("timeout").value_name("DURATION").value_parser(duration);
    timeout.help("How long to wait at most, such as 90s or 1h30m").help_heading(WAITS_HEADING)
}

pub(super) fn fields() -> Arg {
    let fields = Arg::new(FIELDS).long("fields").value_name("A,B").value_delimiter(',');
    fields.help("Show these fields; a dot steps into one, as in a.b").help_heading(SHOWN_HEADING)
}

/// Whether something is gone afterwards.
pub(super) fn deletes(op: &Op) -> bool {
    op.method.as_str() == "DELETE"
}

/// Whether the path takes that parameter.
pub(super) fn in_path(param: &mlhub::op::Param) -> bool {
    param.place == Place::Path
}

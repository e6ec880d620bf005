//! Command tree of a platform, built only where somebody asks for that platform.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command};
use mlhub::Op;
use mlhub::op::BodyKind;

use super::overrides;
use crate::operation::arguments;
use crate::operation::body::parse_pair;
use crate::operation::options::{
    BODY, GOAL, LIMIT, PARAM, SHOWN_HEADING, WAIT, WAITS_HEADING, YES, default_goal, deletes, fields_option,
    timeout_option,
};
use crate::platform::Platform;
use crate::platforms;

/// The command that waits, where the document has none of that name.
pub(super) const WAITING: &str = "wait";

/// Clap builds a part of the tree by a plain function when it is asked for, so each platform has functions of its own;
/// by its place among the platforms. A test sees to it that there are enough.
pub(super) static TREES: &[fn(Command) -> Command] =
    &[groups::<0>, groups::<1>, groups::<2>, groups::<3>, groups::<4>, groups::<5>];

/// Adds a command for each platform, with nothing in it yet.
pub(super) fn augment(program: Command) -> Command {
    platforms::all().zip(TREES).fold(program, |program, (platform, build)| {
        let command = Command::new(platform.name).about(overrides::about(platform)).defer(*build);
        program.subcommand(command.subcommand_required(true).arg_required_else_help(true))
    })
}

fn groups<const PLATFORM: usize>(command: Command) -> Command {
    let Some(platform) = platforms::all().nth(PLATFORM) else { return command };
    let command = overrides::augment(platform, command).about(overrides::about(platform));
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
    let Some(platform) = platforms::all().nth(PLATFORM) else { return command };
    let name = command.get_name().to_owned();
    let Some(group) = platform.groups().into_iter().find(|group| *group == name) else { return command };
    verbs(platform, group).into_iter().fold(command, |command, verb| command.subcommand(verb_of(platform, group, verb)))
}

/// Commands of a group, in the order in which people look for them.
pub(super) fn verbs(platform: &'static Platform, group: &str) -> Vec<&'static str> {
    const FIRST: [&str; 5] = ["list", "get", "create", "update", "delete"];
    let mut verbs: Vec<_> = platform.members(group).map(|op| op.verb).collect();
    verbs.extend(overrides::verbs(platform, group).map(|own| own.verb));
    if platform.waiting(group).is_some() {
        verbs.push(WAITING);
    }
    verbs.sort_by_key(|verb| FIRST.iter().position(|first| first == verb).unwrap_or(FIRST.len()));
    let mut seen = std::collections::BTreeSet::new();
    verbs.retain(|verb| seen.insert(*verb));
    verbs
}

/// Command of a verb.
pub(super) fn verb_of(platform: &'static Platform, group: &'static str, verb: &'static str) -> Command {
    let command = match (platform.verb(group, verb), platform.waiting(group)) {
        (Some(op), _) => operation(platform, op),
        (None, Some(op)) if verb == WAITING => waiting(op),
        (None, _) => Command::new(verb),
    };
    let hyphened = verb.replace('_', "-");
    let command = if hyphened == verb { command } else { command.alias(hyphened) };
    match overrides::verb(platform, group, verb) {
        Some(own) => (own.command)(command),
        None => command,
    }
}

fn operation(platform: &'static Platform, op: &'static Op) -> Command {
    let mut command = Command::new(op.verb).about(op.summary.trim_end_matches('.'));
    command = command.args(arguments::positional(op)).args(arguments::named(op));
    if arguments::takes_body(op) {
        let body = Arg::new(BODY).long("body").value_name("JSON|@FILE|-");
        let body = body.help("The whole body: JSON, a file as @FILE, or - for stdin");
        command = command.arg(body.required(op.body != BodyKind::Params && !arguments::has_fields(op)));
    }
    command = command.arg(
        Arg::new(PARAM)
            .long("param")
            .value_name("NAME=VALUE")
            .action(ArgAction::Append)
            .value_parser(parse_pair)
            .help("Another parameter, also one that the document does not name")
            .hide_short_help(true),
    );
    if op.paging.is_some() {
        let limit = Arg::new(LIMIT).long("limit").value_name("N").value_parser(clap::value_parser!(usize));
        command = command.arg(limit.help("Stop after so many; else all pages are read").help_heading(SHOWN_HEADING));
    }
    command = command.arg(fields_option());
    if let Some(waiting) = platform.awaited(op) {
        let goals: Vec<_> = waiting.waits.iter().map(|wait| wait.goal).collect();
        let wait = Arg::new(WAIT).long("wait").value_name("GOAL").num_args(0..=1).require_equals(true);
        let wait =
            wait.default_missing_value(default_goal(waiting, op.verb)).value_parser(PossibleValuesParser::new(goals));
        command = command
            .arg(wait.help("Wait until it is there").help_heading(WAITS_HEADING))
            .arg(timeout_option().requires(WAIT));
    }
    if deletes(op) {
        let yes = Arg::new(YES).long("yes").action(ArgAction::SetTrue);
        command = command.arg(yes.help("Do not ask, where there is a terminal to ask on"));
    }
    command
}

fn waiting(op: &'static Op) -> Command {
    let goals: Vec<_> = op.waits.iter().map(|wait| wait.goal).collect();
    let told = Arg::new(GOAL).long("goal").value_name("GOAL").default_value(default_goal(op, WAITING));
    let told = told.value_parser(PossibleValuesParser::new(goals)).help("What to wait for").help_heading(WAITS_HEADING);
    Command::new(WAITING)
        .about("Waits for one that is there already, and shows it. Ctrl-C leaves it alone")
        .args(arguments::positional(op))
        .args(arguments::named(op).into_iter().filter(|arg| arg.is_required_set()))
        .arg(told)
        .arg(timeout_option())
        .arg(fields_option())
}

/// Closest command to the words of a command line, among a platform's commands: its help is worth reading.
pub(crate) fn closest_command(words: &[String]) -> Option<String> {
    let at = words.iter().position(|word| platforms::find(word).is_some())?;
    let platform: &'static Platform = platforms::find(&words[at])?;
    let mut rest = words[at + 1..].iter().filter(|word| !word.starts_with('-'));
    let mut command = format!("mlhub {}", platform.name);
    if let Some(group) = rest.next().and_then(|word| platform.groups().into_iter().find(|group| group == word)) {
        command += &format!(" {group}");
        let verbs = verbs(platform, group);
        if let Some(verb) = rest.next().and_then(|word| verbs.into_iter().find(|verb| verb == word)) {
            command += &format!(" {verb}");
        }
    }
    Some(command)
}

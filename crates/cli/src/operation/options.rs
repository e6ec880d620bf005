//! Options of a command that are not of the document: what is shown, waiting, confirmation.

use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches};
use mlhub::Op;

use crate::format::parse_duration;

/// Ids of the options.
pub(crate) const FIELDS: &str = "own:fields";
pub(crate) const LIMIT: &str = "own:limit";
pub(crate) const WAIT: &str = "own:wait";
pub(crate) const GOAL: &str = "own:goal";
pub(crate) const TIMEOUT: &str = "own:timeout";
pub(crate) const YES: &str = "own:yes";
pub(crate) const BODY: &str = "own:body";
pub(crate) const PARAM: &str = "own:param";

/// Headings of the help text.
pub(crate) const WAITS_HEADING: &str = "Waiting";
pub(crate) const SHOWN_HEADING: &str = "What is shown";

/// Options of a command by hand that can wait for what it has begun.
pub(crate) fn wait_options(help: &'static str) -> [Arg; 2] {
    let wait = Arg::new(WAIT).long("wait").action(ArgAction::SetTrue).help(help).help_heading(WAITS_HEADING);
    [wait, timeout_option().requires(WAIT)]
}

/// Option for the longest wait.
pub(crate) fn timeout_option() -> Arg {
    let timeout = Arg::new(TIMEOUT).long("timeout").value_name("DURATION").value_parser(parse_duration);
    timeout.help("How long to wait at most, such as 90s or 1h30m").help_heading(WAITS_HEADING)
}

/// The longest wait, if one is given.
pub(crate) fn timeout(matches: &ArgMatches) -> Option<Duration> {
    matches.try_get_one(TIMEOUT).ok().flatten().copied()
}

/// Option for the fields that are shown.
pub(crate) fn fields_option() -> Arg {
    let fields = Arg::new(FIELDS).long("fields").value_name("A,B").value_delimiter(',');
    fields.help("Show these fields; a dot steps into one, as in a.b").help_heading(SHOWN_HEADING)
}

/// The fields that are asked for.
pub(crate) fn fields(matches: &ArgMatches) -> Vec<String> {
    matches.get_many::<String>(FIELDS).into_iter().flatten().cloned().collect()
}

/// Goal that `--wait` means without a word: what is called like the command (`undeployed` after `undeploy`), else its
/// end.
pub(crate) fn default_goal(op: &'static Op, verb: &str) -> &'static str {
    let named = op.waits.iter().find(|wait| wait.goal.starts_with(verb));
    named.or_else(|| op.wait("done")).or_else(|| op.waits.first()).map_or("done", |wait| wait.goal)
}

/// Whether something is gone after the operation.
pub(crate) fn deletes(op: &Op) -> bool {
    op.method.as_str() == "DELETE"
}

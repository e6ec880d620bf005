//! Arguments that several commands take: the id of a thing, the arguments of a function.

use clap::{Arg, ArgMatches, Command};
use serde_json::Value;

use crate::error::{CliError, CliResult};

/// Argument id of what a command is about.
pub(super) const ID: &str = "own:id";
const ARGUMENTS: &str = "own:arguments";

/// Command that takes an id and nothing else, in place of what the table gives.
pub(super) fn id_only(command: &Command, name: &'static str, help: &'static str) -> Command {
    Command::new(command.get_name().to_owned()).arg(id_argument(ID, name, help))
}

/// Argument that is an id.
pub(super) fn id_argument(id: &'static str, name: &'static str, help: &'static str) -> Arg {
    Arg::new(id).value_name(name).help(help).required(true).value_parser(clap::value_parser!(i64))
}

/// The id; clap demands it.
pub(super) fn id(matches: &ArgMatches) -> i64 {
    matches.get_one(ID).copied().unwrap_or_default()
}

/// Option for the arguments of a function.
pub(super) fn arguments_option() -> Arg {
    let arguments = Arg::new(ARGUMENTS).long("arguments").value_name("JSON|@FILE");
    arguments.help("What the function is given, by the names of its parameters")
}

/// The arguments of a function.
pub(super) fn function_arguments(matches: &ArgMatches) -> CliResult<Option<Value>> {
    let Some(text) = matches.get_one::<String>(ARGUMENTS) else { return Ok(None) };
    let usage = |why: String| CliError::usage(why, "mlhub vantage6 task create --help");
    let text = match text.strip_prefix('@') {
        Some(path) => {
            std::fs::read_to_string(path).map_err(|error| usage(format!("{path} cannot be read: {error}")))?
        }
        None => text.clone(),
    };
    // Only the place: the arguments may be private.
    let value = serde_json::from_str(&text)
        .map_err(|error| usage(format!("--arguments is not JSON (line {}, column {})", error.line(), error.column())));
    value.map(Some)
}

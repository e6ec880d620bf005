//! `vantage6`: logins, keys, tasks with what they give, dataframes and sessions. Everything else comes from the table of
//! operations.

mod client;
mod keys;
mod login;
mod results;
mod session;
mod task;

use clap::{Arg, ArgMatches, Command};
use futures::FutureExt as _;

use super::groups::{Hand, Verb};

/// The id that a command is about.
const ID: &str = "own:id";
const DEVICE: &str = "own:device";

/// What vantage6 has beside its groups.
pub(crate) const HAND: Hand = Hand {
    platform: "vantage6",
    about: "Federated learning: logins, keys, tasks and what they give",
    tops: |command| {
        let command = command.subcommand(login::command()).subcommand(login::logout_command());
        command.subcommand(login::whoami_command()).subcommand(keys::command())
    },
    has: |name| [login::LOGIN, login::LOGOUT, login::WHOAMI, keys::KEY].contains(&name),
    run: |context, matches| {
        async move {
            match matches.subcommand() {
                Some((login::LOGIN, matches)) => login::login(context, matches).await,
                Some((login::LOGOUT, _)) => crate::commands::login::logout(&context.access()?, context.out).await,
                Some((keys::KEY, matches)) => keys::run(context, matches).await,
                _ => login::whoami(context).await,
            }
        }
        .boxed()
    },
    login: Some(|access, options, out| login::plain(access, options, out).boxed()),
    resume: Some(results::resumed),
    verbs: &[
        Verb { group: "task", verb: "create", command: task::command, run: |c, m| task::create(c, m).boxed() },
        Verb { group: "task", verb: "get", command: results::included, run: |c, m| results::task(c, m).boxed() },
        Verb { group: "task", verb: "wait", command: results::awaited, run: |c, m| results::wait(c, m).boxed() },
        Verb {
            group: "task",
            verb: "kill",
            command: |command| bare(&command, "TASK", "Id of the task").about("Stops a task at all its nodes"),
            run: |c, m| task::kill(c, m).boxed(),
        },
        Verb {
            group: "run",
            verb: "log",
            command: |command| bare(&command, "RUN", "Id of the run").about("Prints what the algorithm has logged"),
            run: |c, m| results::log(c, m).boxed(),
        },
        Verb {
            group: "result",
            verb: "get",
            command: |command| bare(&command, "RUN", "Id of the run").about("Prints what a run has given, opened"),
            run: |c, m| results::result(c, m).boxed(),
        },
        Verb {
            group: "dataframe",
            verb: "create",
            command: session::dataframe,
            run: |c, m| session::create(c, m).boxed(),
        },
        Verb {
            group: "dataframe",
            verb: "preprocess",
            command: session::step,
            run: |c, m| session::preprocess(c, m).boxed(),
        },
        Verb {
            group: "session",
            verb: "tree",
            command: |command| {
                bare(&command, "SESSION", "Id of the session").about("Draws a session with its dataframes and tasks")
            },
            run: |c, m| session::tree(c, m).boxed(),
        },
    ],
};

/// A command that takes an id and nothing else, in place of what the table gives.
fn bare(command: &Command, name: &'static str, help: &'static str) -> Command {
    Command::new(command.get_name().to_owned()).arg(number(ID, name, help))
}

fn number(id: &'static str, name: &'static str, help: &'static str) -> Arg {
    Arg::new(id).value_name(name).help(help).required(true).value_parser(clap::value_parser!(i64))
}

/// The id; clap demands it.
fn id(matches: &ArgMatches) -> i64 {
    matches.get_one(ID).copied().unwrap_or_default()
}

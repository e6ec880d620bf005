//! `vantage6`: logins, keys, tasks with their results, dataframes and sessions, beside the groups of operations.

mod args;
mod client;
mod dataframe;
mod key;
mod login;
mod results;
mod task;

use futures::FutureExt as _;

use super::logout::logout;
use super::whoami::whoami;
use crate::operation::command_override::{CommandOverride, VerbOverride};
use args::id_only;

/// Override of vantage6.
pub(crate) const OVERRIDE: CommandOverride = CommandOverride {
    platform: "vantage6",
    about: "Federated learning: logins, keys, tasks and what they give",
    augment: |command| {
        let command = command.subcommand(login::command()).subcommand(login::logout_command());
        command.subcommand(login::whoami_command()).subcommand(key::command())
    },
    has: |name| [login::LOGIN, login::LOGOUT, login::WHOAMI, key::KEY].contains(&name),
    run: |context, matches| {
        async move {
            match matches.subcommand() {
                Some((login::LOGIN, matches)) => login::login(context, matches).await,
                Some((login::LOGOUT, _)) => logout(&context.access()?, context.out).await,
                Some((key::KEY, matches)) => key::run(context, matches).await,
                _ => whoami(&context.access()?, context.out).await,
            }
        }
        .boxed()
    },
    login: Some(|access, username, stdin, out| login::plain(access, username, stdin, out).boxed()),
    resume: Some(results::resumed),
    verbs: &[
        VerbOverride::new("task", "create", task::create_command, |c, m| task::create(c, m).boxed()),
        VerbOverride::new("task", "get", results::get_command, |c, m| results::task(c, m).boxed()),
        VerbOverride::new("task", "wait", results::wait_command, |c, m| results::wait(c, m).boxed()),
        VerbOverride::new(
            "task",
            "kill",
            |command| id_only(&command, "TASK", "Id of the task").about("Stops a task at all its nodes"),
            |c, m| task::kill(c, m).boxed(),
        ),
        VerbOverride::new(
            "run",
            "log",
            |command| id_only(&command, "RUN", "Id of the run").about("Prints what the algorithm has logged"),
            |c, m| results::log(c, m).boxed(),
        ),
        VerbOverride::new(
            "result",
            "get",
            |command| id_only(&command, "RUN", "Id of the run").about("Prints what a run has given, decrypted"),
            |c, m| results::result(c, m).boxed(),
        ),
        VerbOverride::new("dataframe", "create", dataframe::create_command, |c, m| dataframe::create(c, m).boxed()),
        VerbOverride::new("dataframe", "preprocess", dataframe::preprocess_command, |c, m| {
            dataframe::preprocess(c, m).boxed()
        }),
        VerbOverride::new(
            "session",
            "tree",
            |command| {
                id_only(&command, "SESSION", "Id of the session").about("Draws a session with its dataframes and tasks")
            },
            |c, m| dataframe::session_tree(c, m).boxed(),
        ),
    ],
};

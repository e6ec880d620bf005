//! `vantage6 task create` and `task kill`.

use clap::{Arg, ArgMatches, Command};
use mlhub::vantage6::NewTask;

use super::args::{arguments_option, function_arguments, id};
use super::client::HqClient;
use super::results;
use crate::error::CliResult;
use crate::operation::context::PlatformContext;
use crate::operation::options::{WAIT, timeout, wait_options};

const IMAGE: &str = "own:image";
const METHOD: &str = "own:method";
const NAME: &str = "own:name";
const DESCRIPTION: &str = "own:description";
const COLLABORATION: &str = "own:collaboration";
const STUDY: &str = "own:study";
const ORGANIZATION: &str = "own:organization";
const SESSION: &str = "own:session";
const ACTION: &str = "own:action";
const DATAFRAME: &str = "own:dataframe";
const DATABASE: &str = "own:database";
const DEPENDS: &str = "own:depends";
const STORE: &str = "own:store";

/// Command in place of what the table gives: the arguments are encrypted here.
pub(super) fn create_command(_: Command) -> Command {
    let text = |id, long, name, help| Arg::new(id).long(long).value_name(name).help(help);
    // Also as the table of operations would call them.
    let number = |id, long: &'static str, help| {
        let plain = text(id, long, "ID", help).value_parser(clap::value_parser!(i64));
        plain.alias(format!("{}-id{}", long.trim_end_matches('s'), if long.ends_with('s') { "s" } else { "" }))
    };
    Command::new("create")
        .about("Makes a task, encrypted for each organization where the collaboration asks for it")
        .arg(text(IMAGE, "image", "IMAGE", "The algorithm").required(true))
        .arg(text(METHOD, "method", "NAME", "Its function").required(true))
        .arg(number(SESSION, "session", "The session").required(true))
        .arg(number(COLLABORATION, "collaboration", "The collaboration").required_unless_present(STUDY))
        .arg(number(STUDY, "study", "The study"))
        .arg(number(ORGANIZATION, "organizations", "The organizations that run it").value_delimiter(',').required(true))
        .arg(text(ACTION, "action", "WORD", "What kind of step it is, such as central_compute or federated_compute"))
        .arg(arguments_option())
        .arg(number(DATAFRAME, "dataframe", "A dataframe to work on; may be repeated").action(clap::ArgAction::Append))
        .arg(
            text(DATABASE, "database", "LABEL", "A source of the nodes to work on; may be repeated")
                .action(clap::ArgAction::Append),
        )
        .arg(number(DEPENDS, "depends-on", "Tasks that have to be completed first").value_delimiter(','))
        .arg(number(STORE, "store", "The algorithm store that the image is from"))
        .arg(text(NAME, "name", "NAME", "Its name"))
        .arg(text(DESCRIPTION, "description", "TEXT", "What it is about"))
        .args(wait_options("Wait for what its runs give"))
}

/// Setter of one field of a task.
type TaskSetter<T> = fn(NewTask, T) -> NewTask;

fn new_task(matches: &ArgMatches) -> CliResult<NewTask> {
    let text = |id: &str| matches.get_one::<String>(id).cloned();
    let numbers = |id: &str| matches.get_many::<i64>(id).into_iter().flatten().copied().collect::<Vec<_>>();
    let mut task = NewTask::new(text(IMAGE).unwrap_or_default(), text(METHOD).unwrap_or_default());
    task = task.organizations(numbers(ORGANIZATION)).depends_on(numbers(DEPENDS));
    let ids: [(&str, TaskSetter<i64>); 5] = [
        (COLLABORATION, NewTask::collaboration),
        (STUDY, NewTask::study),
        (SESSION, NewTask::session),
        (STORE, NewTask::store),
        (DATAFRAME, NewTask::dataframe),
    ];
    for (name, set) in ids {
        task = numbers(name).into_iter().fold(task, set);
    }
    let texts: [(&str, TaskSetter<String>); 3] =
        [(ACTION, NewTask::action), (NAME, NewTask::name), (DESCRIPTION, NewTask::description)];
    for (name, set) in texts {
        task = text(name).into_iter().fold(task, set);
    }
    if let Some(value) = function_arguments(matches)? {
        task = task.arguments(value);
    }
    let sources = matches.get_many::<String>(DATABASE).into_iter().flatten();
    Ok(sources.fold(task, |task, label| task.source(label.as_str())))
}

/// Makes the task: its id, or what its runs give where somebody waits for it.
pub(super) async fn create(context: &PlatformContext<'_>, matches: &ArgMatches) -> CliResult {
    let task = new_task(matches)?;
    let hub = HqClient::open_with_key(context).await?;
    let made = hub.client.create_task(task).await.map_err(|error| hub.error(&error))?;
    if matches.get_flag(WAIT) {
        return results::wait_for(context, &hub, made.id, timeout(matches)).await;
    }
    results::announce(context, &hub, made.id, &made)
}

/// Stops a task.
pub(super) async fn kill(context: &PlatformContext<'_>, matches: &ArgMatches) -> CliResult {
    let hub = HqClient::open(context).await?;
    let task = id(matches);
    hub.client.kill_task(task).await.map_err(|error| hub.error(&error))?;
    context.out.notice(&format!("task {task} is being stopped"));
    Ok(())
}

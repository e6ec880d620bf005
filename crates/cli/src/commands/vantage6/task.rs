//! `task create` and `task kill`.

use clap::{Arg, ArgMatches, Command};
use mlhub::vantage6::NewTask;
use serde_json::Value;

use super::client::Hub;
use super::{id, results};
use crate::commands::groups::{Context, WAIT, patience, waits};
use crate::fault::Fault;

const IMAGE: &str = "own:image";
const METHOD: &str = "own:method";
const NAME: &str = "own:name";
const DESCRIPTION: &str = "own:description";
const COLLABORATION: &str = "own:collaboration";
const STUDY: &str = "own:study";
const ORGANIZATION: &str = "own:organization";
const SESSION: &str = "own:session";
const ACTION: &str = "own:action";
const ARGUMENTS: &str = "own:arguments";
const DATAFRAME: &str = "own:dataframe";
const DATABASE: &str = "own:database";
const DEPENDS: &str = "own:depends";
const STORE: &str = "own:store";

/// Where a task comes from and what it is given, in place of what the table gives: the arguments are encrypted here.
pub(super) fn command(_: Command) -> Command {
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
        .arg(arguments())
        .arg(number(DATAFRAME, "dataframe", "A dataframe to work on; may be repeated").action(clap::ArgAction::Append))
        .arg(
            text(DATABASE, "database", "LABEL", "A source of the nodes to work on; may be repeated")
                .action(clap::ArgAction::Append),
        )
        .arg(number(DEPENDS, "depends-on", "Tasks that have to be completed first").value_delimiter(','))
        .arg(number(STORE, "store", "The algorithm store that the image is from"))
        .arg(text(NAME, "name", "NAME", "Its name"))
        .arg(text(DESCRIPTION, "description", "TEXT", "What it is about"))
        .args(waits("Wait for what its runs give"))
}

pub(super) fn arguments() -> Arg {
    let arguments = Arg::new(ARGUMENTS).long("arguments").value_name("JSON|@FILE");
    arguments.help("What the function is given, by the names of its parameters")
}

/// The arguments of a function.
pub(super) fn given(matches: &ArgMatches) -> Result<Option<Value>, Fault> {
    let Some(text) = matches.get_one::<String>(ARGUMENTS) else { return Ok(None) };
    let usage = |why: String| Fault::usage(why, "mlhub vantage6 task create --help");
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

fn task(matches: &ArgMatches) -> Result<NewTask, Fault> {
    let text = |id: &str| matches.get_one::<String>(id).cloned();
    let number = |id: &str| matches.get_one::<i64>(id).copied();
    let numbers = |id: &str| matches.get_many::<i64>(id).into_iter().flatten().copied().collect::<Vec<_>>();
    let mut task = NewTask::new(text(IMAGE).unwrap_or_default(), text(METHOD).unwrap_or_default());
    task = task.organizations(numbers(ORGANIZATION)).depends_on(numbers(DEPENDS));
    if let Some(id) = number(COLLABORATION) {
        task = task.collaboration(id);
    }
    if let Some(id) = number(STUDY) {
        task = task.study(id);
    }
    if let Some(id) = number(SESSION) {
        task = task.session(id);
    }
    if let Some(id) = number(STORE) {
        task = task.store(id);
    }
    if let Some(word) = text(ACTION) {
        task = task.action(word);
    }
    if let Some(name) = text(NAME) {
        task = task.name(name);
    }
    if let Some(words) = text(DESCRIPTION) {
        task = task.description(words);
    }
    if let Some(value) = given(matches)? {
        task = task.arguments(value);
    }
    for id in numbers(DATAFRAME) {
        task = task.dataframe(id);
    }
    for label in matches.get_many::<String>(DATABASE).into_iter().flatten() {
        task = task.source(label.as_str());
    }
    Ok(task)
}

/// Makes the task: its id, or what its runs give where somebody waits for it.
pub(super) async fn create(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Fault> {
    let task = task(matches)?;
    let hub = Hub::open(context).await?;
    let made = hub.client.create_task(task).await.map_err(|error| hub.fault(&error))?;
    if matches.get_flag(WAIT) {
        return results::until(context, &hub, made.id, patience(matches)).await;
    }
    results::made(context, &hub, made.id, &made)
}

/// Stops a task.
pub(super) async fn kill(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Fault> {
    let hub = Hub::open(context).await?;
    let task = id(matches);
    hub.client.kill_task(task).await.map_err(|error| hub.fault(&error))?;
    context.out.notice(&format!("task {task} is being stopped"));
    Ok(())
}

//! Sessions and their dataframes.

use clap::{Arg, ArgMatches, Command};
use mlhub::vantage6::{NewDataframe, NewStep};
use serde_json::json;

use super::client::Hub;
use super::task::{arguments, given};
use super::{ID, id, number, results};
use crate::args::Format;
use crate::commands::groups::{Context, WAIT, patience, waits};
use crate::fault::Fault;

const LABEL: &str = "own:label";
const IMAGE: &str = "own:image";
const METHOD: &str = "own:method";
const NAME: &str = "own:name";
const ORGANIZATION: &str = "own:organization";
const STORE: &str = "own:store";

fn function(command: Command) -> Command {
    let text = |id, long, name, help| Arg::new(id).long(long).value_name(name).help(help);
    let number = |id, long, help| text(id, long, "ID", help).value_parser(clap::value_parser!(i64));
    command
        .arg(text(IMAGE, "image", "IMAGE", "The algorithm").required(true))
        .arg(text(METHOD, "method", "NAME", "Its function").required(true))
        .arg(arguments())
        .arg(
            number(ORGANIZATION, "organizations", "The organizations that run it; else all of them")
                .value_delimiter(','),
        )
        .arg(number(STORE, "store", "The algorithm store that the image is from"))
        .args(waits("Wait for the task that makes it"))
}

/// `dataframe create`, in place of what the table gives.
pub(super) fn dataframe(_: Command) -> Command {
    let label = Arg::new(LABEL).long("label").value_name("LABEL").required(true);
    let name = Arg::new(NAME).long("name").value_name("NAME");
    function(
        Command::new("create")
            .about("Makes a dataframe in a session, by a function that takes it from a source of the nodes")
            .arg(number(ID, "SESSION", "Id of the session"))
            .arg(label.help("The source at the nodes"))
            .arg(name.help("Its name; else two words by chance")),
    )
}

/// `dataframe preprocess`, in place of what the table gives.
pub(super) fn step(_: Command) -> Command {
    let command = Command::new("preprocess").about("Changes a dataframe by a function");
    function(command.arg(number(ID, "DATAFRAME", "Id of the dataframe")))
}

fn new_step(matches: &ArgMatches) -> Result<NewStep, Fault> {
    let text = |id: &str| matches.get_one::<String>(id).cloned().unwrap_or_default();
    let mut step = NewStep::new(text(IMAGE), text(METHOD));
    if let Some(value) = given(matches)? {
        step = step.arguments(value);
    }
    if let Some(ids) = matches.get_many::<i64>(ORGANIZATION) {
        step = step.organizations(ids.copied());
    }
    if let Some(id) = matches.get_one::<i64>(STORE) {
        step = step.store(*id);
    }
    Ok(step)
}

pub(super) async fn create(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Fault> {
    let text = |id: &str| matches.get_one::<String>(id).cloned();
    let mut new = NewDataframe::new(
        text(LABEL).unwrap_or_default(),
        text(IMAGE).unwrap_or_default(),
        text(METHOD).unwrap_or_default(),
    );
    if let Some(name) = text(NAME) {
        new = new.name(name);
    }
    if let Some(value) = given(matches)? {
        new = new.arguments(value);
    }
    if let Some(ids) = matches.get_many::<i64>(ORGANIZATION) {
        new = new.organizations(ids.copied());
    }
    if let Some(id) = matches.get_one::<i64>(STORE) {
        new = new.store(*id);
    }
    let hub = Hub::open(context).await?;
    let made = hub.client.create_dataframe(id(matches), new).await.map_err(|error| hub.fault(&error))?;
    after(context, &hub, matches, &made).await
}

pub(super) async fn preprocess(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Fault> {
    let step = new_step(matches)?;
    let hub = Hub::open(context).await?;
    let changed = hub.client.preprocess(id(matches), step).await.map_err(|error| hub.fault(&error))?;
    after(context, &hub, matches, &changed).await
}

/// The dataframe, or what its task gives where somebody waits for that.
async fn after(
    context: &Context<'_>,
    hub: &Hub,
    matches: &ArgMatches,
    dataframe: &mlhub::vantage6::types::Dataframe,
) -> Result<(), Fault> {
    let task = dataframe.last_session_task.as_ref().map(|task| task.id);
    match task {
        Some(task) if matches.get_flag(WAIT) => results::until(context, hub, task, patience(matches)).await,
        Some(task) => results::made(context, hub, task, dataframe),
        None => context.out.value(&serde_json::to_value(dataframe).map_err(Fault::local)?),
    }
}

/// A session with its dataframes and tasks.
pub(super) async fn tree(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Fault> {
    let hub = Hub::open(context).await?;
    let tree = hub.client.session().tree(id(matches)).await.map_err(|error| hub.fault(&error))?;
    match context.out.asked() {
        Some(Format::Json | Format::Yaml) => {
            let value = json!({"session": tree.session, "dataframes": tree.dataframes, "tasks": tree.tasks});
            context.out.value(&value)
        }
        _ => context.out.text(&format!("{tree}\n")),
    }
}

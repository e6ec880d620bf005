//! `vantage6 dataframe create`, `dataframe preprocess` and `session tree`.

use clap::{Arg, ArgMatches, Command};
use mlhub::vantage6::{NewDataframe, NewStep};
use serde_json::json;

use super::args::{ID, arguments_option, function_arguments, id, id_argument};
use super::client::HqClient;
use super::results;
use crate::error::{CliError, CliResult};
use crate::global::Format;
use crate::operation::context::PlatformContext;
use crate::operation::options::{WAIT, timeout, wait_options};

const LABEL: &str = "own:label";
const IMAGE: &str = "own:image";
const METHOD: &str = "own:method";
const NAME: &str = "own:name";
const ORGANIZATION: &str = "own:organization";
const STORE: &str = "own:store";

/// Options for the function that makes or changes a dataframe.
fn function_options(command: Command) -> Command {
    let text = |id, long, name, help| Arg::new(id).long(long).value_name(name).help(help);
    let number = |id, long, help| text(id, long, "ID", help).value_parser(clap::value_parser!(i64));
    command
        .arg(text(IMAGE, "image", "IMAGE", "The algorithm").required(true))
        .arg(text(METHOD, "method", "NAME", "Its function").required(true))
        .arg(arguments_option())
        .arg(
            number(ORGANIZATION, "organizations", "The organizations that run it; else all of them")
                .value_delimiter(','),
        )
        .arg(number(STORE, "store", "The algorithm store that the image is from"))
        .args(wait_options("Wait for the task that makes it"))
}

/// Command `dataframe create`, in place of what the table gives.
pub(super) fn create_command(_: Command) -> Command {
    let label = Arg::new(LABEL).long("label").value_name("LABEL").required(true);
    let name = Arg::new(NAME).long("name").value_name("NAME");
    function_options(
        Command::new("create")
            .about("Makes a dataframe in a session, by a function that takes it from a source of the nodes")
            .arg(id_argument(ID, "SESSION", "Id of the session"))
            .arg(label.help("The source at the nodes"))
            .arg(name.help("Its name; else two words by chance")),
    )
}

/// Command `dataframe preprocess`, in place of what the table gives.
pub(super) fn preprocess_command(_: Command) -> Command {
    let command = Command::new("preprocess").about("Changes a dataframe by a function");
    function_options(command.arg(id_argument(ID, "DATAFRAME", "Id of the dataframe")))
}

/// Sets what the function is given, and who runs it: both kinds of step have the same setters.
macro_rules! with_options {
    ($step:expr, $matches:expr) => {{
        let mut step = $step;
        if let Some(value) = function_arguments($matches)? {
            step = step.arguments(value);
        }
        if let Some(ids) = $matches.get_many::<i64>(ORGANIZATION) {
            step = step.organizations(ids.copied());
        }
        if let Some(id) = $matches.get_one::<i64>(STORE) {
            step = step.store(*id);
        }
        step
    }};
}

/// Value of an option that clap demands.
fn required(matches: &ArgMatches, id: &str) -> String {
    matches.get_one::<String>(id).cloned().unwrap_or_default()
}

pub(super) async fn create(context: &PlatformContext<'_>, matches: &ArgMatches) -> CliResult {
    let new = NewDataframe::new(required(matches, LABEL), required(matches, IMAGE), required(matches, METHOD));
    let new = matches.get_one::<String>(NAME).into_iter().fold(new, NewDataframe::name);
    let new = with_options!(new, matches);
    let hub = HqClient::open_with_key(context).await?;
    let made = hub.client.create_dataframe(id(matches), new).await.map_err(|error| hub.error(&error))?;
    after(context, &hub, matches, &made).await
}

pub(super) async fn preprocess(context: &PlatformContext<'_>, matches: &ArgMatches) -> CliResult {
    let step = with_options!(NewStep::new(required(matches, IMAGE), required(matches, METHOD)), matches);
    let hub = HqClient::open_with_key(context).await?;
    let changed = hub.client.preprocess(id(matches), step).await.map_err(|error| hub.error(&error))?;
    after(context, &hub, matches, &changed).await
}

/// The dataframe, or what its task gives where somebody waits for that.
async fn after(
    context: &PlatformContext<'_>,
    hub: &HqClient,
    matches: &ArgMatches,
    dataframe: &mlhub::vantage6::types::Dataframe,
) -> CliResult {
    let task = dataframe.last_session_task.as_ref().map(|task| task.id);
    match task {
        Some(task) if matches.get_flag(WAIT) => results::wait_for(context, hub, task, timeout(matches)).await,
        Some(task) => results::announce(context, hub, task, dataframe),
        None => context.out.value(&serde_json::to_value(dataframe).map_err(CliError::local)?),
    }
}

/// A session with its dataframes and tasks.
pub(super) async fn session_tree(context: &PlatformContext<'_>, matches: &ArgMatches) -> CliResult {
    let hub = HqClient::open(context).await?;
    let tree = hub.client.session().tree(id(matches)).await.map_err(|error| hub.error(&error))?;
    match context.out.asked() {
        Some(Format::Json | Format::Yaml) => {
            let value = json!({"session": tree.session, "dataframes": tree.dataframes, "tasks": tree.tasks});
            context.out.value(&value)
        }
        _ => context.out.text(&format!("{tree}\n")),
    }
}

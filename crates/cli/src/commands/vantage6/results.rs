//! Results of tasks and runs: waited for, decrypted, shown.

use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command};
use futures::future::BoxFuture;
use futures::{FutureExt as _, TryStreamExt as _};
use mlhub::WaitHandle;
use mlhub::vantage6::Results;
use serde::Serialize;
use serde_json::{Value, json};

use super::args::{ID, id, id_argument};
use super::client::HqClient;
use crate::error::{CliError, CliResult};
use crate::exit::Exit;
use crate::global::Format;
use crate::operation::arguments::path_values;
use crate::operation::context::PlatformContext;
use crate::operation::options::{self, timeout, timeout_option};
use crate::operation::run::{self, show_fields};
use crate::operation::wait::watch;
use crate::output::Table;

const INCLUDE: &str = "own:include";

/// Command `task get`, which can show what the runs have given.
pub(super) fn get_command(command: Command) -> Command {
    let include = Arg::new(INCLUDE).long("include-results").action(ArgAction::SetTrue);
    command.arg(include.help("Show what its runs have given as well, decrypted"))
}

/// Command `task wait`.
pub(super) fn wait_command(_: Command) -> Command {
    Command::new("wait")
        .about("Waits for what the runs of a task give. Ctrl-C leaves the task alone")
        .arg(id_argument(ID, "TASK", "Id of the task"))
        .arg(timeout_option())
}

/// A task, with what its runs have given where that is asked for.
pub(super) async fn task(context: &PlatformContext<'_>, matches: &ArgMatches) -> CliResult {
    let op = context.op("task", "get")?;
    if !matches.get_flag(INCLUDE) {
        return run::run(context, op, matches).await;
    }
    let hub = HqClient::open_with_key(context).await?;
    let given = path_values(op, matches);
    let task = given.first().and_then(|id| id.parse().ok());
    let task = task.ok_or_else(|| CliError::usage("the id of a task is a number", "mlhub vantage6 task get --help"))?;
    let found = hub.client.task().get_with_results(task).await.map_err(|error| hub.error(&error))?;
    let mut value = serde_json::to_value(&found.task).map_err(CliError::local)?;
    if context.out.format() == Format::Table && !context.out.quiet() && options::fields(matches).is_empty() {
        // For people, each in the form in which it is read elsewhere.
        run::show(context, op, value)?;
        context.out.text("\n")?;
        return show(context, &found.results);
    }
    value["results"] = rows(&found.results).iter().map(RunRow::value).collect();
    match show_fields(context, op, matches, &value) {
        Some(shown) => shown,
        None => context.out.value(&value),
    }
}

/// Waits for a task that is there.
pub(super) async fn wait(context: &PlatformContext<'_>, matches: &ArgMatches) -> CliResult {
    let hub = HqClient::open_with_key(context).await?;
    wait_for(context, &hub, id(matches), timeout(matches)).await
}

/// Resumes a wait for what a task gives.
pub(super) fn resumed<'a>(
    context: &'a PlatformContext<'a>,
    handle: &'a WaitHandle,
    timeout: Option<Duration>,
) -> Option<BoxFuture<'a, CliResult>> {
    let op = context.platform.verb("task", "get").filter(|op| op.id == handle.op())?;
    let task = handle.arg(op.params.first()?.name).ok()?;
    Some(async move { wait_for(context, &HqClient::open_with_key(context).await?, task, timeout).await }.boxed())
}

/// Waits for what the runs of a task give, and shows it.
pub(super) async fn wait_for(
    context: &PlatformContext<'_>,
    hub: &HqClient,
    task: i64,
    timeout: Option<Duration>,
) -> CliResult {
    let op = context.op("task", "get")?;
    let results =
        watch(context, &hub.access, hub.client.wait_for_results(task), op, wait_command_line(hub, task), timeout).await;
    // Where one run has failed, the others may have given something all the same.
    let rest = format!("mlhub vantage6 task get {task} --include-results{}", hub.access.options());
    show(context, &results.map_err(|error| error.with_next_after(Exit::Failed, rest))?)
}

/// Says what was made, and how to wait for its task.
pub(super) fn announce(context: &PlatformContext<'_>, hub: &HqClient, task: i64, made: &impl Serialize) -> CliResult {
    let value = serde_json::to_value(made).map_err(CliError::local)?;
    match context.out.asked() {
        Some(_) => context.out.value(&value)?,
        None => context.out.text(&format!("{}\n", value["id"]))?,
    }
    context.out.notice(&format!("to wait for it: {}", wait_command_line(hub, task)));
    Ok(())
}

/// The command that waits for a task, now or later.
fn wait_command_line(hub: &HqClient, task: i64) -> String {
    format!("mlhub vantage6 task wait {task}{}", hub.access.options())
}

/// Result of one run.
struct RunRow {
    run: i64,
    organization: i64,
    status: String,
    result: Value,
}

impl RunRow {
    fn value(&self) -> Value {
        json!({"run": self.run, "organization": self.organization, "status": self.status, "result": self.result})
    }
}

/// Bytes that are no JSON are shown as text, as far as they are text.
fn rows(results: &Results) -> Vec<RunRow> {
    let rows = results.rows.iter().map(|row| {
        let bytes = row.bytes.as_deref().unwrap_or_default();
        let text = || Value::from(String::from_utf8_lossy(bytes).into_owned());
        let result = if bytes.is_empty() { Value::Null } else { row.json().unwrap_or_else(|_| text()) };
        RunRow { run: row.run, organization: row.organization, status: row.status.clone(), result }
    });
    rows.collect()
}

fn show(context: &PlatformContext<'_>, results: &Results) -> CliResult {
    let mut table = Table::new(["run", "organization", "status", "result"]);
    for row in rows(results) {
        table.row([row.run.into(), row.organization.into(), row.status.into(), row.result]);
    }
    context.out.table(&table)
}

/// What the algorithm of a run has logged.
pub(super) async fn log(context: &PlatformContext<'_>, matches: &ArgMatches) -> CliResult {
    let hub = HqClient::open(context).await?;
    let run = hub.client.run().get(id(matches)).send().await.map_err(|error| hub.error(&error))?;
    let log = run.log.unwrap_or_default();
    let end = if log.is_empty() || log.ends_with('\n') { "" } else { "\n" };
    context.out.text(&format!("{log}{end}"))
}

/// What a run has given, as it arrives.
pub(super) async fn result(context: &PlatformContext<'_>, matches: &ArgMatches) -> CliResult {
    let hub = HqClient::open_with_key(context).await?;
    let to_error = |error: mlhub::Error| hub.error(&error);
    let run = id(matches);
    let mut stream = hub.client.read_result(run).await.map_err(to_error)?;
    let mut nothing = true;
    while let Some(part) = stream.try_next().await.map_err(to_error)? {
        nothing = nothing && part.is_empty();
        context.out.bytes(&part)?;
    }
    if nothing {
        let found = hub.client.run().get(run).send().await.map_err(to_error)?;
        let status = serde_json::to_value(&found.status).map_err(CliError::local)?;
        let message = format!("run {run} has no result; its status is {status}");
        let next = format!("mlhub vantage6 run log {run}{}", hub.access.options());
        return Err(CliError::new(Exit::NotFound, message, next));
    }
    if context.out.is_terminal() { context.out.text("\n") } else { Ok(()) }
}

//! What tasks and runs have given: waited for, opened, shown.

use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command};
use futures::future::BoxFuture;
use futures::{FutureExt as _, TryStreamExt as _};
use mlhub::WaitHandle;
use mlhub::vantage6::Results;
use serde::Serialize;
use serde_json::{Value, json};

use super::client::Hub;
use super::{ID, id, number};
use crate::args::Format;
use crate::commands::groups::{Context, chosen, given, operation, patience, picked, reply, timeout, watch};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Table;

const INCLUDE: &str = "own:include";

/// `task get`, which can show what the runs have given.
pub(super) fn included(command: Command) -> Command {
    let include = Arg::new(INCLUDE).long("include-results").action(ArgAction::SetTrue);
    command.arg(include.help("Show what its runs have given as well, opened"))
}

/// `task wait`.
pub(super) fn awaited(_: Command) -> Command {
    Command::new("wait")
        .about("Waits for what the runs of a task give. Ctrl-C leaves the task alone")
        .arg(number(ID, "TASK", "Id of the task"))
        .arg(timeout())
}

/// A task, with what its runs have given where that is asked for.
pub(super) async fn task(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Fault> {
    let op = context.platform.verb("task", "get").ok_or_else(missing)?;
    if !matches.get_flag(INCLUDE) {
        return operation(context, op, matches).await;
    }
    let hub = Hub::open(context).await?;
    let given = given(op, matches);
    let task = given.first().and_then(|id| id.parse().ok());
    let task = task.ok_or_else(|| Fault::usage("the id of a task is a number", "mlhub vantage6 task get --help"))?;
    let found = hub.client.task().get_with_results(task).await.map_err(|error| hub.fault(&error))?;
    let mut value = serde_json::to_value(&found.task).map_err(Fault::local)?;
    if context.out.format() == Format::Table && !context.out.quiet() && chosen(matches).is_empty() {
        // For people, each in the form in which it is read elsewhere.
        reply(context, op, value)?;
        context.out.text("\n")?;
        return show(context, &found.results);
    }
    value["results"] = rows(&found.results).iter().map(Row::value).collect();
    match picked(context, op, matches, &value) {
        Some(shown) => shown,
        None => context.out.value(&value),
    }
}

/// Waits for a task that is there.
pub(super) async fn wait(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Fault> {
    let hub = Hub::open(context).await?;
    until(context, &hub, id(matches), patience(matches)).await
}

/// Takes up a wait for what a task gives, whoever has left it.
pub(super) fn resumed<'a>(
    context: &'a Context<'a>,
    handle: &'a WaitHandle,
    timeout: Option<Duration>,
) -> Option<BoxFuture<'a, Result<(), Fault>>> {
    let op = context.platform.verb("task", "get").filter(|op| op.id == handle.op())?;
    let task = handle.arg(op.params.first()?.name).ok()?;
    Some(async move { until(context, &Hub::open(context).await?, task, timeout).await }.boxed())
}

/// Waits for what the runs of a task give, and shows it.
pub(super) async fn until(context: &Context<'_>, hub: &Hub, task: i64, timeout: Option<Duration>) -> Result<(), Fault> {
    let op = context.platform.verb("task", "get").ok_or_else(missing)?;
    let results = watch(context, &hub.access, hub.client.wait_for_results(task), op, back(hub, task), timeout).await;
    // Where one run has failed, the others may have given something all the same.
    let rest = format!("mlhub vantage6 task get {task} --include-results{}", hub.access.again());
    show(context, &results.map_err(|fault| fault.next_after(Exit::Failed, rest))?)
}

/// Says what was made, and how to wait for its task.
pub(super) fn made(context: &Context<'_>, hub: &Hub, task: i64, made: &impl Serialize) -> Result<(), Fault> {
    let value = serde_json::to_value(made).map_err(Fault::local)?;
    match context.out.asked() {
        Some(_) => context.out.value(&value)?,
        None => context.out.text(&format!("{}\n", value["id"]))?,
    }
    context.out.notice(&format!("to wait for it: {}", back(hub, task)));
    Ok(())
}

/// The command that waits for a task, now or later.
fn back(hub: &Hub, task: i64) -> String {
    format!("mlhub vantage6 task wait {task}{}", hub.access.again())
}

/// What one run has given.
struct Row {
    run: i64,
    organization: i64,
    status: String,
    result: Value,
}

impl Row {
    fn value(&self) -> Value {
        json!({"run": self.run, "organization": self.organization, "status": self.status, "result": self.result})
    }
}

/// Bytes that are no JSON are shown as text, as far as they are text.
fn rows(results: &Results) -> Vec<Row> {
    let rows = results.rows.iter().map(|row| {
        let bytes = row.bytes.as_deref().unwrap_or_default();
        let text = || Value::from(String::from_utf8_lossy(bytes).into_owned());
        let result =
            if bytes.is_empty() { Value::Null } else { serde_json::from_slice(bytes).unwrap_or_else(|_| text()) };
        Row { run: row.run, organization: row.organization, status: row.status.clone(), result }
    });
    rows.collect()
}

fn show(context: &Context<'_>, results: &Results) -> Result<(), Fault> {
    let mut table = Table::new(["run", "organization", "status", "result"]);
    for row in rows(results) {
        table.row([row.run.into(), row.organization.into(), row.status.into(), row.result]);
    }
    context.out.table(&table)
}

/// What the algorithm of a run has logged.
pub(super) async fn log(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Fault> {
    let hub = Hub::open(context).await?;
    let run = hub.client.run().get(id(matches)).send().await.map_err(|error| hub.fault(&error))?;
    let log = run.log.unwrap_or_default();
    let end = if log.is_empty() || log.ends_with('\n') { "" } else { "\n" };
    context.out.text(&format!("{log}{end}"))
}

/// What a run has given, as it arrives.
pub(super) async fn result(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Fault> {
    let hub = Hub::open(context).await?;
    let fault = |error: mlhub::Error| hub.fault(&error);
    let mut stream = hub.client.read_result(id(matches)).await.map_err(fault)?;
    while let Some(part) = stream.try_next().await.map_err(fault)? {
        context.out.bytes(&part)?;
    }
    if context.out.is_terminal() { context.out.text("\n") } else { Ok(()) }
}

fn missing() -> Fault {
    Fault::usage("the document has no task_get", "mlhub ops vantage6")
}

//! One operation, from its arguments to what is shown.

use clap::ArgMatches;
use futures::TryStreamExt as _;
use mlhub::op::ReplyKind;
use mlhub::{Op, RawCall};
use serde_json::Value;

use super::show::Shown;
use super::tree::{FIELDS, LIMIT, TIMEOUT, WAIT, YES, deletes};
use super::{Context, flags, help, wait};
use crate::fault::Fault;
use crate::platforms;
use crate::profile::Access;
use crate::terminal;

/// Calls the operation and shows what it answers.
pub(crate) async fn run(context: &Context<'_>, op: &'static Op, matches: &ArgMatches) -> Result<(), Fault> {
    let access = context.access()?;
    let fault = |error: &mlhub::Error| help::fault(&access, op, error);
    let client = platforms::connect(&access, op).await?;
    let call = flags::fill(client.call(op), op, matches).await?;
    let shown = Shown { context, op, fields: fields(matches) };
    if deletes(op) && !matches.get_flag(YES) && !agreed(op, matches).await? {
        context.out.notice("nothing was deleted");
        return Ok(());
    }
    let goal = matches.try_get_one::<String>(WAIT).ok().flatten();
    if let (Some(goal), Some(awaited)) = (goal, context.platform.awaited(op)) {
        let call = if awaited.id == op.id {
            call
        } else if op.starts.is_some() {
            call.start(context.platform.ops).await.map_err(|error| fault(&error))?.0
        } else {
            let reply: Value = call.send().await.map_err(|error| fault(&error))?;
            wait::follow(context, &access, &*client, (op, awaited), matches, reply)?
        };
        let timeout = matches.get_one(TIMEOUT).copied();
        let value = wait::wait(context, &access, call, awaited, goal, timeout).await?;
        return Shown { op: awaited, ..shown }.waited(value);
    }
    if op.paging.is_some() {
        let items = call.items();
        let items = match matches.get_one::<usize>(LIMIT) {
            Some(limit) => items.limit(*limit),
            None => items,
        };
        return shown.list(items, fault).await;
    }
    if op.starts.is_some() {
        let (job, reply) = call.start(context.platform.ops).await.map_err(|error| fault(&error))?;
        shown.reply(reply)?;
        wait::announce(context, &access, job);
        return Ok(());
    }
    answer(context, &access, op, call, &shown).await
}

/// Shows what an operation answered with.
pub(crate) fn reply(context: &Context<'_>, op: &'static Op, value: Value) -> Result<(), Fault> {
    Shown { context, op, fields: Vec::new() }.waited(value)
}

/// The fields that were asked for.
pub(crate) fn fields(matches: &ArgMatches) -> Vec<String> {
    matches.get_many::<String>(FIELDS).into_iter().flatten().cloned().collect()
}

/// Shows the fields that were asked for, if any were.
pub(crate) fn picked(
    context: &Context<'_>,
    op: &'static Op,
    matches: &ArgMatches,
    value: &Value,
) -> Option<Result<(), Fault>> {
    let fields = Some(fields(matches)).filter(|fields| !fields.is_empty())?;
    Some(Shown { context, op, fields }.waited(value.clone()))
}

async fn answer(
    context: &Context<'_>,
    access: &Access,
    op: &'static Op,
    call: RawCall,
    shown: &Shown<'_>,
) -> Result<(), Fault> {
    let fault = |error: mlhub::Error| help::fault(access, op, &error);
    match op.reply {
        ReplyKind::Stream | ReplyKind::Text => {
            let mut stream = call.stream().await.map_err(fault)?;
            while let Some(part) = stream.try_next().await.map_err(fault)? {
                context.out.bytes(&part)?;
            }
            Ok(())
        }
        ReplyKind::Empty => {
            call.bytes().await.map_err(fault)?;
            // Whether something is there: else the server would have said that it is not.
            shown.reply(if op.method.as_str() == "HEAD" { true.into() } else { Value::Null })
        }
        _ => {
            let reply: Value = call.send().await.map_err(fault)?;
            shown.reply(reply)
        }
    }
}

/// Whether what is named may go. Without a terminal nobody is there to ask, and who wrote the command meant it.
async fn agreed(op: &'static Op, matches: &ArgMatches) -> Result<bool, Fault> {
    if !terminal::can_ask() {
        return Ok(true);
    }
    let named: Vec<String> = flags::given(op, matches);
    let answer = terminal::ask(&format!("Delete {} {}? [y/N]", op.group, named.join(" "))).await?;
    Ok(matches!(answer.as_str(), "y" | "Y" | "yes"))
}

//! Run of one operation: its arguments, its call, what is shown of its reply.

use clap::ArgMatches;
use futures::TryStreamExt as _;
use mlhub::op::ReplyKind;
use mlhub::{Op, RawCall};
use serde_json::Value;

use super::arguments;
use super::context::PlatformContext;
use super::error::operation_error;
use super::options::{self, LIMIT, WAIT, YES, deletes};
use super::reply_view::ReplyView;
use super::success::{check, check_begin};
use super::wait;
use super::whole_list::MOST_ROWS;
use crate::error::{CliError, CliResult};
use crate::output::Out;
use crate::profile::access::Access;
use crate::{platforms, terminal};

/// Calls the operation and shows what it answers.
pub(crate) async fn run(context: &PlatformContext<'_>, op: &'static Op, matches: &ArgMatches) -> CliResult {
    let access = context.access()?;
    let to_error = |error: &mlhub::Error| operation_error(&access, op, error);
    let client = platforms::connect(&access, op).await?;
    let call = arguments::fill(client.call(op), op, matches).await?;
    let shown = ReplyView { context, op, fields: options::fields(matches) };
    if deletes(op) && !matches.get_flag(YES) && !confirmed(op, matches).await? {
        context.out.notice("nothing was deleted");
        return Ok(());
    }
    let goal = matches.try_get_one::<String>(WAIT).ok().flatten();
    if let (Some(goal), Some(awaited)) = (goal, context.platform.awaited(op)) {
        let call = if awaited.id == op.id {
            call
        } else if op.starts.is_some() {
            call.start(context.platform.ops).await.map_err(|error| to_error(&error))?.0
        } else {
            let reply: Value = call.send().await.map_err(|error| to_error(&error))?;
            wait::follow(context, &access, &*client, (op, awaited), matches, reply)?
        };
        let timeout = options::timeout(matches);
        let value = wait::until(context, &access, call, awaited, goal, timeout).await?;
        return ReplyView { op: awaited, ..shown }.waited(value);
    }
    if op.paging.is_some() {
        let items = call.items();
        return match matches.get_one::<usize>(LIMIT) {
            Some(limit) => shown.list(items.limit(*limit), usize::MAX, to_error).await,
            None => shown.list(items, MOST_ROWS, to_error).await,
        };
    }
    if op.starts.is_some() {
        let (job, reply) = call.start(context.platform.ops).await.map_err(|error| to_error(&error))?;
        shown.reply(reply)?;
        wait::announce(context, &access, job);
        return Ok(());
    }
    answer(context, &access, op, call, &shown).await
}

/// Shows what an operation answered with.
pub(crate) fn show(context: &PlatformContext<'_>, op: &'static Op, value: Value) -> CliResult {
    ReplyView { context, op, fields: Vec::new() }.waited(value)
}

/// Shows the fields that were asked for, if any were.
pub(crate) fn show_fields(
    context: &PlatformContext<'_>,
    op: &'static Op,
    matches: &ArgMatches,
    value: &Value,
) -> Option<CliResult> {
    let fields = Some(options::fields(matches)).filter(|fields| !fields.is_empty())?;
    Some(ReplyView { context, op, fields }.waited(value.clone()))
}

async fn answer(
    context: &PlatformContext<'_>,
    access: &Access,
    op: &'static Op,
    call: RawCall,
    shown: &ReplyView<'_>,
) -> CliResult {
    let to_error = |error: mlhub::Error| operation_error(access, op, &error);
    match op.reply {
        ReplyKind::Stream | ReplyKind::Text => stream(op, call, context.out, to_error).await,
        ReplyKind::Empty => {
            let bytes = call.bytes().await.map_err(to_error)?;
            check(op, &bytes).map_err(to_error)?;
            // Whether something is there: else the server would have said that it is not.
            shown.reply(if op.method.as_str() == "HEAD" { true.into() } else { Value::Null })
        }
        _ => {
            let reply: Value = call.send().await.map_err(to_error)?;
            shown.reply(reply)
        }
    }
}

/// Prints a reply as it arrives.
pub(crate) async fn stream(
    op: &'static Op,
    call: RawCall,
    out: &Out,
    to_error: impl Fn(mlhub::Error) -> CliError,
) -> CliResult {
    let mut stream = call.stream().await.map_err(&to_error)?;
    let mut first = true;
    while let Some(part) = stream.try_next().await.map_err(&to_error)? {
        if first {
            check_begin(op, &part).map_err(&to_error)?;
        }
        first = first && part.is_empty();
        out.bytes(&part)?;
    }
    Ok(())
}

/// Whether what is named may go. Without a terminal nobody is there to ask, and who wrote the command meant it.
async fn confirmed(op: &'static Op, matches: &ArgMatches) -> CliResult<bool> {
    if !terminal::can_ask() {
        return Ok(true);
    }
    let named = arguments::path_values(op, matches).join(" ");
    terminal::ask_yes(&format!("Delete {} {named}?", op.group)).await
}

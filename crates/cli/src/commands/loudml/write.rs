//! `loudml buckets write`: points from a file, in several requests where they are many.

use clap::{Arg, ArgMatches, Command};

use super::points;
use crate::error::{CliError, CliResult};
use crate::operation::arguments::fill;
use crate::operation::context::PlatformContext;
use crate::operation::error::operation_error;
use crate::operation::options::{BODY, WAIT};
use crate::operation::run::run;
use crate::operation::wait::{announce, ended};
use crate::{input, platforms};

const FILE: &str = "own:file";
const BATCH: &str = "own:batch";
/// Points in one request.
const POINTS: &str = "1000";

/// The table's command, which takes a file as well.
pub(super) fn command(command: Command) -> Command {
    let file = Arg::new(FILE).value_name("FILE|-");
    let batch = Arg::new(BATCH).long("batch").value_name("N").default_value(POINTS);
    command
        .mut_arg(BODY, |body| body.required(false).required_unless_present(FILE).conflicts_with(FILE))
        .arg(file.help("The points: CSV with a heading, JSON lines or a JSON list; - for stdin"))
        .arg(batch.value_parser(clap::value_parser!(u32).range(1..)).help("Points in one request"))
        .after_help(
            "A table has a column `timestamp` (seconds or a date), `tag:NAME` for each tag, and numbers by their names.",
        )
}

/// Writes the points; the ids of the jobs that store them, or nothing once they are stored.
pub(super) async fn write(context: &PlatformContext<'_>, matches: &ArgMatches) -> CliResult {
    let op = context.op("buckets", "write")?;
    let Some(file) = matches.get_one::<String>(FILE) else { return run(context, op, matches).await };
    let all = points::read(&text(file).await?, file);
    let all = all.map_err(|why| CliError::usage(format!("{file}: {why}"), "mlhub loudml buckets write --help"))?;
    let batch = matches.get_one::<u32>(BATCH).map_or(1, |batch| *batch as usize);
    let access = context.access()?;
    let client = platforms::connect(&access, op).await?;
    let waits = matches.contains_id(WAIT);
    for (index, some) in all.chunks(batch).enumerate() {
        let call = fill(client.call(op), op, matches).await?.body(some);
        let started = call.start(context.platform.ops).await.map_err(|error| operation_error(&access, op, &error));
        let (job, reply) = started.inspect_err(|_| told(context, index * batch))?;
        if waits {
            ended(context, &access, job, matches).await.inspect_err(|_| told(context, index * batch))?;
            continue;
        }
        let id = reply.as_str().map_or_else(|| reply.to_string(), str::to_owned);
        context.out.text(&format!("{id}\n"))?;
        if all.len() <= batch {
            announce(context, &access, job);
        }
    }
    let (points, done) = (all.len(), if waits { "stored" } else { "sent" });
    context.out.notice(&format!("{points} points {done}"));
    Ok(())
}

/// So many got through before it failed: whoever tries again may leave them out.
fn told(context: &PlatformContext<'_>, points: usize) {
    if points > 0 {
        context.out.notice(&format!("the first {points} points were taken before"));
    }
}

async fn text(file: &str) -> CliResult<String> {
    let bytes = match file {
        "-" => input::read_all().await?,
        path => input::read_bytes(path.as_ref(), &format!("{path} cannot be read"))?,
    };
    String::from_utf8(bytes)
        .map_err(|_| CliError::usage(format!("{file} is not text"), "mlhub loudml buckets write --help"))
}

//! `loudml`: series that are read, written, evaluated and forecast, beside the groups of operations.

mod points;
mod series;
mod write;

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command};
use futures::FutureExt as _;
use mlhub::Op;
use serde_json::Value;

use crate::error::{CliError, CliResult};
use crate::exit::Exit;
use crate::operation::command_override::{CommandOverride, VerbOverride};
use crate::operation::context::PlatformContext;
use crate::operation::options::WAIT;
use crate::operation::run::run;
use crate::operation::wait::{ended, finished};
use crate::{input, platforms};

const MODELS: &str = "models";
const BUCKETS: &str = "buckets";
const JOBS: &str = "jobs";

/// The command that draws.
const PLOT: &str = "plot";
/// Ids of the options that are added here.
const DRAWN: &str = "own:plot";
const SVG: &str = "own:svg";
const SOURCE: &str = "own:source";
const DETACH: &str = "own:detach";

const HEADING: &str = "The series";

/// Override of Loud ML.
pub(crate) const OVERRIDE: CommandOverride = CommandOverride {
    platform: "loudml",
    about: "Models of time series: train, evaluate, forecast; buckets, templates, hooks and jobs",
    augment: |command| command.subcommand(plot()),
    has: |name| name == PLOT,
    run: |context, matches| async move { draw(context, matches).await }.boxed(),
    login: None,
    resume: None,
    verbs: &[
        VerbOverride::new(
            MODELS,
            "eval_model",
            |command| drawing(command).visible_alias("eval"),
            |context, matches| predict(context, "eval_model", matches).boxed(),
        ),
        VerbOverride::new(MODELS, "forecast", drawing, |context, matches| {
            predict(context, "forecast", matches).boxed()
        }),
        VerbOverride::new(
            BUCKETS,
            "read",
            |command| {
                let detach = Arg::new(DETACH).long("detach").action(ArgAction::SetTrue);
                let detach = detach.help("Print the id of the job that reads, and do not wait for it");
                drawing(command).arg(detach.help_heading(HEADING))
            },
            |context, matches| read(context, matches).boxed(),
        ),
        VerbOverride::new(BUCKETS, "write", write::command, |context, matches| write::write(context, matches).boxed()),
    ],
};

/// A command whose result is a series.
fn drawing(command: Command) -> Command {
    let drawn = Arg::new(DRAWN).long("plot").action(ArgAction::SetTrue);
    let svg = Arg::new(SVG).long("svg").value_name("FILE").value_parser(clap::value_parser!(PathBuf));
    command
        .arg(drawn.help("Draw it in letters in place of its rows; on a terminal that is usual").help_heading(HEADING))
        .arg(svg.help("Write a picture of it as well").help_heading(HEADING))
}

fn plot() -> Command {
    let source = Arg::new(SOURCE).value_name("JOB|FILE|-").required(true);
    let command = Command::new(PLOT).about("Draw the series of a job, or of a result in a file");
    let command = command.long_about(
        "Draw the series of a job, or of a result in a file\n\nFILE is JSON: what a job gave, or the job itself; - reads it \
         from stdin. A job that is not over is waited for.",
    );
    drawing(command.arg(source.help("Id of a job, or a file")))
}

/// Evaluates or forecasts: the job's id, or what it gave where somebody waits for it.
async fn predict(context: &PlatformContext<'_>, verb: &str, matches: &ArgMatches) -> CliResult {
    let op = context.op(MODELS, verb)?;
    let waits = matches.contains_id(WAIT) || matches.contains_id(SVG) || matches.get_flag(DRAWN);
    if !waits {
        return run(context, op, matches).await;
    }
    show_job(context, op, matches).await
}

/// Reads a bucket: its rows, once they are there.
async fn read(context: &PlatformContext<'_>, matches: &ArgMatches) -> CliResult {
    let op = context.op(BUCKETS, "read")?;
    if matches.get_flag(DETACH) {
        return run(context, op, matches).await;
    }
    show_job(context, op, matches).await
}

async fn show_job(context: &PlatformContext<'_>, op: &'static Op, matches: &ArgMatches) -> CliResult {
    let job = finished(context, op, matches).await?;
    series::show(context.out, series::result(&job), matches.get_one::<PathBuf>(SVG), matches.get_flag(DRAWN))
}

async fn draw(context: &PlatformContext<'_>, matches: &ArgMatches) -> CliResult {
    let Some((_, matches)) = matches.subcommand() else {
        return Err(CliError::usage("nothing is named that could be drawn", "mlhub loudml plot --help"));
    };
    let source = matches.get_one::<String>(SOURCE).map_or("-", String::as_str);
    let found = if source == "-" {
        json(&input::read_all().await?, "what came from stdin")?
    } else if std::path::Path::new(source).is_file() {
        json(&std::fs::read(source)?, source)?
    } else {
        job(context, source, matches).await?
    };
    // Whoever asks for a plot gets one, also in a pipe.
    let plain = context.out.asked().is_none();
    series::show(context.out, series::result(&found), matches.get_one::<PathBuf>(SVG), plain || matches.get_flag(DRAWN))
}

/// The job of that id, once it is over.
async fn job(context: &PlatformContext<'_>, id: &str, matches: &ArgMatches) -> CliResult<Value> {
    let missing = || CliError::new(Exit::Other, "the document has no job to wait for", "mlhub ops loudml");
    let op = context.platform.waiting(JOBS).ok_or_else(missing)?;
    let access = context.access()?;
    let client = platforms::connect(&access, op).await?;
    let path = op.params.iter().find(|param| param.place == mlhub::op::ParamLocation::Path).ok_or_else(missing)?;
    ended(context, &access, client.call(op).arg(path.name, id), matches).await
}

fn json(bytes: &[u8], shown: &str) -> CliResult<Value> {
    serde_json::from_slice(bytes).map_err(|error| {
        CliError::usage(format!("{shown} is not the JSON of a result: {error}"), "mlhub loudml plot --help")
    })
}

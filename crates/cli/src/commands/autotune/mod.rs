//! `autotune`: the experiments of a hub by their names, beside the groups of operations.

mod experiments;
mod import;
mod past_results;

use std::path::PathBuf;

use clap::{Args, FromArgMatches as _, Subcommand};
use futures::FutureExt as _;

use crate::error::{CliError, CliResult};
use crate::operation::command_override::CommandOverride;
use crate::operation::context::PlatformContext;
use experiments::ExperimentHub;

/// Override of AutoTune.
pub(crate) const OVERRIDE: CommandOverride = CommandOverride {
    platform: "autotune",
    about: "Look at the experiments of a tuning hub, delete them, bring results along",
    augment: AutotuneCommand::augment_subcommands,
    has: AutotuneCommand::has_subcommand,
    run: |context, matches| {
        async move {
            let command = AutotuneCommand::from_arg_matches(matches);
            let command = command.map_err(|error| CliError::usage(error.to_string(), "mlhub autotune --help"))?;
            exec(&command, context).await
        }
        .boxed()
    },
    login: None,
    resume: None,
    verbs: &[],
};

/// Commands of experiments.
#[derive(Debug, Subcommand)]
enum AutotuneCommand {
    /// List your experiments
    Experiments(ListArgs),
    /// Show the best trial of an experiment
    Best(ExperimentArg),
    /// List what was told, in the order of telling, and then what failed
    History(ExperimentArg),
    /// Delete an experiment with all its trials
    Delete(DeleteArgs),
    /// Bring results from elsewhere into an experiment
    ///
    /// FILE is CSV with a heading, or JSON: objects one after another, or in a list. Each row has the variables by name, and
    /// `value`, or `failed` with the reason. All rows are checked before the first is sent. What `history` prints as csv,
    /// json or jsonl can be read; a variable that is called like one of its columns stands there as `params.NAME`.
    Import(ImportArgs),
}

/// Options of `autotune experiments`.
#[derive(Args, Debug)]
struct ListArgs {
    /// Only those of this name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

/// Argument that names an experiment.
#[derive(Args, Debug)]
struct ExperimentArg {
    /// Name or id of the experiment
    #[arg(value_name = "NAME|ID")]
    experiment: String,
}

/// Options of `autotune delete`.
#[derive(Args, Debug)]
struct DeleteArgs {
    #[command(flatten)]
    which: ExperimentArg,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Options of `autotune import`.
#[derive(Args, Debug)]
struct ImportArgs {
    #[command(flatten)]
    which: ExperimentArg,
    /// The results
    file: PathBuf,
}

async fn exec(command: &AutotuneCommand, context: &PlatformContext<'_>) -> CliResult {
    let hub = ExperimentHub::open(context).await?;
    let out = context.out;
    match command {
        AutotuneCommand::Experiments(options) => hub.list(options.name.as_deref(), out).await,
        AutotuneCommand::Best(which) => hub.best(hub.find(&which.experiment).await?.id, out).await,
        AutotuneCommand::History(which) => hub.history(&hub.find(&which.experiment).await?, out).await,
        AutotuneCommand::Delete(options) => hub.delete(&options.which.experiment, options.yes, out).await,
        AutotuneCommand::Import(options) => {
            let experiment = hub.find(&options.which.experiment).await?;
            import::import(&hub, &experiment, &options.file, out).await
        }
    }
}

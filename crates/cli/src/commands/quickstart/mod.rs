//! `quickstart`: a hub in this process, a real classifier, and a search through the public client, as any program of a
//! user would do it.

mod data;
mod model;
mod report;
mod search;

use clap::Args;
use mlhub::Secret;
use uuid::Uuid;

use crate::command::{Command, CommandContext};
use crate::embedded_hub::EmbeddedHub;
use crate::error::{CliError, CliResult};

/// Default number of points to try; enough for the search to settle.
const TRIALS: u32 = 32;
/// Default seed of the search.
const SEED: i64 = 1;

/// Tune a real classifier on this machine, hub included
///
/// Starts a hub in this process, signs up a user, and tunes a nearest-neighbour classifier of 178 wines through
/// HTTP. Nothing leaves this machine and nothing is kept.
#[derive(Args, Debug)]
pub(crate) struct Quickstart {
    /// How many points to try
    #[arg(long, value_name = "N", default_value_t = TRIALS, value_parser = clap::value_parser!(u32).range(1..=1000))]
    trials: u32,
    /// Seed of the search: the same seed tries the same points
    #[arg(long, value_name = "S", default_value_t = SEED)]
    seed: i64,
}

impl Command for Quickstart {
    const NAME: &str = "quickstart";

    /// Tunes, then judges the result on folds that the search never saw.
    async fn exec(self, context: &CommandContext<'_>) -> CliResult {
        let out = context.out;
        out.notice(report::INTRODUCTION);
        // Removed when it is dropped, also after Ctrl-C.
        let folder = tempfile::tempdir().map_err(CliError::local)?;
        let password = Secret::new(Uuid::new_v4().to_string());
        let hub = EmbeddedHub::start(&folder.path().join("quickstart.sqlite"), password).await?;
        let found = search::search(&hub.client, self.trials, self.seed, out).await?;
        hub.stop().await?;
        let compared = report::compare(found.best.clone()).await?;
        report::print(&found, &compared, out)
    }
}

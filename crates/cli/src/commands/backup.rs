//! `backup`: copy of a hub's database, taken while the hub goes on.

use std::path::PathBuf;

use clap::Args;

use super::serve::{DATABASE, refused};
use crate::command::{Command, CommandContext};
use crate::error::CliResult;

/// Copy the database of a hub, which may be running
///
/// The copy holds everything that was acknowledged before, and a hub can be started on it. It appears once it is
/// whole; a file that exists is not overwritten.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  mlhub backup --database sqlite://hub.db hub-copy.db")]
pub(crate) struct Backup {
    /// Where the hub keeps everything, as `serve` was told
    #[arg(long, value_name = "URL", default_value = DATABASE)]
    database: String,
    /// The file to write
    file: PathBuf,
}

impl Command for Backup {
    const NAME: &str = "backup";

    async fn exec(self, context: &CommandContext<'_>) -> CliResult {
        mlhub_server::backup(&self.database, &self.file).await.map_err(refused)?;
        let bytes = std::fs::metadata(&self.file)?.len();
        context.out.notice(&format!("wrote {} ({bytes} bytes)", self.file.display()));
        Ok(())
    }
}

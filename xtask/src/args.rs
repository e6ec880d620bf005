//! Command line of `cargo xtask`.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Keeps documents and snapshots what they are meant to be.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", disable_version_flag = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) task: Task,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Rewrite a platform's document from what its server publishes, and say what changed.
    Refresh {
        /// Such as `autotune`: the document is openapi/PLATFORM.json.
        platform: String,
        /// Where the published document is, if not where it is known to be.
        #[arg(long, value_name = "URL|FILE")]
        from: Option<String>,
    },
    /// Fail if a document or snapshot is not what refresh and the tests would write, or if imports go in a circle.
    Check {
        /// Leave out the snapshots, which need a run of all tests.
        #[arg(long)]
        documents_only: bool,
        /// What a run of all tests has just written down under `INSTA_SNAPSHOT_REFERENCES_FILE`, in place of another run.
        #[arg(long, value_name = "FILE", conflicts_with = "documents_only")]
        tested: Option<PathBuf>,
    },
    /// Show the snapshots that tests would change, and accept them.
    Snapshot {
        /// Write them.
        #[arg(long)]
        accept: bool,
    },
    /// Print the import cycles of each crate, and the imports that reach a higher layer.
    Structure,
    /// Say what a changed document means for those who call it.
    Diff {
        /// Only this platform.
        platform: Option<String>,
        /// What to compare with: a revision, or the file of another document.
        #[arg(long, value_name = "REV|FILE", default_value = "HEAD")]
        against: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        <Args as clap::CommandFactory>::command().debug_assert();
    }
}

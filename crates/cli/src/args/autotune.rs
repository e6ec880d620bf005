//! What `autotune` takes.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What to do with experiments.
#[derive(Debug, Subcommand)]
pub(crate) enum Autotune {
    /// List your experiments
    Experiments(Experiments),
    /// Show the best trial of an experiment
    Best(Which),
    /// List what was told, in the order of telling
    History(Which),
    /// Delete an experiment with all its trials
    Delete(Delete),
    /// Bring results from elsewhere into an experiment
    ///
    /// FILE is CSV with a heading, or one JSON object per line (.jsonl). Each row has the variables by name, and `value`, or
    /// `failed` with the reason. What `history -o csv` prints can be read.
    Import(Import),
}

/// Options of `autotune experiments`.
#[derive(Args, Debug)]
pub(crate) struct Experiments {
    /// Only those of this name
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
}

/// An experiment.
#[derive(Args, Debug)]
pub(crate) struct Which {
    /// Name or id of the experiment
    #[arg(value_name = "NAME|ID")]
    pub(crate) experiment: String,
}

/// Options of `autotune delete`.
#[derive(Args, Debug)]
pub(crate) struct Delete {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Options of `autotune import`.
#[derive(Args, Debug)]
pub(crate) struct Import {
    #[command(flatten)]
    pub(crate) which: Which,
    /// The results
    pub(crate) file: PathBuf,
}

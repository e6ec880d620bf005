//! What `tune` takes.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::duration::{at_least_a_second, duration};

/// What `tune` tells beyond its options. Each paragraph is one line, for the width of the terminal to break.
pub(super) const HELP: &str = "\
In COMMAND, `{name}` is the value of that variable, also within a word; other braces beside one are doubled, `{{` and \
`}}`. A word with braces but no such name is left as it is. MLHUB_TRIAL is the id of the trial, MLHUB_STUDY the name of the \
study.

A study on this machine is the file NAME.sqlite in $XDG_DATA_HOME/mlhub/studies (~/.local/share/mlhub/studies), with \
NAME.key and NAME.lock beside it. Started again with the same name, it runs the trials that are missing; a study without a \
name is removed when it is complete. On a hub (`mlhub serve`), several machines share a study by its name; what a worker \
had that was killed is tried again after --lease.

Every trial is a process group of its own. What is too late, interrupted or left behind is sent SIGTERM, and SIGKILL five \
seconds later. Ctrl-C gives the open trials back; a second one does not wait.

Example:
  mlhub tune --space space.yaml --trials 30 --parallel 2 --minimize -- python train.py --lr {lr} --layers {layers}";

/// Options of `tune`.
#[derive(Args, Debug)]
pub(crate) struct Tune {
    /// What is tuned, in YAML or JSON
    ///
    /// A map of name to `{type: int|cont|cat, min, max, guess, options, log, step}`; a cat has options, the others min and
    /// max; guess, log and step may be left out.
    #[arg(long, value_name = "FILE")]
    pub(crate) space: PathBuf,
    /// How many trials the study is to have, those that failed included
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) trials: u32,
    /// How many trials run at once
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) parallel: u32,
    /// Look for the greatest value; this is the default
    #[arg(long, conflicts_with = "minimize")]
    pub(crate) maximize: bool,
    /// Look for the least value
    #[arg(long)]
    pub(crate) minimize: bool,
    /// Seed of the search: with one trial at a time, the same seed tries the same points
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(i64).range(0..))]
    pub(crate) seed: Option<i64>,
    /// Name of the study, which is kept and gone on with when it is named again
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Hub on which the study lies, for several machines; else it lies on this one
    #[arg(long, value_name = "URL")]
    pub(crate) hub: Option<String>,
    /// How long a trial may take, such as 90s or 1h30m
    ///
    /// One that takes longer is stopped and counts as failed.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) trial_timeout: Option<Duration>,
    /// How long a worker may be silent before its trials are given to others
    #[arg(long, value_name = "DURATION", value_parser = lease, default_value = "60s")]
    pub(crate) lease: Duration,
    /// The command, with `{name}` where a value goes
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

/// The command below a guard.
#[cfg(unix)]
#[derive(Args, Debug)]
pub(crate) struct Guard {
    /// The command
    #[arg(last = true, required = true)]
    pub(crate) command: Vec<OsString>,
}

fn lease(text: &str) -> Result<Duration, String> {
    at_least_a_second(text).ok_or_else(|| "hubs count in whole seconds, so it is one at least, such as 60s".to_owned())
}

//! `cargo xtask`: keeps documents and snapshots what they are meant to be.

mod args;
mod check;
mod diff;
mod failure;
mod fetch;
mod platforms;
mod refresh;
mod report_table;
mod snapshots;
mod structure;
mod workspace;

use std::process::ExitCode;

use args::{Args, Task};
use check::Snapshots;
use clap::Parser;
use workspace::Workspace;

fn main() -> ExitCode {
    let workspace = Workspace::here();
    let done = match Args::parse().task {
        Task::Refresh { platform, from } => refresh::run(&workspace, &platform, from.as_deref()),
        Task::Check { documents_only: true, .. } => check::run(&workspace, Snapshots::Leave),
        Task::Check { tested: Some(file), .. } => check::run(&workspace, Snapshots::Tested(file)),
        Task::Check { .. } => check::run(&workspace, Snapshots::Test),
        Task::Snapshot { accept } => snapshots::run(&workspace, accept),
        Task::Structure => structure::run(&workspace),
        Task::Diff { platform, against } => diff::run(&workspace, platform.as_deref(), &against),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

//! The `mlhub` program.
//!
//! Data goes to stdout, everything that is said about it to stderr; every
//! error ends with the next command to try, and the exit code says what sort
//! of failure it was.

mod args;
mod clock;
mod commands;
mod direction;
#[cfg(feature = "hub")]
mod embedded;
mod exit;
mod fault;
mod interrupt;
mod output;
mod platforms;
mod plot;
mod profile;
mod progress;
#[cfg(feature = "hub")]
mod quickstart;
mod terminal;
mod tune;

use std::process::ExitCode;

use clap::Parser as _;

use args::Cli;
use exit::Exit;
use fault::Fault;
use output::Out;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(args::report(&error)),
    };
    if let Some(choice) = cli.global.color {
        anstream::ColorChoice::from(choice).write_global();
    }
    terminal::log(&cli.command);
    let out = Out::new(&cli.global);
    match run(cli, &out) {
        Ok(()) => ExitCode::from(Exit::Ok.code()),
        Err(fault) => ExitCode::from(fault.report().code()),
    }
}

fn run(cli: Cli, out: &Out) -> Result<(), Fault> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Fault::local)?;
    let result = runtime.block_on(commands::run(cli, out));
    // A password prompt or a model being fitted cannot be cancelled; nobody
    // waits for its end once the answer, or Ctrl-C, is there.
    runtime.shutdown_background();
    result
}

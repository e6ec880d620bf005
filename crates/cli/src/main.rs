//! Program `mlhub`.
//!
//! Data goes to stdout, everything that is said about it to stderr; every error ends with the next command to try, and
//! the exit code says what sort of failure it was.

mod cli;
mod command;
mod commands;
mod direction;
#[cfg(feature = "hub")]
mod embedded_hub;
mod error;
mod escape;
mod exit;
mod format;
mod global;
mod input;
mod operation;
mod output;
mod platform;
mod platforms;
mod plot;
mod private_file;
mod profile;
mod signals;
mod terminal;
mod variable_columns;

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::Parser as _;

use cli::Cli;
use command::DetachHint;
use error::{CliError, CliResult};
use exit::Exit;
use output::Out;

fn main() -> ExitCode {
    // Started for each trial, so it goes without the command tree.
    #[cfg(unix)]
    if let Some(command) = commands::tune::supervisor::requested(std::env::args_os()) {
        return ended(run(commands::tune::supervisor::run(&command)));
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let mut exit = Exit::Usage;
            let reported = run(async {
                exit = cli::report(&error)?;
                Ok(())
            });
            return if reported.is_err() { ended(reported) } else { ExitCode::from(exit.code()) };
        }
    };
    if let Some(choice) = cli.global.color {
        anstream::ColorChoice::from(choice).write_global();
    }
    terminal::log(cli.log_level());
    let (out, detach) = (Out::new(&cli.global), DetachHint::default());
    ended(run(cli.exec(&cli.context(&out, &detach))))
}

fn run(command: impl Future<Output = CliResult>) -> CliResult {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(CliError::local)?;
    let result = runtime.block_on(async {
        // A file that may grow no further is an error of who writes it, and does not end the program by a signal.
        #[cfg(unix)]
        let _caught = signals::catch_file_size();
        command.await
    });
    // A password prompt or a model being fitted cannot be cancelled; nobody waits for its end once the answer, or
    // Ctrl-C, is there.
    runtime.shutdown_background();
    result
}

/// Reports an error on stderr; the exit code.
fn ended(result: CliResult) -> ExitCode {
    let Err(CliError::Reported(report)) = result else { return ExitCode::from(Exit::Ok.code()) };
    let red = AnsiColor::Red.on_default().bold();
    let bold = Style::new().bold();
    // A terminal has written ^C, and stands behind it.
    let new_line = if report.exit == Exit::Interrupted && io::stderr().is_terminal() { "\n" } else { "" };
    let mut text = format!("{new_line}{red}error:{red:#} {}\n", terminal::safe(&report.message));
    for cause in &report.causes {
        text += &format!("  cause: {}\n", terminal::safe(cause));
    }
    if let Some(note) = report.note {
        text += &format!("  note: {note}\n");
    }
    text += &format!("  next: {bold}{}{bold:#}\n", terminal::safe(&report.next));
    terminal::write_styled(&text);
    ExitCode::from(report.exit.code())
}

//! What clap has to say, in this program's words.

use clap::CommandFactory as _;

use super::Cli;
use crate::commands::groups::way_on;
use crate::exit::Exit;
use crate::terminal::write_stderr;

/// Prints what clap has to say: help and version on stdout, a mistake on
/// stderr with the command that helps. How the program should end.
pub(crate) fn report(error: &clap::Error) -> u8 {
    if !error.use_stderr() {
        // A reader that has gone is no failure.
        let _ = error.print();
        return Exit::Ok.code();
    }
    let text = error.render().ansi().to_string();
    let words: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let known = Cli::command();
    let asked = words.iter().find(|word| known.find_subcommand(word).is_some());
    let next = asked.map(|command| match way_on(&words) {
        // `ops auger` is a command of its own.
        Some(way) if way.starts_with(&format!("mlhub {command}")) => way,
        _ => format!("mlhub {command}"),
    });
    let next = next.unwrap_or_else(|| "mlhub".to_owned()) + " --help";
    // Clap's own closing line names an option, not a command.
    let text = text.rfind("\n\nFor more information").map_or(text.as_str(), |end| &text[..end]);
    write_stderr(&format!("{}\n\n  next: {next}\n", text.trim_end()));
    Exit::Usage.code()
}

//! What clap has to say, in this program's words.

use clap::CommandFactory as _;

use super::Cli;
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
    let known = Cli::command();
    let asked = std::env::args().skip(1).find(|word| known.find_subcommand(word).is_some());
    let next = asked.map_or_else(|| "mlhub --help".to_owned(), |command| format!("mlhub {command} --help"));
    // Clap's own closing line names an option, not a command.
    let text = text.rfind("\n\nFor more information").map_or(text.as_str(), |end| &text[..end]);
    write_stderr(&format!("{}\n\n  next: {next}\n", text.trim_end()));
    Exit::Usage.code()
}

//! Terminal: warnings on stderr, questions to people, logs.

use std::borrow::Cow;
use std::io::{self, ErrorKind, IsTerminal as _, Write};

use mlhub::Secret;
use tracing_subscriber::EnvFilter;

use crate::error::{CliError, CliResult};
use crate::escape::{by_number, for_terminal, is_active};
use crate::input;

/// Width of a terminal that does not say; as everywhere since the VT100.
const WIDTH: usize = 80;

/// Writes to stderr. What comes from servers must not command a terminal.
pub(crate) fn write_stderr(text: &str) {
    write_styled(&safe(text));
}

/// Writes text with colours of ours to stderr, without them where nobody wants them. There is nobody
/// left to be told that stderr is closed.
pub(crate) fn write_styled(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Text for stderr: on a terminal, without what it would obey.
pub(crate) fn safe(text: &str) -> Cow<'_, str> {
    if std::io::stderr().is_terminal() { for_terminal(text) } else { Cow::Borrowed(text) }
}

/// A warning; said even under `--quiet`.
pub(crate) fn warn(text: &str) {
    let yellow = anstyle::AnsiColor::Yellow.on_default().bold();
    write_styled(&format!("{yellow}warning:{yellow:#} {}\n", safe(text)));
}

/// Columns of the terminal behind stdout.
pub(crate) fn width() -> usize {
    terminal_size::terminal_size_of(std::io::stdout()).map_or(WIDTH, |(width, _)| width.0.into())
}

/// Whether somebody is there to answer: what is asked goes to stderr, what is
/// answered comes from stdin.
pub(crate) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks for a line.
pub(crate) async fn ask(question: &str) -> CliResult<String> {
    write_stderr(&format!("{question}: "));
    Ok(input::read_line().await?.trim().to_owned())
}

/// Asks whether to go on with it.
pub(crate) async fn ask_yes(question: &str) -> CliResult<bool> {
    Ok(matches!(ask(&format!("{question} [y/N]")).await?.as_str(), "y" | "Y" | "yes"))
}

/// Asks for a password; what is typed is not shown. Ctrl-C arrives here as a
/// letter, so that the terminal shows letters again before the program ends:
/// that is why this one does wait on the spot.
pub(crate) fn ask_password(question: &str) -> CliResult<Secret> {
    match rpassword::prompt_password(format!("{}: ", safe(question))) {
        Ok(typed) => Ok(typed.into()),
        Err(error) if error.kind() == ErrorKind::Interrupted => Err(CliError::interrupted()),
        Err(error) => Err(CliError::local(error)),
    }
}

/// Sends logs of that level to stderr, unless `RUST_LOG` names another.
pub(crate) fn log(level: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .with_writer(LogWriter::default)
        .init();
}

/// Writer of logs to stderr. Escape characters in values were taken out where they are formatted, so those that are left are
/// the colours; the rest of what a terminal would obey is taken out here.
#[derive(Debug, Default)]
struct LogWriter {
    terminal: Option<bool>,
}

impl Write for LogWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if *self.terminal.get_or_insert_with(|| io::stderr().is_terminal()) {
            io::stderr().write_all(log_line(&String::from_utf8_lossy(line)).as_bytes())?;
        } else {
            io::stderr().write_all(line)?;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

fn log_line(line: &str) -> String {
    let letter = |letter: char| match letter {
        '\n' | '\t' | '\u{1b}' => letter.to_string(),
        letter if is_active(letter) => by_number(letter),
        letter => letter.to_string(),
    };
    line.chars().map(letter).collect()
}

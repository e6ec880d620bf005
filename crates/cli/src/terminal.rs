//! What is said to people: notices on stderr, questions on a terminal, logs.

use std::io::{BufRead as _, ErrorKind, IsTerminal as _, Read as _, StdinLock, Write as _};

use mlhub::Secret;
use tracing_subscriber::EnvFilter;

use crate::args::Command;
use crate::fault::Fault;

/// Width of a terminal that does not say; as everywhere since the VT100.
const WIDTH: usize = 80;

/// Writes to stderr, without colours where nobody wants them. There is nobody
/// left to be told that stderr is closed.
pub(crate) fn write_stderr(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// A warning; said even under `--quiet`.
pub(crate) fn warn(text: &str) {
    let yellow = anstyle::AnsiColor::Yellow.on_default().bold();
    write_stderr(&format!("{yellow}warning:{yellow:#} {text}\n"));
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
pub(crate) async fn ask(question: &str) -> Result<String, Fault> {
    write_stderr(&format!("{question}: "));
    let line = read(|stdin, text: &mut String| stdin.read_line(text)).await?;
    Ok(line.trim().to_owned())
}

/// Asks for a password; what is typed is not shown. Ctrl-C arrives here as a
/// letter, so that the terminal shows letters again before the program ends:
/// that is why this one does wait on the spot.
pub(crate) fn ask_password(question: &str) -> Result<Secret, Fault> {
    match rpassword::prompt_password(format!("{question}: ")) {
        Ok(typed) => Ok(typed.into()),
        Err(error) if error.kind() == ErrorKind::Interrupted => Err(Fault::interrupted()),
        Err(error) => Err(Fault::local(error)),
    }
}

/// The first line of stdin, for a password that a script pipes in.
pub(crate) async fn read_password() -> Result<Secret, Fault> {
    let line = read(|stdin, text: &mut String| stdin.read_line(text)).await?;
    Ok(line.trim_end_matches(['\r', '\n']).into())
}

/// All of stdin.
pub(crate) async fn read_all() -> Result<Vec<u8>, Fault> {
    read(|stdin, bytes: &mut Vec<u8>| stdin.read_to_end(bytes)).await
}

/// Reads stdin on a thread of its own, so that Ctrl-C is heard meanwhile.
async fn read<T: Default + Send + 'static>(
    how: impl FnOnce(&mut StdinLock<'static>, &mut T) -> std::io::Result<usize> + Send + 'static,
) -> Result<T, Fault> {
    let read = move || {
        let mut what = T::default();
        how(&mut std::io::stdin().lock(), &mut what).map(|_| what)
    };
    tokio::task::spawn_blocking(read).await.map_err(Fault::local)?.map_err(Fault::local)
}

/// Sends logs to stderr. Silent but for warnings, unless `RUST_LOG` says
/// otherwise; a server tells of its requests.
pub(crate) fn log(command: &Command) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(command.log_level()));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .with_writer(std::io::stderr)
        .init();
}

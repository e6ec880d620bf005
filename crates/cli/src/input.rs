//! Input of a command: stdin, and files that its arguments name.

use std::io::{BufRead as _, Read as _, StdinLock};
use std::path::{Path, PathBuf};

use mlhub::Secret;

use crate::error::{CliError, CliResult};

/// Path as somebody has written it in a setting, where no shell has read `~`.
pub(crate) fn home_path(text: &str) -> PathBuf {
    match (text.strip_prefix("~/"), etcetera::home_dir()) {
        (Some(rest), Ok(home)) => home.join(rest),
        _ => text.into(),
    }
}

/// Text of a file. `what` is the file in the words of an error, such as its path.
pub(crate) fn read_text(path: &Path, what: &str) -> CliResult<String> {
    std::fs::read_to_string(path).map_err(|error| unreadable(path, what, &error))
}

/// Bytes of a file.
pub(crate) fn read_bytes(path: &Path, what: &str) -> CliResult<Vec<u8>> {
    std::fs::read(path).map_err(|error| unreadable(path, what, &error))
}

fn unreadable(path: &Path, what: &str, error: &std::io::Error) -> CliError {
    CliError::usage(format!("{what}: {error}"), format!("ls -l {}", path.display()))
}

/// First line of stdin, with its end.
pub(crate) async fn read_line() -> CliResult<String> {
    read(|stdin, text: &mut String| stdin.read_line(text)).await
}

/// Password that a script pipes in: the first line of stdin.
pub(crate) async fn read_password() -> CliResult<Secret> {
    Ok(read_line().await?.trim_end_matches(['\r', '\n']).into())
}

/// All of stdin.
pub(crate) async fn read_all() -> CliResult<Vec<u8>> {
    read(|stdin, bytes: &mut Vec<u8>| stdin.read_to_end(bytes)).await
}

/// Reads stdin on a thread of its own, so that Ctrl-C is heard meanwhile.
async fn read<T: Default + Send + 'static>(
    how: impl FnOnce(&mut StdinLock<'static>, &mut T) -> std::io::Result<usize> + Send + 'static,
) -> CliResult<T> {
    let read = move || {
        let mut what = T::default();
        how(&mut std::io::stdin().lock(), &mut what).map(|_| what)
    };
    tokio::task::spawn_blocking(read).await.map_err(CliError::local)?.map_err(CliError::local)
}

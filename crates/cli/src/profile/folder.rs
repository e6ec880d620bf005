//! Profile folder in the user's config folder: where both files of profiles are.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

use crate::error::{CliError, CliResult};
use crate::exit::Exit;

/// The folder of this user: `$XDG_CONFIG_HOME/mlhub`, or where the system has such folders.
pub(crate) fn folder() -> CliResult<PathBuf> {
    let strategy = etcetera::choose_base_strategy().map_err(CliError::local)?;
    Ok(strategy.config_dir().join("mlhub"))
}

/// Text of a file of profiles; nothing where there is none.
pub(super) fn read(path: &Path) -> CliResult<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text).filter(|text| !text.trim().is_empty())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("read", path, &error)),
    }
}

/// Error of a file that the system does not let through.
pub(super) fn failed(what: &str, path: &Path, error: &std::io::Error) -> CliError {
    let message = format!("{} cannot be {what}: {error}", path.display());
    CliError::new(Exit::Other, message, format!("ls -l {}", path.display()))
}

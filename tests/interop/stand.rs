//! Where the environment is, and how its scripts are started.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use aws_lc_rs::digest;

/// The interpreter with all packages; nothing where it was not installed.
static PYTHON: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    if let Some(path) = std::env::var_os("MLHUB_INTEROP_PYTHON") {
        return Some(PathBuf::from(path));
    }
    // As the script `environment` names it.
    let pins = digest::digest(&digest::SHA256, include_bytes!("requirements.txt"));
    let name: String = pins.as_ref().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cache")))?;
    let folder = cache.join(format!("mlhub/interop-{name}"));
    folder.join("complete").exists().then(|| folder.join("bin/python"))
});

/// Whether the tests can run. Where they cannot, that is said loudly, and a
/// failure where they are required.
pub(crate) fn is_there() -> bool {
    if PYTHON.is_some() {
        return true;
    }
    let required = std::env::var("MLHUB_REQUIRE").unwrap_or_default();
    assert!(!required.split(',').any(|what| what == "interop"), "no environment: run tests/interop/environment");
    eprintln!("\n*** SKIPPED: nothing was tested against the real HQ; tests/interop/environment installs it ***\n");
    false
}

/// One of the scripts here, with its ends as pipes.
pub(crate) fn script(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(PYTHON.as_ref().expect("the environment is there"));
    command.arg(Path::new(crate::FOLDER).join(name)).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

//! Workspace: where things stand in this repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::failure::Failure;

/// The repository, or a folder laid out like it.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The repository that this program was built in.
    pub(crate) fn here() -> Self {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self { root: package.parent().unwrap_or(package).to_owned() }
    }

    #[cfg(test)]
    pub(crate) fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The path of a file as people write it, from the root.
    pub(crate) fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }

    pub(crate) fn document(&self, platform: &str) -> PathBuf {
        self.root.join("openapi").join(format!("{platform}.json"))
    }

    pub(crate) fn overlay(&self, platform: &str) -> PathBuf {
        self.root.join("openapi/overlays").join(format!("{platform}.json"))
    }

    /// The JSON Schema of `x-mlhub`, for editors.
    pub(crate) fn extension_schema(&self) -> PathBuf {
        self.root.join("openapi/x-mlhub.schema.json")
    }

    /// The text of a file; nothing if there is none.
    pub(crate) fn read(&self, path: &Path) -> Result<Option<String>, Failure> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::file(path, &error)),
        }
    }

    /// The JSON of a file; nothing if there is none.
    pub(crate) fn read_json(&self, path: &Path) -> Result<Option<Value>, Failure> {
        self.read(path)?.map(|text| json(&self.shown(path), &text)).transpose()
    }

    /// The cargo that runs this, which also knows its toolchain; otherwise the one on the path.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(&self.root);
        cargo
    }

    /// The folder that cargo builds into, which the environment and configurations may put elsewhere.
    pub(crate) fn target(&self) -> Result<PathBuf, Failure> {
        let run = self.cargo().args(["metadata", "--no-deps", "--format-version", "1"]).output();
        let output = run.map_err(|error| Failure::new(format!("cargo cannot be run: {error}")))?;
        let metadata = json("what `cargo metadata` prints", &String::from_utf8_lossy(&output.stdout))?;
        let folder = metadata["target_directory"].as_str();
        folder.map(PathBuf::from).ok_or_else(|| Failure::new("`cargo metadata` names no target folder"))
    }

    /// What a command of git prints, or why it fails.
    pub(crate) fn git(&self, arguments: &[&str]) -> Result<String, Failure> {
        let run = Command::new("git").arg("-C").arg(&self.root).args(arguments).stdin(Stdio::null()).output();
        let output = run.map_err(|error| Failure::new(format!("git cannot be run: {error}")))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Failure::new(format!("git {}: {}", arguments.join(" "), said.trim())))
    }
}

pub(crate) fn json(name: &str, text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).map_err(|error| Failure::new(format!("{name} is not JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_folder_is_where_this_test_was_built() {
        let target = Workspace::here().target().expect("cargo says it");
        let this = std::env::current_exe().expect("this program");
        assert!(this.starts_with(&target), "{} is not in {}", this.display(), target.display());
    }
}

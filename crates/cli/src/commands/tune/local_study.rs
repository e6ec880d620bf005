//! Local study: files in the user's data folder, and a hub in this process while it is worked on.
//!
//! Nobody else can read the files: values and categories are the user's own.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use mlhub::Secret;
use mlhub::autotune::Client;
use uuid::Uuid;

use crate::embedded_hub::EmbeddedHub;
use crate::error::{CliError, CliResult};
use crate::exit::Exit;

/// What a name may have beside letters and digits: nothing that means something to a file system or a shell.
const MARKS: &str = "-_.";
/// The longest name: with an ending it fits every file system.
const LONGEST: usize = 100;
/// Of a study without a name: so many letters of a random id, enough that none meets another.
const FRESH: usize = 8;

/// Local study, which this process works on, and nobody else.
pub(super) struct LocalStudy {
    // In this order: a study that goes has no hub by then.
    hub: EmbeddedHub,
    files: StudyFiles,
}

impl LocalStudy {
    /// Starts a hub on the study of that name, or on one for this time only.
    pub(super) async fn start(name: Option<&str>) -> CliResult<LocalStudy> {
        let folder = folder()?;
        let files = name.map_or_else(|| StudyFiles::fresh(&folder), |name| StudyFiles::hold(&folder, name))?;
        let hub = EmbeddedHub::start(&files.database, files.password()?).await?;
        Ok(LocalStudy { hub, files })
    }

    /// A client of the hub.
    pub(super) fn client(&self) -> Client {
        self.hub.client.clone()
    }

    /// The study's name.
    pub(super) fn name(&self) -> &str {
        &self.files.name
    }

    /// Stops the hub. A study without a name that has `served` is removed.
    pub(super) async fn finish(mut self, served: bool) -> CliResult {
        if !served {
            self.files.keep();
        }
        self.hub.stop().await
    }
}

/// Files of one study, held by this process.
#[derive(Debug)]
struct StudyFiles {
    name: String,
    database: PathBuf,
    key: PathBuf,
    lock_path: PathBuf,
    /// Whether it goes when it is let go.
    temporary: bool,
    /// Let go by the system, however this process ends.
    _lock: File,
}

/// Folder of studies: `$XDG_DATA_HOME/mlhub/studies`, or where the system has such folders.
fn folder() -> CliResult<PathBuf> {
    let strategy = etcetera::choose_base_strategy().map_err(CliError::local)?;
    Ok(strategy.data_dir().join("mlhub").join("studies"))
}

impl StudyFiles {
    /// Makes a study that nobody named, which is removed when it is let go.
    fn fresh(folder: &Path) -> CliResult<StudyFiles> {
        let id = Uuid::new_v4().simple().to_string();
        let mut files = StudyFiles::hold(folder, &format!("unnamed-{}", &id[..FRESH]))?;
        files.temporary = true;
        Ok(files)
    }

    /// Takes hold of the study of that name, which may not be there yet.
    fn hold(folder: &Path, name: &str) -> CliResult<StudyFiles> {
        check(name)?;
        let file = |ending: &str| folder.join(format!("{name}.{ending}"));
        let (database, key, lock_path) = (file("sqlite"), file("key"), file("lock"));
        private_folder(folder).map_err(|error| failed("made", folder, &error))?;
        let lock = private().open(&lock_path).map_err(|error| failed("opened", &lock_path, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(taken(name)),
            Err(TryLockError::Error(error)) => return Err(failed("locked", &lock_path, &error)),
        }
        // The hub makes a file that others can read, so it finds one that they cannot.
        private().open(&database).map_err(|error| failed("opened", &database, &error))?;
        Ok(StudyFiles { name: name.to_owned(), database, key, lock_path, temporary: false, _lock: lock })
    }

    /// The password of the user to whom the study belongs.
    fn password(&self) -> CliResult<Secret> {
        let read_or_make = || -> std::io::Result<String> {
            let mut file = private().open(&self.key)?;
            let mut password = String::new();
            file.read_to_string(&mut password)?;
            if password.is_empty() {
                password = Uuid::new_v4().to_string();
                file.write_all(password.as_bytes())?;
                file.sync_all()?;
            }
            Ok(password)
        };
        read_or_make().map(Secret::from).map_err(|error| failed("read", &self.key, &error))
    }

    /// Keeps a study that would have gone.
    fn keep(&mut self) {
        self.temporary = false;
    }
}

impl Drop for StudyFiles {
    fn drop(&mut self) {
        if !self.temporary {
            return;
        }
        let beside = |ending: &str| PathBuf::from(format!("{}{ending}", self.database.display()));
        for path in [&self.database, &beside("-wal"), &beside("-shm"), &self.key, &self.lock_path] {
            // What is not there need not be removed, and what cannot be removed does no harm.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// A name that is the same on every system, and stays in the folder.
fn check(name: &str) -> CliResult {
    let usual = |letter: char| letter.is_ascii_alphanumeric() || MARKS.contains(letter);
    if !name.is_empty() && name.len() <= LONGEST && name.chars().all(usual) && !name.starts_with(['.', '-']) {
        return Ok(());
    }
    let message = format!(
        "{name:?} cannot be the name of a study: it has 1 to {LONGEST} letters, digits, or any of {MARKS}, and does not \
         begin with a dot or a dash"
    );
    Err(CliError::usage(message, "mlhub tune --help"))
}

fn taken(name: &str) -> CliError {
    let message = format!(
        "the study {name:?} is being worked on by another `mlhub tune` on this machine; several can share a study on a hub"
    );
    CliError::new(Exit::Conflict, message, "mlhub serve, then mlhub tune --hub URL --name NAME in each place")
}

fn failed(what: &str, path: &Path, error: &std::io::Error) -> CliError {
    let shown = path.display();
    CliError::new(Exit::Other, format!("{shown} cannot be {what}: {error}"), format!("ls -ld {shown}"))
}

fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// A file that is made if it is not there, and keeps what is in it.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_study_is_held_by_one_at_a_time_and_keeps_its_password() {
        let folder = tempfile::tempdir().unwrap();
        let files = StudyFiles::hold(folder.path(), "one").unwrap();
        let password = files.password().unwrap();
        let said = format!("{:?}", StudyFiles::hold(folder.path(), "one").unwrap_err());
        assert!(said.contains("Conflict") && said.contains("--hub"), "{said}");
        assert!(StudyFiles::hold(folder.path(), "two").is_ok());
        drop(files);
        let again = StudyFiles::hold(folder.path(), "one").unwrap();
        assert_eq!(again.password().unwrap().expose(), password.expose());
        assert!(!format!("{again:?}").contains(password.expose()));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let studies = folder.path().join("a/studies");
        let files = StudyFiles::hold(&studies, "one").unwrap();
        files.password().unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&studies), 0o700);
        for path in [&files.database, &files.key, &files.lock_path] {
            assert_eq!(mode(path), 0o600, "{path:?}");
        }
    }

    #[test]
    fn a_study_without_a_name_goes_unless_it_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let left = || std::fs::read_dir(folder.path()).unwrap().count();
        let files = StudyFiles::fresh(folder.path()).unwrap();
        files.password().unwrap();
        assert_eq!(left(), 3);
        drop(files);
        assert_eq!(left(), 0);
        StudyFiles::fresh(folder.path()).unwrap().keep();
        StudyFiles::hold(folder.path(), "named").unwrap();
        assert_eq!(left(), 4);
    }

    #[test]
    fn names_stay_in_the_folder() {
        for name in ["", ".", "..", "../x", "a/b", "a b", ".hidden", "-x", "é", "a\0", &"a".repeat(101)] {
            assert!(check(name).is_err(), "{name:?}");
        }
        for name in ["a", "forest-2", "A_b.c", "1"] {
            assert!(check(name).is_ok(), "{name:?}");
        }
    }
}

//! The files of a study in the user's data folder. Nobody else can read them: values and categories are the user's own.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use mlhub::Secret;
use uuid::Uuid;

use crate::exit::Exit;
use crate::fault::Fault;

/// What a name may have beside letters and digits: nothing that means something to a file system or a shell.
const MARKS: &str = "-_.";
/// The longest name: with an ending it fits every file system.
const LONGEST: usize = 100;
/// Of a study without a name: so many letters of a random id, enough that none meets another.
const FRESH: usize = 8;

/// The files of one study, held by this process.
#[derive(Debug)]
pub(crate) struct Files {
    name: String,
    database: PathBuf,
    key: PathBuf,
    lock_path: PathBuf,
    /// Whether it goes when it is let go.
    passing: bool,
    /// Let go by the system, however this process ends.
    _lock: File,
}

/// Where studies are kept: `$XDG_DATA_HOME/mlhub/studies`, or where the system has such folders.
pub(crate) fn folder() -> Result<PathBuf, Fault> {
    let strategy = etcetera::choose_base_strategy().map_err(Fault::local)?;
    Ok(strategy.data_dir().join("mlhub").join("studies"))
}

impl Files {
    /// Makes a study that nobody named, which is removed when it is let go.
    pub(crate) fn fresh(folder: &Path) -> Result<Files, Fault> {
        let id = Uuid::new_v4().simple().to_string();
        let files = Files::hold(folder, &format!("unnamed-{}", &id[..FRESH]))?;
        Ok(files.into_passing())
    }

    /// Takes hold of the study of that name, which may not be there yet.
    pub(crate) fn hold(folder: &Path, name: &str) -> Result<Files, Fault> {
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
        Ok(Files { name: name.to_owned(), database, key, lock_path, passing: false, _lock: lock })
    }

    /// The study's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The hub's database.
    pub(crate) fn database(&self) -> &Path {
        &self.database
    }

    /// The password of the user to whom the study belongs.
    pub(crate) fn password(&self) -> Result<Secret, Fault> {
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

    fn into_passing(mut self) -> Files {
        self.passing = true;
        self
    }

    /// Keeps a study that would have gone.
    pub(crate) fn keep(&mut self) {
        self.passing = false;
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        if !self.passing {
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
fn check(name: &str) -> Result<(), Fault> {
    let usual = |letter: char| letter.is_ascii_alphanumeric() || MARKS.contains(letter);
    if !name.is_empty() && name.len() <= LONGEST && name.chars().all(usual) && !name.starts_with(['.', '-']) {
        return Ok(());
    }
    let message = format!(
        "{name:?} cannot be the name of a study: it has 1 to {LONGEST} letters, digits, or any of {MARKS}, and does not \
         begin with a dot or a dash"
    );
    Err(Fault::usage(message, "mlhub tune --help"))
}

fn taken(name: &str) -> Fault {
    let message = format!(
        "the study {name:?} is being worked on by another `mlhub tune` on this machine; several can share a study on a hub"
    );
    Fault::new(Exit::Conflict, message, "mlhub serve, then mlhub tune --hub URL --name NAME in each place")
}

fn failed(what: &str, path: &Path, error: &std::io::Error) -> Fault {
    let shown = path.display();
    Fault::new(Exit::Other, format!("{shown} cannot be {what}: {error}"), format!("ls -ld {shown}"))
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
        let files = Files::hold(folder.path(), "one").unwrap();
        let password = files.password().unwrap();
        let said = format!("{:?}", Files::hold(folder.path(), "one").unwrap_err());
        assert!(said.contains("Conflict") && said.contains("--hub"), "{said}");
        assert!(Files::hold(folder.path(), "two").is_ok());
        drop(files);
        let again = Files::hold(folder.path(), "one").unwrap();
        assert_eq!(again.password().unwrap().expose(), password.expose());
        assert!(!format!("{again:?}").contains(password.expose()));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let studies = folder.path().join("a/studies");
        let files = Files::hold(&studies, "one").unwrap();
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
        let files = Files::fresh(folder.path()).unwrap();
        files.password().unwrap();
        assert_eq!(left(), 3);
        drop(files);
        assert_eq!(left(), 0);
        Files::fresh(folder.path()).unwrap().keep();
        Files::hold(folder.path(), "named").unwrap();
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

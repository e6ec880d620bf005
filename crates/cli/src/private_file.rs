//! Private file: created for its owner alone, whatever the umask, and never through a symbolic link of another user.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Result, Write as _};
use std::path::{Path, PathBuf};

/// Links that are followed, one after the other; as Linux has it.
const MAX_LINKS: usize = 40;

/// How a file is created that nobody else may read.
pub(crate) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes a folder, and those above it, for its owner alone; one that is there stays as it is.
pub(crate) fn create_folder(path: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Writes a file in place: one that is there keeps its mode.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file: File = options().truncate(true).open(target(path)?)?;
    file.write_all(bytes)?;
    file.flush()
}

/// Replaces a file whole, so that whoever reads it meanwhile sees the old or the new one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let path = target(path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    // A temporary file is for its owner alone from the start.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// Where a path leads: through symbolic links of this user and of the system, and through no others.
pub(crate) fn target(path: &Path) -> Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match path.symlink_metadata() {
            Ok(found) if found.is_symlink() => {
                if is_foreign(&found) {
                    let message = format!("{} is a symbolic link of another user", path.display());
                    return Err(Error::new(ErrorKind::PermissionDenied, message));
                }
                let next = path.read_link()?;
                path = path.parent().unwrap_or(Path::new("")).join(next);
            }
            _ => return Ok(path),
        }
    }
    Err(Error::new(ErrorKind::InvalidInput, "too many symbolic links"))
}

#[cfg(unix)]
fn is_foreign(found: &std::fs::Metadata) -> bool {
    let owner = std::os::unix::fs::MetadataExt::uid(found);
    owner != 0 && owner != rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_foreign(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    #[test]
    fn a_file_is_written_through_a_link_of_ones_own_and_keeps_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::fs::write(&file, "old").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        symlink("file", &link).unwrap();
        write(&link, b"new").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "new");
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o640);
        replace(&link, b"newer").unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "newer");
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn links_that_go_round_end() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        symlink(&other, &one).unwrap();
        symlink(&one, &other).unwrap();
        assert!(write(&one, b"").is_err());
    }
}

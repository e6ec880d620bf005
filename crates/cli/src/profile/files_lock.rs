//! Lock of the credentials file: held while it is read and written, so that two logins at once do not undo each other.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use mlhub::clock::{Clock as _, SystemClock};

use super::folder::failed;
use crate::error::{CliError, CliResult};
use crate::exit::Exit;
use crate::{private_file, terminal};

/// Name of the file.
const NAME: &str = ".lock";
/// How long another command may hold it: the renewal of a token from a slow server fits in.
const LIMIT: Duration = Duration::from_secs(30);
/// After such a time somebody is told what the command waits for.
const SILENCE: Duration = Duration::from_secs(2);
/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(50);

/// Lock of whoever changes the logins; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct FilesLock {
    _file: File,
}

impl FilesLock {
    /// Waits until no other command changes the logins in that folder, and keeps them from it.
    pub(super) async fn take(folder: &Path) -> CliResult<FilesLock> {
        let path = folder.join(NAME);
        let open = || {
            private_file::create_folder(folder)?;
            private_file::options().truncate(false).open(private_file::target(&path)?)
        };
        let file = open().map_err(|error| failed("locked", &path, &error))?;
        let mut waited = Duration::ZERO;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(FilesLock { _file: file }),
                Err(TryLockError::Error(error)) => return Err(failed("locked", &path, &error)),
                Err(TryLockError::WouldBlock) if waited >= LIMIT => return Err(held(&file, &path)),
                Err(TryLockError::WouldBlock) => {}
            }
            if waited == SILENCE {
                terminal::warn(&format!("waiting for {}, which changes the logins", holder(&file)));
            }
            SystemClock::new().sleep(PAUSE).await;
            waited += PAUSE;
        }
    }
}

fn held(file: &File, path: &Path) -> CliError {
    let message = format!("{} is held by {}, for more than {} seconds", path.display(), holder(file), LIMIT.as_secs());
    CliError::new(Exit::Other, message, format!("fuser -v {}", path.display()))
}

/// Who holds the lock, as far as the system tells.
fn holder(file: &File) -> String {
    process(file).unwrap_or_else(|| "another process".to_owned())
}

/// The process that Linux names in its table of locks.
#[cfg(target_os = "linux")]
fn process(file: &File) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let inode = format!(":{}", file.metadata().ok()?.ino());
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    let holds = |line: &&str| !line.contains("->") && line.split_whitespace().any(|word| word.ends_with(&inode));
    let id = locks.lines().find(holds)?.split_whitespace().nth(4)?.to_owned();
    let folder = Path::new("/proc").join(&id);
    let name = std::fs::read_to_string(folder.join("comm")).unwrap_or_default();
    let user = folder.metadata().map(|found| format!(" of user {}", found.uid())).unwrap_or_default();
    Some(format!("process {id} ({}{user})", name.trim()))
}

#[cfg(not(target_os = "linux"))]
fn process(_: &File) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_lock_that_is_held_is_waited_for_and_its_process_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let held = FilesLock::take(folder.path()).await.unwrap();
        let Err(CliError::Reported(report)) = FilesLock::take(folder.path()).await else { panic!("taken twice") };
        let own = format!("process {}", std::process::id());
        assert!(!cfg!(target_os = "linux") || report.message.contains(&own), "{report:?}");
        let release = async {
            SystemClock::new().sleep(LIMIT / 2).await;
            drop(held);
        };
        let (taken, ()) = tokio::join!(FilesLock::take(folder.path()), release);
        taken.unwrap();
    }
}

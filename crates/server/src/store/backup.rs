//! Backup: a copy of a hub's database as of one moment, made while the hub goes on.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tempfile::NamedTempFile;

use crate::error::Error;

/// Copies the `database` of a hub, `sqlite://FILE`, into a new file that a hub can be started on.
///
/// The hub may be running: the copy holds what was acknowledged before it was begun and nothing half-done. It appears
/// under its name once it is whole and on the disk; nobody but its owner can read it.
///
/// # Errors
///
/// Where `path` exists, the database is of another kind or not there, or one of the two cannot be read or written. Each
/// says what to do.
pub async fn backup(database: &str, path: impl AsRef<Path>) -> Result<(), Error> {
    let path = path.as_ref();
    let failed = |why: &dyn std::fmt::Display| Error::Backup { path: path.to_owned(), why: why.to_string() };
    let mut source = open(database).await?;
    if path.try_exists().map_err(|error| failed(&error))? {
        return Err(Error::BackupExists { path: path.to_owned() });
    }
    let (folder, copy) = begin(path.to_owned()).await?;
    let name = copy.path().to_str().ok_or_else(|| failed(&"its folder is not named in UTF-8"))?;
    let copied = sqlx::query("VACUUM INTO $1").bind(name).execute(&mut source).await;
    copied.map_err(|error| failed(&error))?;
    source.close().await.map_err(|error| failed(&error))?;
    finish(path.to_owned(), folder, copy).await
}

async fn open(database: &str) -> Result<SqliteConnection, Error> {
    let scheme = database.split_once(':').map_or(database, |(scheme, _)| scheme);
    if scheme != "sqlite" {
        return Err(Error::UnknownDatabase { scheme: scheme.to_owned() });
    }
    let failed = |why: &dyn std::fmt::Display| Error::Database { url: database.to_owned(), why: why.to_string() };
    let options = SqliteConnectOptions::from_str(database).map_err(|error| failed(&error))?.disable_statement_logging();
    let mut source = options.connect().await.map_err(|error| failed(&error))?;
    match super::sqlite::is_hub(&mut source).await {
        Ok(true) => Ok(source),
        Ok(false) => Err(failed(&"it is not the database of a hub")),
        Err(error) => Err(failed(&error)),
    }
}

/// The folder of the backup, and an empty file in it that only its owner can read.
async fn begin(path: PathBuf) -> Result<(PathBuf, NamedTempFile), Error> {
    blocking(path, |path| {
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let copy = tempfile::Builder::new().prefix(".backup-").tempfile_in(&folder)?;
        Ok((folder, copy))
    })
    .await
}

/// Puts the copy and then its name on the disk.
async fn finish(path: PathBuf, folder: PathBuf, copy: NamedTempFile) -> Result<(), Error> {
    blocking(path, move |path| {
        copy.as_file().sync_all()?;
        copy.persist_noclobber(path).map_err(|error| error.error)?;
        // Elsewhere a folder is no file that could be synced.
        if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
    })
    .await
}

/// Does what waits for the disk away from the async threads.
async fn blocking<T: Send + 'static>(
    path: PathBuf,
    work: impl FnOnce(&Path) -> std::io::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let failed = |path: PathBuf, why: &dyn std::fmt::Display| Error::Backup { path, why: why.to_string() };
    let to = path.clone();
    let done = tokio::task::spawn_blocking(move || work(&to)).await.map_err(|error| failed(path.clone(), &error))?;
    done.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Error::BackupExists { path },
        _ => failed(path, &error),
    })
}

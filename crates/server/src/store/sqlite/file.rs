//! Database file: made for its owner alone, known again, and never taken from somebody else.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePool};
use sqlx::{ConnectOptions as _, Connection as _};

use super::super::StoreError;
use super::MIGRATIONS;
use crate::error::Error;

/// What the header of a hub's database says at [`APPLICATION_ID_AT`]: "mlhb".
const APPLICATION_ID: [u8; 4] = *b"mlhb";
const APPLICATION_ID_AT: usize = 68;
/// What every database of SQLite begins with, and the length of its header (https://www.sqlite.org/fileformat2.html).
const MAGIC: &[u8] = b"SQLite format 3\0";
const HEADER: usize = 100;

/// The file of a database that is open.
#[derive(Debug)]
pub(super) struct DatabaseFile {
    path: PathBuf,
    identity: Option<Identity>,
}

/// What tells a file from another one of its name.
type Identity = (u64, u64);

impl DatabaseFile {
    /// The file of the database at `url`: made where there is none, and checked to be a hub's where there is one, before
    /// anything is written to it.
    pub(super) async fn claim(url: &str, options: &SqliteConnectOptions) -> Result<Self, Error> {
        let failed = |error: &dyn std::fmt::Display| Error::Database { url: url.to_owned(), why: error.to_string() };
        let path = options.get_filename().to_owned();
        match new_file().open(&path) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                match header(&path).map_err(|why| failed(&why))? {
                    Header::Empty | Header::Ours => {}
                    Header::NoDatabase => return Err(failed(&"file is not a database")),
                    Header::Unsigned => check_tables(url, options).await?,
                    Header::Foreign => return Err(Error::ForeignDatabase { url: url.to_owned() }),
                }
            }
            Err(error) => return Err(failed(&error)),
        }
        let identity = identity(&path).map_err(|error| failed(&error))?;
        Ok(Self { path, identity })
    }

    /// Whether it is still where it was: what is written to one that was deleted or moved is lost.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        match identity(&self.path) {
            Ok(identity) if identity == self.identity => Ok(()),
            Ok(_) => Err(StoreError::Lost("another file has taken the place of the database".to_owned())),
            Err(error) => Err(StoreError::Lost(format!("the file of the database is gone: {error}"))),
        }
    }
}

/// How a database is made: nobody else may read it, nor what SQLite keeps beside it, which has the same mode.
fn new_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn identity(path: &Path) -> std::io::Result<Option<Identity>> {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).map(|file| Some((file.dev(), file.ino())))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> std::io::Result<Option<Identity>> {
    fs::metadata(path).map(|_| None)
}

/// What the header of a file says of whose it is.
enum Header {
    /// There is nothing in it.
    Empty,
    /// It is a hub's.
    Ours,
    /// It is nobody's in particular, as a hub's of earlier versions.
    Unsigned,
    /// It is somebody else's.
    Foreign,
    /// It is no database.
    NoDatabase,
}

fn header(path: &Path) -> std::io::Result<Header> {
    let mut bytes = Vec::with_capacity(HEADER);
    File::open(path)?.take(HEADER as u64).read_to_end(&mut bytes)?;
    if bytes.is_empty() {
        return Ok(Header::Empty);
    }
    if bytes.len() < HEADER || !bytes.starts_with(MAGIC) {
        return Ok(Header::NoDatabase);
    }
    Ok(match &bytes[APPLICATION_ID_AT..APPLICATION_ID_AT + APPLICATION_ID.len()] {
        id if id == APPLICATION_ID => Header::Ours,
        [0, 0, 0, 0] => Header::Unsigned,
        _ => Header::Foreign,
    })
}

/// Refuses a file whose tables are not a hub's.
async fn check_tables(url: &str, options: &SqliteConnectOptions) -> Result<(), Error> {
    let failed = |error: sqlx::Error| Error::Database { url: url.to_owned(), why: error.to_string() };
    // Where nobody is writing, not even the files that SQLite keeps beside a database are made.
    let mut log = options.get_filename().as_os_str().to_owned();
    log.push("-wal");
    let is_still = !Path::new(&log).exists();
    let mut database = options.clone().read_only(true).immutable(is_still).connect().await.map_err(failed)?;
    let ours = is_empty(&mut database).await.map_err(failed)? || is_hub(&mut database).await.map_err(failed)?;
    database.close().await.map_err(failed)?;
    if ours { Ok(()) } else { Err(Error::ForeignDatabase { url: url.to_owned() }) }
}

async fn is_empty(database: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let used = "SELECT COUNT(*) + (SELECT user_version FROM pragma_user_version()) FROM sqlite_schema";
    Ok(sqlx::query_scalar::<_, i64>(used).fetch_one(database).await? == 0)
}

/// Whether the tables are a hub's, by the first thing that was ever done to one.
pub(in super::super) async fn is_hub(database: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let tables = "SELECT COUNT(*) FROM sqlite_schema WHERE name IN ('_sqlx_migrations', 'users', 'tells')";
    if sqlx::query_scalar::<_, i64>(tables).fetch_one(&mut *database).await? != 3 {
        return Ok(false);
    }
    let (version, description, _) = MIGRATIONS[0];
    let first = "SELECT COUNT(*) FROM _sqlx_migrations WHERE version = $1 AND description = $2";
    let first = sqlx::query_scalar::<_, i64>(first).bind(version).bind(description);
    Ok(first.fetch_one(database).await? == 1)
}

/// Refuses a schema that a newer version made.
pub(super) async fn check_version(url: &str, writer: &SqlitePool) -> Result<(), Error> {
    let known = MIGRATIONS.iter().map(|(version, ..)| *version).max().unwrap_or_default();
    let failed = |error: sqlx::Error| Error::Database { url: url.to_owned(), why: error.to_string() };
    let made = "SELECT COUNT(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'";
    if sqlx::query_scalar::<_, i64>(made).fetch_one(writer).await.map_err(failed)? == 0 {
        return Ok(());
    }
    let newest = "SELECT MAX(version) FROM _sqlx_migrations";
    match sqlx::query_scalar::<_, Option<i64>>(newest).fetch_one(writer).await.map_err(failed)? {
        Some(found) if found > known => Err(Error::NewerDatabase { url: url.to_owned(), found, known }),
        _ => Ok(()),
    }
}

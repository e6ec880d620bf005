//! Errors of a hub that does not start or has to stop, each with what to do about it.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

/// An error of the server: why a hub did not start or had to stop.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// There is no key to sign tokens with.
    NoKey,
    /// A key is shorter than [`MIN_KEY_BYTES`](crate::MIN_KEY_BYTES).
    ShortKey {
        /// How many bytes it has.
        bytes: usize,
    },
    /// Development mode was asked for on an address that others can reach.
    DevelopmentBeyondLoopback {
        /// The address.
        listen: SocketAddr,
    },
    /// The lifetime of tokens is zero or beyond what a token can say.
    TokenLifetime,
    /// The database is of a kind that this program does not know.
    UnknownDatabase {
        /// What was given, up to its first colon.
        scheme: String,
    },
    /// The database could not be opened or brought up to date.
    Database {
        /// The database.
        url: String,
        /// What it said.
        why: String,
    },
    /// The file is somebody else's database.
    ForeignDatabase {
        /// The database.
        url: String,
    },
    /// The schema of the database is one that a newer version made.
    NewerDatabase {
        /// The database.
        url: String,
        /// The version of its schema.
        found: i64,
        /// The newest that this version knows.
        known: i64,
    },
    /// There is a file already where a backup was to be written.
    BackupExists {
        /// The file.
        path: PathBuf,
    },
    /// A backup could not be written.
    Backup {
        /// The file that it was to be.
        path: PathBuf,
        /// What the system or the database said.
        why: String,
    },
    /// The address could not be listened on.
    Listen {
        /// The address.
        listen: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The operating system gave no randomness, or a cryptographic library refused its own default.
    Crypto(String),
    /// Serving ended with an error of the system.
    Serve(std::io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKey => write!(
                f,
                "there is no key to sign tokens with: set MLHUB_JWT_SECRET to at least {} random bytes, \
                 or use development mode on a loopback address",
                crate::MIN_KEY_BYTES
            ),
            Self::ShortKey { bytes } => write!(
                f,
                "the key to sign tokens with has {bytes} bytes that count (blanks do not): set MLHUB_JWT_SECRET to at least {} random bytes, \
                 such as the output of `openssl rand -base64 48`",
                crate::MIN_KEY_BYTES
            ),
            Self::DevelopmentBeyondLoopback { listen } => write!(
                f,
                "development mode signs tokens with a key of its own and is refused on {listen}: \
                 listen on 127.0.0.1 or ::1, or set MLHUB_JWT_SECRET and leave development mode"
            ),
            Self::TokenLifetime => {
                f.write_str("the lifetime of tokens has to be at least a second and at most a hundred years")
            }
            Self::UnknownDatabase { scheme } => {
                write!(f, "`{scheme}` is not a database that this hub knows: give sqlite://FILE")
            }
            Self::Database { url, why } => {
                write!(f, "the database {url} cannot be used: {why}; check the path, its permissions and its owner")
            }
            Self::ForeignDatabase { url } => write!(
                f,
                "the database {url} belongs to another program and is left as it is: name another file, which is made where \
                 there is none"
            ),
            Self::NewerDatabase { url, found, known } => write!(
                f,
                "the database {url} was written by a newer version of mlhub: its schema is {found}, and this version knows \
                 those up to {known}; run that version, or start on a backup from before"
            ),
            Self::BackupExists { path } => {
                write!(f, "{} exists and is not overwritten; give the backup another name", path.display())
            }
            Self::Backup { path, why } => {
                write!(
                    f,
                    "no backup was written to {}: {why}; check the folder, its permissions and its room",
                    path.display()
                )
            }
            Self::Listen { listen, source } => {
                write!(f, "cannot listen on {listen}: {source}; choose another port, or 0 for a free one")
            }
            Self::Crypto(why) => write!(f, "no tokens can be signed or passwords hashed on this machine: {why}"),
            Self::Serve(source) => write!(f, "serving ended: {source}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Listen { source, .. } | Self::Serve(source) => Some(source),
            _ => None,
        }
    }
}

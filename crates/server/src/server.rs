//! Server: a hub that listens, answers and stops.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::app::app;
use crate::auth::{PasswordHasher, TokenSigner};
use crate::connection::{self, ConnectionLimits};
use crate::error::Error;
use crate::hub::Hub;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::store::{Sqlite, Store};

/// Grace period of requests that are being answered when the hub is told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// Number of passwords hashed at once, and no more than there are cores. Each takes 19 MiB and some tens of milliseconds.
const HASHES_AT_ONCE: usize = 4;

/// A server: a hub that is bound to its address: whoever connects from now on is answered once it runs.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    connections: ConnectionLimits,
    hub: Arc<Hub>,
}

impl Server {
    /// Checks the settings, opens the database and binds the address.
    ///
    /// # Errors
    ///
    /// Where a key is missing or short, development mode would be open to others, the database cannot be used, or the
    /// address is taken. Each says what to do.
    pub async fn bind(settings: Settings) -> Result<Self, Error> {
        let keys = keys(&settings)?;
        let (first, others) = keys.split_first().ok_or(Error::NoKey)?;
        let tokens = TokenSigner::new(first, others, settings.token_lifetime)?;
        let passwords = PasswordHasher::new(available_parallelism().map_or(1, usize::from).min(HASHES_AT_ONCE))?;
        let store = open(&settings.database).await?;
        let listen = settings.listen;
        let unbound = |source| Error::Listen { listen, source };
        let listener = TcpListener::bind(listen).await.map_err(unbound)?;
        let address = listener.local_addr().map_err(unbound)?;
        let connections = settings.connections;
        let hub = Hub::new(store, tokens, passwords, settings);
        Ok(Self { listener, address, connections, hub: Arc::new(hub) })
    }

    /// An invitation to make an account for this e-mail address, at any hub whose first key is that of `settings`.
    ///
    /// # Errors
    ///
    /// Where there is no key, or it is short.
    pub fn invitation(settings: &Settings, email: &str, lifetime: Duration) -> Result<Secret, Error> {
        let (first, others) = settings.keys.split_first().ok_or(Error::NoKey)?;
        let (signer, now) = (TokenSigner::new(first, others, settings.token_lifetime)?, settings.clock.now());
        let until = now.checked_add(lifetime).unwrap_or(Timestamp::MAX);
        signer.invite(&email.to_lowercase(), now, until).map_err(Error::Crypto)
    }

    /// The address that the hub listens on, with the port that port 0 became.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// The base URL of the hub.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves until `shutdown` is ready, then lets running requests end for at most ten seconds and closes the database.
    ///
    /// # Errors
    ///
    /// Where the system refuses to serve.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), Error> {
        let store = self.hub.store.clone();
        survive_file_limit().map_err(Error::Serve)?;
        connection::serve(self.listener, app(self.hub), self.connections, shutdown, GRACE).await;
        store.close().await;
        Ok(())
    }
}

/// Lets a file that grows beyond the limit of the process (`ulimit -f`) be an error of the write and not its end.
#[cfg(unix)]
fn survive_file_limit() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    // Once caught, the signal stays caught.
    signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw())).map(drop)
}

#[cfg(not(unix))]
fn survive_file_limit() -> std::io::Result<()> {
    Ok(())
}

/// The keys to sign and check tokens with: those given or, in development on loopback, a random one.
fn keys(settings: &Settings) -> Result<Vec<Secret>, Error> {
    let listen = settings.listen;
    if settings.development && !listen.ip().is_loopback() {
        return Err(Error::DevelopmentBeyondLoopback { listen });
    }
    if settings.keys.is_empty() && settings.development {
        return Ok(vec![Secret::new(format!("{}{}", Uuid::new_v4(), Uuid::new_v4()))]);
    }
    Ok(settings.keys.clone())
}

async fn open(database: &str) -> Result<Arc<dyn Store>, Error> {
    match database.split_once(':').map_or(database, |(scheme, _)| scheme) {
        "sqlite" => Ok(Arc::new(Sqlite::open(database).await?)),
        scheme => Err(Error::UnknownDatabase { scheme: scheme.to_owned() }),
    }
}

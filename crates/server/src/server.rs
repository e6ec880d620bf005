//! Server: a hub that listens, answers and stops.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use poem::listener::TcpAcceptor;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::app::app;
use crate::auth::{PasswordHasher, TokenSigner};
use crate::error::Error;
use crate::hub::Hub;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::store::{Sqlite, Store};

/// Grace period of requests that are being answered when the hub is told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// Number of passwords hashed at once. Each takes 19 MiB and some tens of milliseconds.
const HASHES_AT_ONCE: usize = 4;

/// A server: a hub that is bound to its address: whoever connects from now on is answered once it runs.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
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
        let passwords = PasswordHasher::new(HASHES_AT_ONCE)?;
        let store = open(&settings.database).await?;
        let listen = settings.listen;
        let unbound = |source| Error::Listen { listen, source };
        let listener = TcpListener::bind(listen).await.map_err(unbound)?;
        let address = listener.local_addr().map_err(unbound)?;
        let hub = Hub::new(store, settings.clock, tokens, passwords, settings.model, settings.fits, settings.proxy);
        Ok(Self { listener, address, hub: Arc::new(hub) })
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
        let acceptor = TcpAcceptor::from_tokio(self.listener).map_err(Error::Serve)?;
        let served = poem::Server::new_with_acceptor(acceptor)
            .run_with_graceful_shutdown(app(self.hub), shutdown, Some(GRACE))
            .await;
        store.close().await;
        served.map_err(Error::Serve)
    }
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

//! Embedded hub: a hub in this process, on a free port of this machine, and a client that is signed in.

use mlhub::autotune::Client;
use mlhub::{Error, ErrorKind, Secret};
use mlhub_server::{Server, Settings};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::error::{CliError, CliResult};
use crate::exit::Exit;

/// Any free port of this machine.
const LISTEN: std::net::SocketAddr = std::net::SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);
/// Its only user. The name is kept for examples (RFC 2606).
const USER: &str = "tune@example.org";

/// Embedded hub that runs.
pub(crate) struct EmbeddedHub {
    /// A client that is signed in.
    pub(crate) client: Client,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<(), mlhub_server::Error>>,
}

impl EmbeddedHub {
    /// Starts a hub on that file and signs in with that password; the account is made if there is none.
    pub(crate) async fn start(database: &std::path::Path, password: Secret) -> CliResult<EmbeddedHub> {
        let database = format!("sqlite://{}", database.display());
        // Nobody but this process gets at it, so the key may end with it.
        let settings = Settings::new(LISTEN, database).with_development(true);
        let server = Server::bind(settings).await.map_err(broken)?;
        let url = server.url();
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(server.run(async {
            // Whether it was sent or dropped: this program wants no hub any more.
            let _ = stopped.await;
        }));
        // It is in this process: no proxy leads to it.
        let client = Client::builder(&url).no_proxy().build().map_err(|error| failed(&error))?;
        sign_in(&client, password).await.map_err(|error| failed(&error))?;
        Ok(EmbeddedHub { client, stop, server })
    }

    /// Stops the hub, in good order.
    pub(crate) async fn stop(self) -> CliResult {
        // A hub that has gone by itself says why below.
        let _ = self.stop.send(());
        self.server.await.map_err(CliError::local)?.map_err(broken)
    }
}

async fn sign_in(client: &Client, password: Secret) -> Result<(), Error> {
    match client.signup(USER, password.clone()).await {
        Err(error) if error.kind() != ErrorKind::Conflict => Err(error),
        _ => client.login(USER, password).await,
    }
}

/// Error of a call of the hub in this process.
pub(crate) fn failed(error: &Error) -> CliError {
    CliError::failed_call(error, <Client as mlhub::Platform>::NAME, None, "mlhub autotune experiments")
}

fn broken(error: mlhub_server::Error) -> CliError {
    CliError::new(Exit::Other, error.to_string(), "mlhub --help")
}

//! A hub in this process, on a free port, that leaves nothing behind.

use mlhub::Secret;
use mlhub::autotune::Client;
use mlhub_server::{Server, Settings};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::exit::Exit;
use crate::fault::Fault;

/// Any free port of this machine.
const LISTEN: std::net::SocketAddr = std::net::SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);
/// The quickstart's user. The name is kept for examples (RFC 2606).
const USER: &str = "quickstart@example.org";

/// A running hub and a client that is signed in.
pub(super) struct Local {
    /// The client.
    pub(super) client: Client,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<(), mlhub_server::Error>>,
    // Removed when it is dropped, also after Ctrl-C.
    _folder: TempDir,
}

impl Local {
    /// Starts a hub, makes an account and signs in.
    pub(super) async fn start() -> Result<Local, Fault> {
        let folder = tempfile::tempdir().map_err(Fault::local)?;
        let database = format!("sqlite://{}", folder.path().join("quickstart.sqlite").display());
        // Nobody but this process gets at it, so the key may end with it.
        let settings = Settings::new(LISTEN, database).with_development(true);
        let server = Server::bind(settings).await.map_err(broken)?;
        let url = server.url();
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(server.run(async {
            // Whether it was sent or dropped: this program wants no hub any more.
            let _ = stopped.await;
        }));
        let client = Client::builder(&url).build().map_err(|error| failed(&error))?;
        let password = Secret::new(Uuid::new_v4().to_string());
        client.signup(USER, password.clone()).await.map_err(|error| failed(&error))?;
        client.login(USER, password).await.map_err(|error| failed(&error))?;
        Ok(Local { client, stop, server, _folder: folder })
    }

    /// Stops the hub, in good order.
    pub(super) async fn stop(self) -> Result<(), Fault> {
        // A hub that has gone by itself says why below.
        let _ = self.stop.send(());
        self.server.await.map_err(Fault::local)?.map_err(broken)
    }
}

/// A failed call of the hub in this process.
pub(super) fn failed(error: &mlhub::Error) -> Fault {
    Fault::call(error, <Client as mlhub::Platform>::NAME, None)
}

fn broken(error: mlhub_server::Error) -> Fault {
    Fault::new(Exit::Other, error.to_string(), "mlhub quickstart --help")
}

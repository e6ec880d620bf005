//! `serve`: the tuning hub, until SIGINT or SIGTERM.

use mlhub_server::{Error, Server, Settings};

use crate::args::Serve;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Out;

/// Where the hub listens when nobody says: the port that clients look at, and
/// this machine alone.
pub(crate) const LISTEN: &str = "127.0.0.1:8008";

/// Where it keeps everything when nobody says.
pub(crate) const DATABASE: &str = "sqlite://mlhub.sqlite";

/// The variable with the key that signs tokens.
const KEY: &str = "MLHUB_JWT_SECRET";

/// Runs the hub.
pub(crate) async fn serve(options: &Serve, out: &Out) -> Result<(), Fault> {
    if options.print_openapi {
        let document = mlhub_server::openapi_document();
        return out.text(&format!("{}\n", document.trim_end()));
    }
    let mut settings = Settings::new(options.listen, &options.database)
        .with_development(options.development)
        .with_secure_cookies(options.secure_cookies)
        .with_trusted_proxies(options.trust_proxy.iter().copied());
    if let Ok(key) = std::env::var(KEY) {
        settings = settings.with_key(key);
    }
    if let Some(lifetime) = options.token_lifetime {
        settings = settings.with_token_lifetime(lifetime);
    }
    // Caught from the beginning: a stop that comes while the hub starts counts.
    let stop = Stop::new()?;
    let server = Server::bind(settings).await.map_err(refused)?;
    out.text(&format!("listening on {}\n", server.url()))?;
    server.run(stop.wait()).await.map_err(refused)?;
    out.notice("stopped");
    Ok(())
}

pub(super) fn refused(error: Error) -> Fault {
    let (exit, next) = match error {
        Error::NoKey | Error::ShortKey { .. } => (Exit::Usage, "MLHUB_JWT_SECRET=$(openssl rand -hex 32) mlhub serve"),
        Error::DevelopmentBeyondLoopback { .. } => (Exit::Usage, "mlhub serve --development"),
        Error::TokenLifetime | Error::UnknownDatabase { .. } => (Exit::Usage, "mlhub serve --help"),
        Error::BackupExists { .. } => (Exit::Conflict, "mlhub backup --help"),
        Error::Backup { .. } => (Exit::Other, "mlhub backup --help"),
        _ => (Exit::Other, "mlhub serve --help"),
    };
    Fault::new(exit, error.to_string(), next)
}

/// The signals that end a server in good order.
struct Stop {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Stop {
    #[cfg(unix)]
    fn new() -> Result<Stop, Fault> {
        use tokio::signal::unix::{SignalKind, signal};
        let catch = |kind| signal(kind).map_err(Fault::local);
        Ok(Stop { terminate: catch(SignalKind::terminate())?, interrupt: catch(SignalKind::interrupt())? })
    }

    #[cfg(unix)]
    async fn wait(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    fn new() -> Result<Stop, Fault> {
        Ok(Stop {})
    }

    #[cfg(not(unix))]
    async fn wait(self) {
        // Without a way to be told, the hub runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

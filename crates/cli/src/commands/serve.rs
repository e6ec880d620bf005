//! `serve`: the tuning hub, until SIGINT or SIGTERM.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use clap::Args;
use mlhub_server::{Error, Server, Settings};

use crate::command::{Command, CommandContext};
use crate::error::{CliError, CliResult};
use crate::exit::Exit;
use crate::format::parse_seconds;
use crate::signals::StopSignals;

/// Default address: the port that clients look at, and this machine alone.
const LISTEN: &str = "127.0.0.1:8008";

/// Default database.
pub(super) const DATABASE: &str = "sqlite://mlhub.sqlite";

/// Variable with the key that signs tokens.
const KEY: &str = "MLHUB_JWT_SECRET";

/// Run the tuning hub
///
/// Tokens are signed with the key in `MLHUB_JWT_SECRET`, at least 32 bytes.
#[derive(Args, Debug)]
pub(crate) struct Serve {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = LISTEN)]
    listen: SocketAddr,
    /// Where everything is kept
    #[arg(long, value_name = "URL", default_value = DATABASE)]
    database: String,
    /// Start without a key, on a loopback address only; tokens end with the process
    #[arg(long)]
    development: bool,
    /// How long a token lives, such as 45m or 12h [default: 1h]
    #[arg(long, value_name = "DURATION", value_parser = lifetime)]
    token_lifetime: Option<Duration>,
    /// Let browsers send the login's cookie over HTTPS alone
    #[arg(long)]
    secure_cookies: bool,
    /// A proxy whose X-Forwarded-For is believed when wrong passwords are counted; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    trust_proxy: Vec<IpAddr>,
    /// Print the OpenAPI document of the hub and end
    #[arg(long)]
    print_openapi: bool,
}

impl Command for Serve {
    const NAME: &str = "serve";
    /// Ctrl-C is how a server is asked to stop.
    const HANDLES_CTRL_C: bool = true;
    /// A server tells of its requests.
    const LOG_LEVEL: &str = "info";

    async fn exec(self, context: &CommandContext<'_>) -> CliResult {
        let out = context.out;
        if self.print_openapi {
            let document = mlhub_server::openapi_document();
            return out.text(&format!("{}\n", document.trim_end()));
        }
        let mut settings = Settings::new(self.listen, &self.database)
            .with_development(self.development)
            .with_secure_cookies(self.secure_cookies)
            .with_trusted_proxies(self.trust_proxy);
        if let Ok(key) = std::env::var(KEY) {
            settings = settings.with_key(key);
        }
        if let Some(lifetime) = self.token_lifetime {
            settings = settings.with_token_lifetime(lifetime);
        }
        // Caught from the beginning: a stop that comes while the hub starts counts.
        let mut stop = StopSignals::catch()?;
        let server = Server::bind(settings).await.map_err(refused)?;
        out.text(&format!("listening on {}\n", server.url()))?;
        server.run(async move { stop.next().await }).await.map_err(refused)?;
        out.notice("stopped");
        Ok(())
    }
}

fn lifetime(text: &str) -> Result<Duration, String> {
    parse_seconds(text).ok_or_else(|| "a token has to live for a second at least, such as 45m or 12h".to_owned())
}

/// Error of a hub that does not start, run or copy.
pub(super) fn refused(error: Error) -> CliError {
    let (exit, next) = match error {
        Error::NoKey | Error::ShortKey { .. } => (Exit::Usage, "MLHUB_JWT_SECRET=$(openssl rand -hex 32) mlhub serve"),
        Error::DevelopmentBeyondLoopback { .. } => (Exit::Usage, "mlhub serve --development"),
        Error::TokenLifetime | Error::UnknownDatabase { .. } => (Exit::Usage, "mlhub serve --help"),
        Error::BackupExists { .. } => (Exit::Conflict, "mlhub backup --help"),
        Error::Backup { .. } => (Exit::Other, "mlhub backup --help"),
        _ => (Exit::Other, "mlhub serve --help"),
    };
    CliError::new(exit, error.to_string(), next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_positive_durations() {
        assert_eq!(lifetime("1h30m"), Ok(Duration::from_secs(5400)));
        for wrong in ["", "12", "-1h", "0s", "soon"] {
            assert!(lifetime(wrong).is_err(), "{wrong}");
        }
    }
}

//! `serve`: the tuning hub, until SIGINT or SIGTERM.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use mlhub_server::{Error, Server, Settings, Signup};

use crate::command::{Command, CommandContext};
use crate::error::{CliError, CliResult};
use crate::exit::Exit;
use crate::format::parse_seconds;
use crate::input;
use crate::signals::StopSignals;

/// Default address: the port that clients look at, and this machine alone.
const LISTEN: &str = "127.0.0.1:8008";

/// Default database.
pub(super) const DATABASE: &str = "sqlite://mlhub.sqlite";

/// Variable with the key that signs tokens.
const KEY: &str = "MLHUB_JWT_SECRET";

/// Lifetime of an invitation.
const INVITATION: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Run the tuning hub
///
/// Tokens are signed with the key in `MLHUB_JWT_SECRET`, at least 32 bytes, or with the first one in the key file.
#[derive(Args, Debug)]
pub(crate) struct Serve {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", env = "MLHUB_SERVE_LISTEN", default_value = LISTEN)]
    listen: SocketAddr,
    /// Where everything is kept
    #[arg(long, value_name = "URL", env = "MLHUB_SERVE_DATABASE", default_value = DATABASE)]
    database: String,
    /// File with the keys that sign tokens, one a line: the first signs, and what any of them signed is taken
    #[arg(long, value_name = "FILE", env = "MLHUB_JWT_SECRET_FILE")]
    key_file: Option<PathBuf>,
    /// Start without a key, on a loopback address only; tokens end with the process
    #[arg(long)]
    development: bool,
    /// How long a token lives, such as 45m or 12h [default: 1h]
    #[arg(long, value_name = "DURATION", env = "MLHUB_SERVE_TOKEN_LIFETIME", value_parser = duration)]
    token_lifetime: Option<Duration>,
    /// Let browsers send the login's cookie over HTTPS alone
    #[arg(long)]
    secure_cookies: bool,
    /// A proxy whose X-Forwarded-For is believed when wrong passwords are counted; may be repeated
    #[arg(long, value_name = "ADDRESS", env = "MLHUB_SERVE_TRUST_PROXY", value_delimiter = ',')]
    trust_proxy: Vec<IpAddr>,
    /// Who may make an account: anybody, whoever has an invitation (see --invite), or nobody
    #[arg(long, value_name = "WHO", env = "MLHUB_SERVE_SIGNUP", value_enum, default_value_t = SignupArg::Open)]
    signup: SignupArg,
    /// Accounts that may be made from one address within an hour
    #[arg(long, value_name = "N", env = "MLHUB_SERVE_SIGNUPS_PER_HOUR", default_value_t = 30)]
    signups_per_hour: u32,
    /// Least strength of a new password as zxcvbn scores it: 1 is beyond a thousand guesses, 0 takes any
    #[arg(long, value_name = "0..4", env = "MLHUB_SERVE_PASSWORD_FLOOR", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=4))]
    password_floor: u8,
    /// Connections at once [default: 4096, or what `ulimit -n` leaves]
    #[arg(long, value_name = "N", env = "MLHUB_SERVE_MAX_CONNECTIONS")]
    max_connections: Option<usize>,
    /// How long the head of a request may take [default: 15s]
    #[arg(long, value_name = "DURATION", env = "MLHUB_SERVE_HEADER_TIMEOUT", value_parser = duration)]
    header_timeout: Option<Duration>,
    /// How long the body of a request may take [default: 30s]
    #[arg(long, value_name = "DURATION", env = "MLHUB_SERVE_BODY_TIMEOUT", value_parser = duration)]
    body_timeout: Option<Duration>,
    /// How long a connection is kept between requests [default: 75s]
    #[arg(long, value_name = "DURATION", env = "MLHUB_SERVE_KEEP_ALIVE_TIMEOUT", value_parser = duration)]
    keep_alive_timeout: Option<Duration>,
    /// Print an invitation for that e-mail address, good for seven days, and end
    #[arg(long, value_name = "EMAIL")]
    invite: Option<String>,
    /// Print the OpenAPI document of the hub and end
    #[arg(long)]
    print_openapi: bool,
}

/// Who may make an account.
#[derive(ValueEnum, Debug, Clone, Copy)]
enum SignupArg {
    /// Anybody
    Open,
    /// Whoever has an invitation
    Invite,
    /// Nobody
    Closed,
}

impl From<SignupArg> for Signup {
    fn from(signup: SignupArg) -> Self {
        match signup {
            SignupArg::Open => Self::Open,
            SignupArg::Invite => Self::Invite,
            SignupArg::Closed => Self::Closed,
        }
    }
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
        let invite = self.invite.clone();
        let settings = self.settings()?;
        if let Some(email) = invite {
            let invitation = Server::invitation(&settings, &email, INVITATION).map_err(refused)?;
            return out.text(&format!("{}\n", invitation.expose()));
        }
        // Caught from the beginning: a stop that comes while the hub starts counts.
        let mut stop = StopSignals::catch()?;
        let server = Server::bind(settings).await.map_err(refused)?;
        out.text(&format!("listening on {}\n", server.url()))?;
        if !server.local_addr().ip().is_loopback() {
            out.notice(
                "warning: whoever is on the way can read passwords and tokens, since the hub speaks plain HTTP; put a proxy with \
                 TLS in front of it",
            );
        }
        server.run(async move { stop.next().await }).await.map_err(refused)?;
        out.notice("stopped");
        Ok(())
    }
}

impl Serve {
    /// The settings of the hub.
    fn settings(self) -> CliResult<Settings> {
        let mut settings = Settings::new(self.listen, &self.database)
            .with_development(self.development)
            .with_secure_cookies(self.secure_cookies)
            .with_trusted_proxies(self.trust_proxy)
            .with_signup(self.signup.into())
            .with_signups_per_hour(self.signups_per_hour)
            .with_password_floor(self.password_floor);
        if let Some(file) = &self.key_file {
            let keys = input::read_text(file, &format!("the keys in {} cannot be read", file.display()))?;
            for key in keys.lines().map(str::trim).filter(|key| !key.is_empty() && !key.starts_with('#')) {
                settings = settings.with_key(key);
            }
        } else if let Ok(key) = std::env::var(KEY) {
            settings = settings.with_key(key);
        }
        if let Some(lifetime) = self.token_lifetime {
            settings = settings.with_token_lifetime(lifetime);
        }
        if let Some(connections) = self.max_connections {
            settings = settings.with_max_connections(connections);
        }
        if let Some(timeout) = self.header_timeout {
            settings = settings.with_header_timeout(timeout);
        }
        if let Some(timeout) = self.body_timeout {
            settings = settings.with_body_timeout(timeout);
        }
        if let Some(timeout) = self.keep_alive_timeout {
            settings = settings.with_idle_timeout(timeout);
        }
        Ok(settings)
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    parse_seconds(text).ok_or_else(|| "it takes a second at least, such as 30s, 45m or 12h".to_owned())
}

/// Error of a hub that does not start, run or copy.
pub(super) fn refused(error: Error) -> CliError {
    let (exit, next) = match error {
        Error::NoKey | Error::ShortKey { .. } => (Exit::Usage, "MLHUB_JWT_SECRET=$(openssl rand -hex 32) mlhub serve"),
        Error::DevelopmentBeyondLoopback { .. } => (Exit::Usage, "mlhub serve --development"),
        Error::TokenLifetime | Error::UnknownDatabase { .. } => (Exit::Usage, "mlhub serve --help"),
        Error::BackupExists { .. } => (Exit::Conflict, "mlhub backup --help"),
        Error::Backup { .. } => (Exit::Other, "mlhub backup --help"),
        Error::ForeignDatabase { .. } => (Exit::Usage, "mlhub serve --database sqlite://OTHER.db"),
        _ => (Exit::Other, "mlhub serve --help"),
    };
    CliError::new(exit, error.to_string(), next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_positive_durations() {
        assert_eq!(duration("1h30m"), Ok(Duration::from_secs(5400)));
        for wrong in ["", "12", "-1h", "0s", "soon"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}

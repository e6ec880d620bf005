//! What each command takes.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

#[cfg(feature = "hub")]
use super::duration::at_least_a_second;
use super::duration::duration;
use crate::platforms;

/// Options of `quickstart`.
#[cfg(feature = "hub")]
#[derive(Args, Debug)]
pub(crate) struct Quickstart {
    /// How many points to try
    #[arg(long, value_name = "N", default_value_t = crate::quickstart::TRIALS, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) trials: u32,
    /// Seed of the search: the same seed tries the same points
    #[arg(long, value_name = "S", default_value_t = crate::quickstart::SEED)]
    pub(crate) seed: i64,
}

/// Options of `serve`.
#[cfg(feature = "hub")]
#[derive(Args, Debug)]
pub(crate) struct Serve {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = crate::commands::serve::LISTEN)]
    pub(crate) listen: std::net::SocketAddr,
    /// Where everything is kept
    #[arg(long, value_name = "URL", default_value = crate::commands::serve::DATABASE)]
    pub(crate) database: String,
    /// Start without a key, on a loopback address only; tokens end with the process
    #[arg(long)]
    pub(crate) development: bool,
    /// How long a token lives, such as 45m or 12h [default: 1h]
    #[arg(long, value_name = "DURATION", value_parser = lifetime)]
    pub(crate) token_lifetime: Option<Duration>,
    /// Let browsers send the login's cookie over HTTPS alone
    #[arg(long)]
    pub(crate) secure_cookies: bool,
    /// A proxy whose X-Forwarded-For is believed when wrong passwords are counted; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) trust_proxy: Vec<std::net::IpAddr>,
    /// Print the OpenAPI document of the hub and end
    #[arg(long)]
    pub(crate) print_openapi: bool,
}

/// Options of `backup`.
#[cfg(feature = "hub")]
#[derive(Args, Debug)]
pub(crate) struct Backup {
    /// Where the hub keeps everything, as `serve` was told
    #[arg(long, value_name = "URL", default_value = crate::commands::serve::DATABASE)]
    pub(crate) database: String,
    /// The file to write
    pub(crate) file: PathBuf,
}

/// Options of `call`.
#[derive(Args, Debug)]
pub(crate) struct Call {
    /// Which platform
    #[arg(value_parser = PossibleValuesParser::new(platforms::names()))]
    pub(crate) platform: String,
    /// Which operation; `mlhub ops PLATFORM` lists them
    pub(crate) operation: String,
    /// Parameters
    #[arg(value_name = "KEY=VALUE", value_parser = pair)]
    pub(crate) parameters: Vec<(String, String)>,
    /// The body: JSON, a file as @FILE, or - for stdin
    #[arg(long, value_name = "JSON|@FILE|-")]
    pub(crate) body: Option<Body>,
}

/// Where a body comes from.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// The command line.
    Text(String),
    /// A file.
    File(PathBuf),
    /// Stdin.
    Stdin,
}

/// Options of `ops`.
#[derive(Args, Debug)]
pub(crate) struct Ops {
    /// Which platform; all of them otherwise
    #[arg(value_parser = PossibleValuesParser::new(platforms::names()))]
    pub(crate) platform: Option<String>,
    /// The operation whose parameters are listed
    pub(crate) operation: Option<String>,
}

/// Options of `login`.
#[derive(Args, Debug)]
pub(crate) struct Login {
    /// Which platform
    #[arg(value_parser = PossibleValuesParser::new(platforms::names()))]
    pub(crate) platform: String,
    /// Whose login; else `MLHUB_<PLATFORM>_USERNAME`, else asked for
    #[arg(long, value_name = "NAME")]
    pub(crate) username: Option<String>,
    /// Read the password from stdin
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

/// A platform.
#[derive(Args, Debug)]
pub(crate) struct Named {
    /// Which platform
    #[arg(value_parser = PossibleValuesParser::new(platforms::names()))]
    pub(crate) platform: String,
}

/// Options of `wait`.
#[derive(Args, Debug)]
pub(crate) struct Wait {
    /// What the wait printed, such as `mlhub1:PLATFORM/..`
    pub(crate) handle: String,
    /// How long to wait at most, such as 90s or 1h30m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// Show these fields; a dot steps into one, as in a.b
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(crate) fields: Vec<String>,
}

/// What to do with settings.
#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Say which settings count, and where each comes from
    ///
    /// A setting is looked for on the command line, in the environment and in the profile, in that order; what is secret is
    /// not shown.
    Explain(ExplainConfig),
}

/// Options of `config explain`.
#[derive(Args, Debug)]
pub(crate) struct ExplainConfig {
    /// Which platform; all of them otherwise
    #[arg(value_parser = PossibleValuesParser::new(platforms::names()))]
    pub(crate) platform: Option<String>,
}

/// Options of `explain`.
#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// Code of the error, such as MLH-AUTH; all of them are listed without one
    pub(crate) code: Option<String>,
}

/// Options of `completions`.
#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// Which shell
    pub(crate) shell: clap_complete::Shell,
}

/// Options of `man`.
#[derive(Args, Debug)]
pub(crate) struct Man {
    /// Which command; the program itself otherwise
    pub(crate) command: Option<String>,
}

pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("a parameter is written key=value".to_owned()),
    }
}

impl std::str::FromStr for Body {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.strip_prefix('@') {
            Some(path) => Body::File(path.into()),
            None if text == "-" => Body::Stdin,
            None => Body::Text(text.to_owned()),
        })
    }
}

#[cfg(feature = "hub")]
fn lifetime(text: &str) -> Result<Duration, String> {
    at_least_a_second(text).ok_or_else(|| "a token has to live for a second at least, such as 45m or 12h".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_has_a_name() {
        assert_eq!(pair("a=b=c"), Ok(("a".into(), "b=c".into())));
        assert_eq!(pair("a="), Ok(("a".into(), String::new())));
        assert!(pair("=b").is_err() && pair("ab").is_err());
    }

    #[cfg(feature = "hub")]
    #[test]
    fn lifetimes_are_positive_durations() {
        assert_eq!(lifetime("1h30m"), Ok(Duration::from_secs(5400)));
        for wrong in ["", "12", "-1h", "0s", "soon"] {
            assert!(lifetime(wrong).is_err(), "{wrong}");
        }
    }
}

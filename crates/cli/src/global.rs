//! Global options, which every command takes: server, credential, profile, output format, colours, connections.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use mlhub::Secret;

use crate::platform::{
    ATTEMPT_TIMEOUT, CA_FILE, CALL_TIMEOUT, CLIENT_CERTIFICATE, CLIENT_KEY, CONNECT_TIMEOUT, IDLE_TIMEOUT, PROXY,
};

/// What every command takes.
#[derive(Args, Debug)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Address of the platform's server
    ///
    /// Else `MLHUB_<PLATFORM>_URL`, else the profile's.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Token for the platform
    ///
    /// Other users of this machine can see it in the list of processes; `MLHUB_<PLATFORM>_TOKEN` is better.
    #[arg(long, global = true, value_name = "TOKEN")]
    pub(crate) token: Option<Secret>,
    /// Profile whose address and login are used
    ///
    /// Else `MLHUB_PROFILE`, else `default`.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Form of the data on stdout
    ///
    /// Else a table on a terminal and TSV in a pipe; `call` prints the reply as it came.
    #[arg(short, long, global = true, value_name = "FORMAT")]
    pub(crate) output: Option<Format>,
    /// Print ids only, and no progress
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Colours; else as NO_COLOR and the terminal say
    #[arg(long, global = true, value_name = "WHEN")]
    pub(crate) color: Option<Color>,
    #[command(flatten)]
    pub(crate) connection: ConnectionOptions,
}

/// How servers are reached; else `MLHUB_<PLATFORM>_<OPTION>`, `MLHUB_<OPTION>`, or the profile's key of that name.
#[derive(Args, Debug)]
#[command(next_help_heading = "Connection options")]
pub(crate) struct ConnectionOptions {
    /// Trust the certificate authorities in this PEM file, beside the system's
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    ca_file: Option<String>,
    /// Prove with this certificate who is asking: a PEM file, with its chain
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    client_certificate: Option<String>,
    /// The private key of that certificate: a PEM file
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    client_key: Option<String>,
    /// Go through this proxy, or through none; else as HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY say
    #[arg(long, global = true, value_name = "URL|none", hide_short_help = true)]
    proxy: Option<String>,
    /// Time to establish a connection, such as 5s
    #[arg(long, global = true, value_name = "DURATION", hide_short_help = true)]
    connect_timeout: Option<String>,
    /// Time of one attempt, such as 30s
    #[arg(long, global = true, value_name = "DURATION", hide_short_help = true)]
    attempt_timeout: Option<String>,
    /// Time of a call with all its attempts, such as 2m
    #[arg(long, global = true, value_name = "DURATION", hide_short_help = true)]
    call_timeout: Option<String>,
    /// Longest silence of a reply that is read as it arrives, such as 1m
    #[arg(long, global = true, value_name = "DURATION", hide_short_help = true)]
    idle_timeout: Option<String>,
}

impl ConnectionOptions {
    /// What was said, by the variables of the settings.
    pub(crate) fn values(&self) -> BTreeMap<&'static str, String> {
        let said = [
            (CA_FILE, &self.ca_file),
            (CLIENT_CERTIFICATE, &self.client_certificate),
            (CLIENT_KEY, &self.client_key),
            (PROXY, &self.proxy),
            (CONNECT_TIMEOUT, &self.connect_timeout),
            (ATTEMPT_TIMEOUT, &self.attempt_timeout),
            (CALL_TIMEOUT, &self.call_timeout),
            (IDLE_TIMEOUT, &self.idle_timeout),
        ];
        said.into_iter().filter_map(|(setting, value)| Some((setting.variable, value.clone()?))).collect()
    }
}

/// Output format of the data on stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One JSON document
    Json,
    /// One JSON document per line and row
    Jsonl,
    /// YAML
    Yaml,
    /// Comma-separated, with a heading
    Csv,
    /// For people
    Table,
    /// Tab-separated, without a heading
    Tsv,
}

/// Colour choice: when to use colours.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
    }
}

//! Global options, which every command takes: server, credential, profile, output format, colours.

use clap::{Args, ValueEnum};
use mlhub::Secret;

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

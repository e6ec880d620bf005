//! The command tree.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use mlhub::Secret;

use crate::exit::Exit;
use crate::platforms;
use crate::terminal::write_stderr;

/// Tune models, run the tuning hub, and call machine-learning platforms.
#[derive(Debug, Parser)]
#[command(name = "mlhub", version, after_long_help = Exit::help(), max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

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

/// Form of the data on stdout.
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

/// When to use colours.
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

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Tune a real classifier on this machine, hub included
    ///
    /// Starts a hub in this process, signs up a user, and tunes a nearest-neighbour classifier of 178 wines through
    /// HTTP. Nothing leaves this machine and nothing is kept.
    #[cfg(feature = "hub")]
    Quickstart(Quickstart),
    /// Run the tuning hub
    ///
    /// Tokens are signed with the key in `MLHUB_JWT_SECRET`, at least 32 bytes.
    #[cfg(feature = "hub")]
    Serve(Serve),
    /// Call any operation of a platform
    ///
    /// Parameters are named as the platform's document names them, wherever they travel: in the path, the query or the
    /// body. Values are JSON where they parse as JSON, else text; a name given twice makes a list.
    #[command(after_help = "Example:\n  mlhub call autotune experiment_list limit=5")]
    Call(Call),
    /// List the operations of the platforms, or what one of them takes
    Ops(Ops),
    /// Log in and keep the token in the profile
    ///
    /// The password is read from `MLHUB_<PLATFORM>_PASSWORD`, or from stdin with `--password-stdin`, or asked for on a
    /// terminal. The token is kept in the user's config folder, in a file that nobody else can read.
    Login(Login),
    /// Forget the token in the profile
    Logout(Named),
    /// Show who the token speaks for
    Whoami(Named),
    /// Say what leads to an error, and what to do about it
    Explain(Explain),
    /// Print a completion script for a shell
    Completions(Completions),
    /// Print the manual page of a command
    Man(Man),
}

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
    pub(crate) token_lifetime: Option<std::time::Duration>,
    /// Print the OpenAPI document of the hub and end
    #[arg(long)]
    pub(crate) print_openapi: bool,
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

impl Command {
    /// What is logged where `RUST_LOG` is not set.
    pub(crate) fn log_level(&self) -> &'static str {
        match self {
            #[cfg(feature = "hub")]
            Command::Serve(_) => "info",
            _ => "warn",
        }
    }
}

/// Prints what clap has to say: help and version on stdout, a mistake on
/// stderr with the command that helps. How the program should end.
pub(crate) fn report(error: &clap::Error) -> u8 {
    if !error.use_stderr() {
        // A reader that has gone is no failure.
        let _ = error.print();
        return Exit::Ok.code();
    }
    let text = error.render().ansi().to_string();
    let known = Cli::command();
    let asked = std::env::args().skip(1).find(|word| known.find_subcommand(word).is_some());
    let next = asked.map_or_else(|| "mlhub --help".to_owned(), |command| format!("mlhub {command} --help"));
    // Clap's own closing line names an option, not a command.
    let text = text.rfind("\n\nFor more information").map_or(text.as_str(), |end| &text[..end]);
    write_stderr(&format!("{}\n\n  next: {next}\n", text.trim_end()));
    Exit::Usage.code()
}

fn pair(text: &str) -> Result<(String, String), String> {
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
fn lifetime(text: &str) -> Result<std::time::Duration, String> {
    let told: jiff::SignedDuration =
        text.parse().map_err(|_| "a duration is written like 45m, 12h or 1h30m".to_owned())?;
    let lifetime = std::time::Duration::try_from(told).unwrap_or_default();
    if lifetime < std::time::Duration::from_secs(1) {
        return Err("a token has to live for a second at least".to_owned());
    }
    Ok(lifetime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_parameter_has_a_name() {
        assert_eq!(pair("a=b=c"), Ok(("a".into(), "b=c".into())));
        assert_eq!(pair("a="), Ok(("a".into(), String::new())));
        assert!(pair("=b").is_err() && pair("ab").is_err());
    }

    #[cfg(feature = "hub")]
    #[test]
    fn lifetimes_are_positive_durations() {
        assert_eq!(lifetime("1h30m"), Ok(std::time::Duration::from_secs(5400)));
        for wrong in ["", "12", "-1h", "0s", "soon"] {
            assert!(lifetime(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_token_does_not_show_in_what_was_parsed() {
        let cli = Cli::try_parse_from(["mlhub", "ops", "--token", "hunter2"]).unwrap();
        assert!(!format!("{cli:?}").contains("hunter2"));
    }
}

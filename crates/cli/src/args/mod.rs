//! The command tree.

mod autotune;
mod duration;
mod options;
mod report;
mod tune;

use clap::{Args, Parser, Subcommand, ValueEnum};
use mlhub::Secret;

pub(crate) use autotune::{Autotune, Delete};
pub(crate) use duration::duration;
#[cfg(feature = "hub")]
pub(crate) use options::{Backup, Quickstart, Serve};
pub(crate) use options::{Body, Call, Completions, Config, Explain, ExplainConfig, Login, Man, Named, Ops, Wait, pair};
pub(crate) use report::report;
#[cfg(unix)]
pub(crate) use tune::Guard;
pub(crate) use tune::Tune;

use crate::commands::groups::Group;
use crate::exit::Exit;

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
    /// Copy the database of a hub, which may be running
    ///
    /// The copy holds everything that was acknowledged before, and a hub can be started on it. It appears once it is
    /// whole; a file that exists is not overwritten.
    #[cfg(feature = "hub")]
    #[command(after_help = "Example:\n  mlhub backup --database sqlite://hub.db hub-copy.db")]
    Backup(Backup),
    /// Tune any command, in any language
    ///
    /// Each trial runs COMMAND with values in place of `{name}` and in variables `MLHUB_PARAM_<NAME>`, never through a
    /// shell. Its value is the last line of its stdout that is a number or a JSON object with `value`. A trial that ends
    /// with another exit code than 0, prints no value or takes too long has failed, and the search goes on without it.
    #[command(after_long_help = tune::HELP)]
    Tune(Tune),
    /// Watch over one trial of `tune`
    #[cfg(unix)]
    #[command(name = crate::tune::guard::COMMAND, hide = true)]
    Guard(Guard),
    #[command(flatten)]
    Platform(Group),
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
    /// terminal. Where the platform's logins are made in a browser, that is done unless a name is given. The token is kept
    /// in the user's config folder, in a file that nobody else can read.
    Login(Login),
    /// Forget the token in the profile
    Logout(Named),
    /// Show who the token speaks for
    Whoami(Named),
    /// Take up a wait that was left, by its handle
    ///
    /// Ctrl-C in any wait leaves the job alone and prints its handle. Shows what the job gave, as the wait would have.
    Wait(Wait),
    /// Say what leads to an error, and what to do about it
    Explain(Explain),
    /// Look at the settings
    #[command(subcommand)]
    Config(Config),
    /// Print a completion script for a shell
    Completions(Completions),
    /// Print the manual page of a command
    Man(Man),
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_tree_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_token_does_not_show_in_what_was_parsed() {
        let cli = Cli::try_parse_from(["mlhub", "ops", "--token", "hunter2"]).unwrap();
        assert!(!format!("{cli:?}").contains("hunter2"));
    }
}

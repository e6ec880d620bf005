//! `config explain`: settings, and the source of each.

use clap::{Args, Subcommand};
use mlhub::Timestamp;
use serde_json::Value;

use crate::command::{Command, CommandContext};
use crate::error::CliResult;
use crate::global::Global;
use crate::output::{Out, Table};
use crate::platform::Platform;
use crate::platforms;
use crate::profile::access::{Access, Credential};
use crate::profile::config_file::ConfigFile;
use crate::profile::setting_source::{SettingSource, profile, shown, shown_value};

/// Look at the settings
#[derive(Args, Debug)]
pub(crate) struct Config {
    #[command(subcommand)]
    command: ConfigCommand,
}

/// What to do with settings.
#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Say which settings count, and where each comes from
    ///
    /// A setting is looked for on the command line, in the environment and in the profile, in that order; what is secret is
    /// not shown.
    Explain(ExplainConfig),
}

/// Options of `config explain`.
#[derive(Args, Debug)]
struct ExplainConfig {
    /// Which platform; all of them otherwise
    #[arg(value_parser = platforms::name_parser())]
    platform: Option<String>,
}

impl Command for Config {
    const NAME: &str = "config";

    async fn exec(self, context: &CommandContext<'_>) -> CliResult {
        let ConfigCommand::Explain(options) = self.command;
        explain(options.platform.as_deref(), context.global, context.out)
    }
}

/// Source of what nobody has said.
const UNSET: &str = "unset";

/// Prints the settings; what is secret stays hidden.
fn explain(platform: Option<&str>, global: &Global, out: &Out) -> CliResult {
    let mut table = Table::new(["setting", "value", "source", "place"]);
    let profile = profile(global);
    table.row(["profile".into(), profile.value.into(), profile.source.name().into(), profile.place.into()]);
    let config = ConfigFile::open()?;
    let file = config.path();
    let there = if file.exists() { SettingSource::Profile.name() } else { UNSET };
    table.row(["file".into(), file.display().to_string().into(), there.into(), Value::default()]);
    for platform in platforms::one_or_all(platform) {
        add(platform, global, &mut table)?;
    }
    out.table(&table)
}

fn add(platform: &'static Platform, global: &Global, table: &mut Table) -> CliResult {
    let access = Access::open(platform, global)?;
    let name = |what: &str| Value::from(format!("{}.{}", platform.name, what.to_lowercase()));
    let url = access.address();
    table.row([name("url"), shown(&url.value).into(), url.source.name().into(), url.place.into()]);
    for setting in platform.all_settings() {
        let (value, source, place) = match (access.sourced(setting), setting.default) {
            (Some(found), _) => (shown_value(setting, &found.value), found.source.name(), found.place),
            (None, Some(default)) => (default.to_owned(), SettingSource::Default.name(), setting.name(platform.name)),
            (None, None) => (String::new(), UNSET, setting.name(platform.name)),
        };
        table.row([name(setting.variable), value.into(), source.into(), place.into()]);
    }
    let (who, source) = login(&access);
    table.row([name("login"), who.into(), source.into(), Value::default()]);
    Ok(())
}

/// Who asks in the end, of all who may be named.
fn login(access: &Access) -> (String, &'static str) {
    let until = |end: &Option<Timestamp>| end.as_ref().map_or_else(String::new, |end| format!(", until {end}"));
    match &access.credential {
        Credential::None => ("nobody".to_owned(), UNSET),
        Credential::Token { source: "--token", .. } => ("a token".to_owned(), SettingSource::Flag.name()),
        Credential::Token { source, expires_at, .. } => (format!("a token{}", until(expires_at)), *source),
        Credential::Stored(login) => {
            (format!("{}, renewed when it ends", login.username), SettingSource::Profile.name())
        }
        Credential::Password { username, .. } => {
            (format!("{username}, by a password with each command"), SettingSource::Environment.name())
        }
        Credential::Service { account, .. } => {
            (format!("{account}, by a secret with each command"), SettingSource::Environment.name())
        }
    }
}

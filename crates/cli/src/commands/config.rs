//! `config explain`: which settings count, and where each of them comes from.

use mlhub::Timestamp;
use serde_json::Value;

use crate::args::{ExplainConfig, Global};
use crate::fault::Fault;
use crate::output::{Out, Table};
use crate::platforms::{self, PLATFORMS, Platform};
use crate::profile::{self, Access, Credential, Files, Source, shown, shown_value};

/// The source of what nobody has said.
const UNSET: &str = "unset";

/// Prints them; what is secret stays hidden.
pub(crate) fn explain(options: &ExplainConfig, global: &Global, out: &Out) -> Result<(), Fault> {
    let mut table = Table::new(["setting", "value", "source", "place"]);
    let profile = profile::profile(global);
    table.row(["profile".into(), profile.value.into(), profile.source.word().into(), profile.place.into()]);
    let file = Files::open()?.config();
    let there = if file.exists() { Source::Profile.word() } else { UNSET };
    table.row(["file".into(), file.display().to_string().into(), there.into(), Value::default()]);
    let one = options.platform.as_deref().and_then(platforms::find);
    for platform in one.map_or(PLATFORMS, std::slice::from_ref) {
        add(platform, global, &mut table)?;
    }
    out.table(&table)
}

fn add(platform: &'static Platform, global: &Global, table: &mut Table) -> Result<(), Fault> {
    let access = Access::open(platform, global)?;
    let name = |what: &str| Value::from(format!("{}.{}", platform.name, what.to_lowercase()));
    let url = access.address()?;
    table.row([name("url"), shown(&url.value).into(), url.source.word().into(), url.place.into()]);
    for setting in platform.settings {
        let (value, source, place) = match (access.found(setting), setting.usual) {
            (Some(found), _) => (shown_value(setting, &found.value), found.source.word(), found.place),
            (None, Some(usual)) => (usual.to_owned(), Source::Default.word(), setting.name(platform.name)),
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
        Credential::Token { source: "--token", .. } => ("a token".to_owned(), Source::Flag.word()),
        Credential::Token { source, expires_at, .. } => (format!("a token{}", until(expires_at)), *source),
        Credential::Kept(login) => (format!("{}, renewed when it ends", login.username), Source::Profile.word()),
        Credential::Password { username, .. } => {
            (format!("{username}, by a password with each command"), Source::Environment.word())
        }
        Credential::Service { account, .. } => {
            (format!("{account}, by a secret with each command"), Source::Environment.word())
        }
    }
}

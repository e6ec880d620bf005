//! `whoami`: who the token speaks for, where it is used and where it came from.

use clap::Args;
use serde_json::Value;

use crate::command::{Command, CommandContext};
use crate::error::CliResult;
use crate::output::{Out, Table};
use crate::platforms;
use crate::profile::access::{Access, Credential};
use crate::profile::setting_source::shown;

/// Show who the token speaks for
#[derive(Args, Debug)]
pub(crate) struct Whoami {
    /// Which platform
    #[arg(value_parser = platforms::name_parser())]
    platform: String,
}

impl Command for Whoami {
    const NAME: &str = "whoami";

    async fn exec(self, context: &CommandContext<'_>) -> CliResult {
        whoami(&Access::open(platforms::named(&self.platform)?, context.global)?, context.out).await
    }
}

/// Prints who the token speaks for, where it is used and where it came from.
pub(crate) async fn whoami(access: &Access, out: &Out) -> CliResult {
    let to_error = |error: mlhub::Error| access.error(&error);
    let client = platforms::client(access).map_err(to_error)?;
    let (source, ends) = match &access.credential {
        Credential::None => return Err(access.logged_out()),
        Credential::Token { source, expires_at, .. } => (*source, expires_at.clone()),
        Credential::Stored(login) => ("profile", login.expires_at.clone()),
        Credential::Service { .. } => ("environment", None),
        Credential::Password { username, password } => {
            client.sign_in(username, password).await.map_err(to_error)?;
            ("environment", None)
        }
    };
    let me = client.whoami().await.map_err(to_error)?;
    let ends = ends.map_or_else(String::new, |end| end.to_string());
    // The name first, then what else the platform says of the account.
    let mut fields: Vec<(String, Value)> =
        me.as_object().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect();
    fields.sort_by_key(|(name, _)| name != "username");
    fields.extend([
        ("platform".to_owned(), access.platform.name.into()),
        ("url".to_owned(), shown(&access.url).into()),
        ("login".to_owned(), source.into()),
        ("expires_at".to_owned(), ends.into()),
    ]);
    let (names, cells) = fields.into_iter().unzip();
    let mut table = Table::with_columns(names);
    table.push(cells);
    out.record(&table)
}

//! `login`: fetches a token, proves that it works, and keeps it in the profile.

use clap::Args;
use mlhub::Secret;

use super::platform::overrides;
use crate::command::{Command, CommandContext};
use crate::error::{CliError, CliResult};
use crate::platform::variable;
use crate::profile::access::Access;
use crate::{input, platforms, terminal};

/// Log in and keep the token in the profile
///
/// The password is read from `MLHUB_<PLATFORM>_PASSWORD`, or from stdin with `--password-stdin`, or asked for on a
/// terminal. Where the platform's logins are made in a browser, that is done unless a name is given. The token is kept
/// in the user's config folder, in a file that nobody else can read.
#[derive(Args, Debug)]
pub(crate) struct LoginArgs {
    /// Which platform
    #[arg(value_parser = platforms::name_parser())]
    platform: String,
    /// Whose login; else `MLHUB_<PLATFORM>_USERNAME`, else asked for
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// Read the password from stdin
    #[arg(long)]
    password_stdin: bool,
}

impl Command for LoginArgs {
    const NAME: &str = "login";

    async fn exec(self, context: &CommandContext<'_>) -> CliResult {
        let access = Access::for_login(platforms::named(&self.platform)?, context.global)?;
        if let Some(own) = overrides::login(access.platform) {
            return own(&access, self.username.as_ref(), self.password_stdin, context.out).await;
        }
        let username = username(&access, &self).await?;
        let password = password(&access, &self, &username).await?;
        let login = platforms::login(&access, &username, &password).await.map_err(|error| access.error(&error))?;
        access.store(login, context.out).await
    }
}

async fn username(access: &Access, options: &LoginArgs) -> CliResult<String> {
    let name = access.platform.name;
    match options.username.clone().or_else(|| variable(name, "USERNAME")) {
        Some(username) => Ok(username),
        None if terminal::can_ask() => terminal::ask("Username").await,
        None => {
            let next = format!("mlhub login {name} --username NAME --password-stdin");
            Err(CliError::usage("no user name was given, and there is no terminal to ask on", next))
        }
    }
}

async fn password(access: &Access, options: &LoginArgs, username: &str) -> CliResult<Secret> {
    let name = access.platform.name;
    if options.password_stdin {
        return input::read_password().await;
    }
    match variable(name, "PASSWORD") {
        Some(password) => Ok(password.into()),
        None if terminal::can_ask() => terminal::ask_password(&format!("Password of {username}")),
        None => {
            let next = format!("printf %s \"$PASSWORD\" | mlhub login {name} --username {username} --password-stdin");
            Err(CliError::usage("no password was given, and there is no terminal to ask on", next))
        }
    }
}

//! `login` and `whoami`.

use clap::{Arg, ArgAction, ArgMatches, Command};
use mlhub::vantage6::{DevicePrompt, Login};

use super::DEVICE;
use crate::commands::groups::Context;
use crate::commands::login::{bare, keep};
use crate::fault::Fault;
use crate::platforms::vantage6::{build, kept_login};
use crate::profile::variable;
use crate::terminal;

pub(super) const LOGIN: &str = "login";
pub(super) const WHOAMI: &str = "whoami";

const USERNAME: &str = "own:username";
const STDIN: &str = "own:stdin";
const SERVICE: &str = "own:service";

pub(super) fn command() -> Command {
    let flag = |id, long, help| Arg::new(id).long(long).action(ArgAction::SetTrue).help(help);
    let username = Arg::new(USERNAME).long("username").value_name("NAME");
    let service = Arg::new(SERVICE).long("service-account").value_name("NAME").conflicts_with_all([DEVICE, USERNAME]);
    Command::new(LOGIN)
        .about("Log in and keep the token in the profile")
        .long_about(
            "Log in and keep the token in the profile\n\nWithout a name this is done in a browser, on this device or another. \
             A service account's secret is read from MLHUB_VANTAGE6_CLIENT_SECRET, a password from MLHUB_VANTAGE6_PASSWORD, \
             or either from stdin. Where logins are made is said by MLHUB_VANTAGE6_AUTH_URL, or `auth_url` in the profile.",
        )
        .arg(flag(DEVICE, "device", "In a browser, on any device; this is the default").conflicts_with(USERNAME))
        .arg(username.help("With a password, where the realm allows it; else MLHUB_VANTAGE6_USERNAME"))
        .arg(service.help("As a service account"))
        .arg(flag(STDIN, "secret-stdin", "Read the secret or the password from stdin"))
}

pub(super) fn whoami_command() -> Command {
    Command::new(WHOAMI).about("Show who the token speaks for, and for which organization")
}

/// Fetches a token, and keeps it.
pub(super) async fn login(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Fault> {
    let access = bare(&context.access()?);
    let fault = |error: mlhub::Error| access.fault(&error);
    let client = build(&access).map_err(fault)?;
    let way = way(matches).await?;
    let token = client.sign_in(way).await.map_err(fault)?;
    let login = kept_login(&access, &token).await.map_err(fault)?;
    let name = login.username.clone();
    keep(&access, login, &name, context.out)
}

/// How to log in, as the command line and the environment say.
async fn way(matches: &ArgMatches) -> Result<Login, Fault> {
    let said = |what| variable("vantage6", what);
    let name = |id: &str| matches.get_one::<String>(id).cloned();
    if let Some(account) = name(SERVICE) {
        return Ok(Login::service_account(account, secret(matches, "CLIENT_SECRET").await?));
    }
    if matches.get_flag(DEVICE) {
        return Ok(Login::device(tell));
    }
    match (name(USERNAME).or_else(|| said("USERNAME")), said("CLIENT_SECRET")) {
        (Some(account), Some(secret)) if name(USERNAME).is_none() => Ok(Login::service_account(account, secret)),
        (Some(user), _) => Ok(Login::password(user, secret(matches, "PASSWORD").await?)),
        (None, _) => Ok(Login::device(tell)),
    }
}

async fn secret(matches: &ArgMatches, what: &str) -> Result<mlhub::Secret, Fault> {
    if matches.get_flag(STDIN) {
        return terminal::read_password().await;
    }
    match variable("vantage6", what) {
        Some(secret) => Ok(secret.into()),
        None if terminal::can_ask() => terminal::ask_password("Secret"),
        None => {
            let message = format!("no secret was given: neither MLHUB_VANTAGE6_{what} nor --secret-stdin");
            Err(Fault::usage(message, "mlhub vantage6 login --help"))
        }
    }
}

/// What the person has to do. Said on stderr: a program that reads stdout waits for no code.
fn tell(prompt: DevicePrompt) {
    let DevicePrompt { url, code, expires_in, .. } = prompt;
    let minutes = expires_in.as_secs() / 60;
    terminal::write_stderr(&format!("open {url}\nand confirm the code {code}, within {minutes} minutes\n"));
}

/// Who the token speaks for.
pub(super) async fn whoami(context: &Context<'_>) -> Result<(), Fault> {
    crate::commands::login::whoami(&context.access()?, context.out).await
}

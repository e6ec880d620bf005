//! `login`, `logout` and `whoami`.

use clap::{Arg, ArgAction, ArgMatches, Command};
use mlhub::vantage6::{DevicePrompt, Login};

use super::DEVICE;
use crate::args;
use crate::commands::groups::Context;
use crate::commands::login::{bare, keep};
use crate::fault::Fault;
use crate::output::Out;
use crate::platforms::vantage6::{build, kept_login};
use crate::profile::{Access, variable};
use crate::terminal;

pub(super) const LOGIN: &str = "login";
pub(super) const LOGOUT: &str = "logout";
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

pub(super) fn logout_command() -> Command {
    Command::new(LOGOUT).about("Forget the token in the profile")
}

pub(super) fn whoami_command() -> Command {
    Command::new(WHOAMI).about("Show who the token speaks for, and for which organization")
}

/// What was said about a login.
struct Said<'a> {
    device: bool,
    service: Option<&'a String>,
    username: Option<&'a String>,
    /// The secret comes from stdin.
    stdin: bool,
}

/// `mlhub vantage6 login`.
pub(super) async fn login(context: &Context<'_>, matches: &ArgMatches) -> Result<(), Fault> {
    let name = |id: &str| matches.get_one::<String>(id);
    let (device, stdin) = (matches.get_flag(DEVICE), matches.get_flag(STDIN));
    let said = Said { device, service: name(SERVICE), username: name(USERNAME), stdin };
    enter(&context.access()?, &said, context.out).await
}

/// `mlhub login vantage6`, which knows less.
pub(super) async fn plain(access: &Access, options: &args::Login, out: &Out) -> Result<(), Fault> {
    let (username, stdin) = (options.username.as_ref(), options.password_stdin);
    enter(access, &Said { device: false, service: None, username, stdin }, out).await
}

/// Fetches a token, and keeps it.
async fn enter(access: &Access, said: &Said<'_>, out: &Out) -> Result<(), Fault> {
    let access = bare(access);
    let fault = |error: mlhub::Error| access.fault(&error);
    let client = build(&access).map_err(fault)?;
    let token = client.sign_in(way(said).await?).await.map_err(fault)?;
    let login = kept_login(&access, &token).await.map_err(fault)?;
    let name = login.username.clone();
    keep(&access, login, &name, out)
}

/// How to log in, as the command line and the environment say.
async fn way(said: &Said<'_>) -> Result<Login, Fault> {
    if let Some(account) = said.service {
        return Ok(Login::service_account(account, secret(said, "CLIENT_SECRET").await?));
    }
    if said.device {
        return Ok(Login::device(tell));
    }
    let variable = |what| variable("vantage6", what);
    match (said.username.cloned().or_else(|| variable("USERNAME")), variable("CLIENT_SECRET")) {
        (Some(account), Some(secret)) if said.username.is_none() => Ok(Login::service_account(account, secret)),
        (Some(user), _) => Ok(Login::password(user, secret(said, "PASSWORD").await?)),
        (None, _) => Ok(Login::device(tell)),
    }
}

async fn secret(said: &Said<'_>, what: &str) -> Result<mlhub::Secret, Fault> {
    if said.stdin {
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

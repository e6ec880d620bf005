//! `vantage6 login`: in a browser, with a password, or as a service account.

use clap::{Arg, ArgAction, ArgMatches, Command};
use mlhub::vantage6::{DevicePrompt, Login};

use crate::error::{CliError, CliResult};
use crate::operation::context::PlatformContext;
use crate::output::Out;
use crate::platform::variable;
use crate::platforms::vantage6::{AUTH_URL, build, stored_login};
use crate::profile::access::Access;
use crate::{input, terminal};

pub(super) const LOGIN: &str = "login";
pub(super) const LOGOUT: &str = "logout";
pub(super) const WHOAMI: &str = "whoami";

const DEVICE: &str = "own:device";
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

/// Login request: what the command line says of a login.
struct LoginRequest<'a> {
    device: bool,
    service: Option<&'a String>,
    username: Option<&'a String>,
    /// The secret comes from stdin.
    stdin: bool,
}

/// Executes `mlhub vantage6 login`.
pub(super) async fn login(context: &PlatformContext<'_>, matches: &ArgMatches) -> CliResult {
    let name = |id: &str| matches.get_one::<String>(id);
    let (device, stdin) = (matches.get_flag(DEVICE), matches.get_flag(STDIN));
    let request = LoginRequest { device, service: name(SERVICE), username: name(USERNAME), stdin };
    let access = Access::for_login(context.platform, context.global)?;
    fetch_and_store(&access, &request, context.out).await
}

/// Executes `mlhub login vantage6`, which knows less.
pub(super) async fn plain(access: &Access, username: Option<&String>, stdin: bool, out: &Out) -> CliResult {
    fetch_and_store(access, &LoginRequest { device: false, service: None, username, stdin }, out).await
}

/// Fetches a token, and keeps it.
async fn fetch_and_store(access: &Access, request: &LoginRequest<'_>, out: &Out) -> CliResult {
    let access = access.anonymous();
    if access.setting(&AUTH_URL).is_none() {
        let message =
            "nothing says where logins are made: neither MLHUB_VANTAGE6_AUTH_URL nor `auth_url` in the profile";
        return Err(CliError::usage(message, "mlhub config explain vantage6"));
    }
    let to_error = |error: mlhub::Error| access.error(&error);
    let client = build(&access).map_err(to_error)?;
    let token = client.sign_in(method(request).await?).await.map_err(to_error)?;
    let login = stored_login(&access, &token).await.map_err(to_error)?;
    access.store(login, out).await
}

/// How to log in, as the command line and the environment say.
async fn method(request: &LoginRequest<'_>) -> CliResult<Login> {
    if let Some(account) = request.service {
        return Ok(Login::service_account(account, secret(request, "CLIENT_SECRET").await?));
    }
    if request.device {
        return Ok(Login::device(show_prompt));
    }
    let variable = |what| variable("vantage6", what);
    match (request.username.cloned().or_else(|| variable("USERNAME")), variable("CLIENT_SECRET")) {
        (Some(account), Some(secret)) if request.username.is_none() => Ok(Login::service_account(account, secret)),
        (Some(user), _) => Ok(Login::password(user, secret(request, "PASSWORD").await?)),
        (None, _) => Ok(Login::device(show_prompt)),
    }
}

async fn secret(request: &LoginRequest<'_>, what: &str) -> CliResult<mlhub::Secret> {
    if request.stdin {
        return input::read_password().await;
    }
    match variable("vantage6", what) {
        Some(secret) => Ok(secret.into()),
        None if terminal::can_ask() => terminal::ask_password("Secret"),
        None => {
            let message = format!("no secret was given: neither MLHUB_VANTAGE6_{what} nor --secret-stdin");
            Err(CliError::usage(message, "mlhub vantage6 login --help"))
        }
    }
}

/// Prompt for the person. LoginRequest on stderr: a program that reads stdout waits for no code.
fn show_prompt(prompt: DevicePrompt) {
    let DevicePrompt { url, code, expires_in, .. } = prompt;
    let minutes = expires_in.as_secs() / 60;
    terminal::write_stderr(&format!("open {url}\nand confirm the code {code}, within {minutes} minutes\n"));
}

//! `login`, `logout`, `whoami`.

use mlhub::Secret;
use serde_json::Value;

use crate::args::Login;
use crate::fault::Fault;
use crate::output::{Out, Table};
use crate::profile::{Access, Credential, Files, shown, variable};
use crate::terminal;

/// Fetches a token, proves that it works, and keeps it.
pub(crate) async fn login(access: &Access, options: &Login, out: &Out) -> Result<(), Fault> {
    let username = username(access, options).await?;
    let password = password(access, options, &username).await?;
    let client = (access.platform.client)(&bare(access)).map_err(|error| access.fault(&error))?;
    let login = client.login(&access.url, &username, &password).await.map_err(|error| access.fault(&error))?;
    keep(access, login, &username, out)
}

/// The same without a credential: what fetches one has none.
pub(super) fn bare(access: &Access) -> Access {
    Access {
        platform: access.platform,
        profile: access.profile.clone(),
        url: access.url.clone(),
        given_url: access.given_url.clone(),
        credential: Credential::None,
        settings: access.settings.clone(),
    }
}

/// Keeps a login, and says so.
pub(super) fn keep(access: &Access, login: crate::profile::Login, username: &str, out: &Out) -> Result<(), Fault> {
    let until = match (&login.refresh_token, &login.expires_at) {
        (Some(_), _) => ", for as long as it is used once in a while".to_owned(),
        (None, Some(end)) => format!(", until {end}"),
        (None, None) => String::new(),
    };
    let files = Files::open()?;
    files.keep(&access.profile, access.platform.name, login)?;
    let place = files.credentials();
    out.notice(&format!("logged in to {} as {username}{until}; the token is in {}", access.url, place.display()));
    Ok(())
}

async fn username(access: &Access, options: &Login) -> Result<String, Fault> {
    let name = access.platform.name;
    match options.username.clone().or_else(|| variable(name, "USERNAME")) {
        Some(username) => Ok(username),
        None if terminal::can_ask() => terminal::ask("Username").await,
        None => {
            let next = format!("mlhub login {name} --username NAME --password-stdin");
            Err(Fault::usage("no user name was given, and there is no terminal to ask on", next))
        }
    }
}

async fn password(access: &Access, options: &Login, username: &str) -> Result<Secret, Fault> {
    let name = access.platform.name;
    if options.password_stdin {
        return terminal::read_password().await;
    }
    match variable(name, "PASSWORD") {
        Some(password) => Ok(password.into()),
        None if terminal::can_ask() => terminal::ask_password(&format!("Password of {username}")),
        None => {
            let next = format!("printf %s \"$PASSWORD\" | mlhub login {name} --username {username} --password-stdin");
            Err(Fault::usage("no password was given, and there is no terminal to ask on", next))
        }
    }
}

/// Ends the login in the profile, at the server and here.
pub(crate) async fn logout(access: &Access, out: &Out) -> Result<(), Fault> {
    let (name, profile) = (access.platform.name, &access.profile);
    let ended = match &access.credential {
        Credential::Kept(_) => match (access.platform.client)(access) {
            Ok(client) => client.logout().await,
            Err(error) => Err(error),
        },
        _ => Ok(()),
    };
    if !Files::open()?.forget(profile, name)? {
        out.notice(&format!("there was no token for {name} in the profile {profile:?}"));
        return Ok(());
    }
    out.notice(&format!("the token for {name} in the profile {profile:?} is forgotten"));
    if let Err(error) = ended {
        terminal::warn(&format!("the server could not be told, and takes the token until it ends: {error}"));
    }
    Ok(())
}

/// Prints who the token speaks for, where it is used and where it came from.
pub(crate) async fn whoami(access: &Access, out: &Out) -> Result<(), Fault> {
    let fault = |error: mlhub::Error| access.fault(&error);
    let client = (access.platform.client)(access).map_err(fault)?;
    let (source, ends) = match &access.credential {
        Credential::None => return Err(access.logged_out()),
        Credential::Token { source, expires_at, .. } => (*source, expires_at.clone()),
        Credential::Kept(login) => ("profile", login.expires_at.clone()),
        Credential::Service { .. } => ("environment", None),
        Credential::Password { username, password } => {
            client.sign_in(username, password).await.map_err(fault)?;
            ("environment", None)
        }
    };
    let me = client.whoami().await.map_err(fault)?;
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

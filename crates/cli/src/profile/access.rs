//! What one command uses: an address, and a credential that belongs to it.

use std::collections::BTreeMap;
use std::time::SystemTime;

use mlhub::Secret;

use super::files::{Files, Login};
use super::found::{self, Found, PROFILE, Setting, variable_name};
use crate::args::Global;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::platforms::Platform;
use crate::{clock, terminal};

/// An address and the credential for it.
#[derive(Debug)]
pub(crate) struct Access {
    /// The platform.
    pub(crate) platform: &'static Platform,
    /// The profile.
    pub(crate) profile: String,
    /// The server.
    pub(crate) url: String,
    /// What was given as `--url`, to be repeated in the next command.
    pub(crate) given_url: Option<String>,
    /// How to prove who is asking.
    pub(crate) credential: Credential,
    /// What else the profile says about the platform.
    pub(crate) settings: BTreeMap<String, String>,
}

/// How to prove who is asking.
#[derive(Debug)]
pub(crate) enum Credential {
    /// Not at all.
    None,
    /// A token, and where it came from.
    Token {
        /// The token.
        token: Secret,
        /// Where it was found.
        source: &'static str,
        /// When it ends, as far as the profile knows.
        expires_at: Option<mlhub::Timestamp>,
    },
    /// A login of the profile, which renews itself.
    Kept(Login),
    /// A login with each command.
    Password {
        /// Who.
        username: String,
        /// The password.
        password: Secret,
    },
    /// A login with each command, as a service account.
    Service {
        /// Which.
        account: String,
        /// Its secret.
        secret: Secret,
    },
}

/// Reads a variable of the environment; one that is empty counts as not set.
pub(crate) fn variable(platform: &str, what: &str) -> Option<String> {
    std::env::var(variable_name(platform, what)).ok().filter(|value| !value.is_empty())
}

impl Access {
    /// What the command line, the environment and the profile say.
    pub(crate) fn open(platform: &'static Platform, global: &Global) -> Result<Access, Fault> {
        Access::at(platform, global, global.url.clone())
    }

    /// The same for a command that has an option of its own for the address.
    pub(crate) fn at(platform: &'static Platform, global: &Global, given: Option<String>) -> Result<Access, Fault> {
        let files = Files::open()?;
        let profile = found::profile(global).value;
        let url = address(&files, platform, &profile, given.as_ref())?.value;
        let credential = match said(platform.name, global) {
            Some(credential) => credential,
            None => kept(files.login(&profile, platform.name)?, &url, clock::now()),
        };
        let settings = files.settings(&profile, platform.name)?;
        Ok(Access { platform, profile, url, given_url: given, credential, settings })
    }

    /// A setting of the platform as somebody has said it.
    pub(crate) fn setting(&self, setting: &Setting) -> Option<String> {
        self.found(setting).map(|found| found.value)
    }

    /// The same with its place: its variable, else its key in the profile.
    pub(crate) fn found(&self, setting: &Setting) -> Option<Found> {
        let name = self.platform.name;
        let kept = || Found::profile(&self.profile, name, setting.key?, self.settings.get(setting.key?).cloned());
        Found::environment(name, setting.variable).or_else(kept)
    }

    /// The address, and who has said it.
    pub(crate) fn address(&self) -> Result<Found, Fault> {
        address(&Files::open()?, self.platform, &self.profile, self.given_url.as_ref())
    }

    /// The failure of a call with this.
    pub(crate) fn fault(&self, error: &mlhub::Error) -> Fault {
        Fault::call(error, self.platform.name, self.given_url.as_deref())
    }

    /// The options of the command line by which the next command reaches the same server. An address with a password in
    /// it is not repeated.
    pub(crate) fn again(&self) -> String {
        let url = self.given_url.as_deref().filter(|url| !url.contains('@'));
        let profile = Some(self.profile.as_str()).filter(|profile| *profile != PROFILE);
        let option = |name: &str, value: Option<&str>| {
            let value = value.and_then(|value| shlex::try_quote(value).ok());
            value.map(|value| format!(" {name} {value}")).unwrap_or_default()
        };
        option("--url", url) + &option("--profile", profile)
    }

    /// The failure of a command that needs a login, without one.
    pub(crate) fn logged_out(&self) -> Fault {
        let name = self.platform.name;
        Fault::new(Exit::Denied, format!("not logged in to {name}"), format!("mlhub login {name}"))
    }
}

fn address(files: &Files, platform: &Platform, profile: &str, given: Option<&String>) -> Result<Found, Fault> {
    // The profile may be broken; what was said elsewhere serves all the same.
    let said = given.is_some() || variable(platform.name, "URL").is_some();
    let kept = if said { None } else { files.url(profile, platform.name)? };
    Ok(found::url(platform, profile, given, kept))
}

/// A credential from the command line or the environment.
fn said(platform: &str, global: &Global) -> Option<Credential> {
    let token = |token: Secret, source| Credential::Token { token, source, expires_at: None };
    if let Some(given) = &global.token {
        return Some(token(given.clone(), "--token"));
    }
    // Some platforms have tokens of several sorts.
    if let Some(given) = ["TOKEN", "PROJECT_TOKEN", "CLUSTER_TOKEN"].iter().find_map(|name| variable(platform, name)) {
        return Some(token(given.into(), "environment"));
    }
    let username = variable(platform, "USERNAME")?;
    if let Some(password) = variable(platform, "PASSWORD") {
        return Some(Credential::Password { username, password: password.into() });
    }
    let secret = variable(platform, "CLIENT_SECRET")?;
    Some(Credential::Service { account: username, secret: secret.into() })
}

/// The credential in the profile, if it belongs to that server and still lives, or can be renewed.
fn kept(login: Option<Login>, url: &str, now: SystemTime) -> Credential {
    // A token goes to the server that gave it and to no other.
    let Some(login) = login.filter(|login| same_server(&login.url, url)) else {
        return Credential::None;
    };
    if login.refresh_token.is_some() {
        return Credential::Kept(login);
    }
    if login.expires_at.as_ref().and_then(mlhub::Timestamp::time).is_some_and(|end| end <= now) {
        terminal::warn("the login in the profile has ended");
        return Credential::None;
    }
    Credential::Token { token: login.token, source: "profile", expires_at: login.expires_at }
}

fn same_server(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    fn login(expires: Option<u64>) -> Option<Login> {
        Some(Login {
            url: "http://one:1/".into(),
            username: "me".into(),
            token: "hunter2".into(),
            refresh_token: None,
            expires_at: expires.map(|seconds| (UNIX_EPOCH + Duration::from_secs(seconds)).into()),
        })
    }

    #[test]
    fn a_token_goes_to_the_server_that_gave_it_and_to_no_other() {
        let now = UNIX_EPOCH;
        assert!(matches!(kept(login(None), "http://one:1", now), Credential::Token { .. }));
        assert!(matches!(kept(login(None), "http://one:2", now), Credential::None));
        assert!(matches!(kept(login(None), "https://one:1", now), Credential::None));
        assert!(matches!(kept(None, "http://one:1", now), Credential::None));
    }

    #[test]
    fn a_token_that_has_ended_is_not_sent() {
        let now = UNIX_EPOCH + Duration::from_secs(100);
        assert!(matches!(kept(login(Some(101)), "http://one:1", now), Credential::Token { .. }));
        assert!(matches!(kept(login(Some(100)), "http://one:1", now), Credential::None));
    }

    #[test]
    fn a_token_that_has_ended_is_renewed_where_that_is_possible() {
        let renewable = Login { refresh_token: Some("hunter3".into()), ..login(Some(100)).unwrap() };
        assert!(matches!(kept(Some(renewable), "http://one:1", UNIX_EPOCH), Credential::Kept(_)));
    }

    #[test]
    fn it_does_not_show_its_tokens() {
        let renewable = Login { refresh_token: Some("hunter2".into()), ..login(None).unwrap() };
        for login in [login(None).unwrap(), renewable] {
            let credential = kept(Some(login), "http://one:1", UNIX_EPOCH);
            assert!(!format!("{credential:?}").contains("hunter2"));
        }
    }
}

//! Access to a platform: an address, and a credential that belongs to it.

use std::collections::BTreeMap;
use std::time::SystemTime;

use mlhub::Secret;
use mlhub::clock::{Clock as _, SystemClock};

use super::files::{ProfileFiles, StoredLogin};
use super::setting_source::{self, PROFILE, SourcedValue};
use crate::error::{CliError, CliResult};
use crate::exit::Exit;
use crate::format::shell_word;
use crate::global::Global;
use crate::output::Out;
use crate::platform::{Platform, Setting, variable};
use crate::terminal;

/// Access to a platform.
#[derive(Clone, Debug)]
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

/// Credential: how to prove who is asking.
#[derive(Clone, Debug)]
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
    Stored(StoredLogin),
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

impl Credential {
    /// Token of the command line, which goes before all others.
    pub(crate) fn given_token(token: Secret) -> Credential {
        Credential::Token { token, source: "--token", expires_at: None }
    }
}

impl Access {
    /// What the command line, the environment and the profile say.
    pub(crate) fn open(platform: &'static Platform, global: &Global) -> CliResult<Access> {
        Access::at(platform, global, global.url.clone())
    }

    /// The same for a command that has an option of its own for the address.
    pub(crate) fn at(platform: &'static Platform, global: &Global, given: Option<String>) -> CliResult<Access> {
        let files = ProfileFiles::open()?;
        let profile = setting_source::profile(global).value;
        let url = address(&files, platform, &profile, given.as_ref())?.value;
        let credential = match given_credential(platform.name, global) {
            Some(credential) => credential,
            None => stored_credential(files.login(&profile, platform.name)?, &url, SystemClock::new().wall()),
        };
        let settings = files.settings(&profile, platform.name)?;
        Ok(Access { platform, profile, url, given_url: given, credential, settings })
    }

    /// A setting of the platform as somebody has said it.
    pub(crate) fn setting(&self, setting: &Setting) -> Option<String> {
        self.sourced(setting).map(|sourced| sourced.value)
    }

    /// The same with its source: its variable, else its key in the profile.
    pub(crate) fn sourced(&self, setting: &Setting) -> Option<SourcedValue> {
        let name = self.platform.name;
        let kept =
            || SourcedValue::profile(&self.profile, name, setting.key?, self.settings.get(setting.key?).cloned());
        SourcedValue::environment(name, setting.variable).or_else(kept)
    }

    /// The address, and who has said it.
    pub(crate) fn address(&self) -> CliResult<SourcedValue> {
        address(&ProfileFiles::open()?, self.platform, &self.profile, self.given_url.as_ref())
    }

    /// The same without a credential: what fetches one has none.
    pub(crate) fn anonymous(&self) -> Access {
        Access { credential: Credential::None, ..self.clone() }
    }

    /// Stores a login in the profile, and says so.
    pub(crate) fn store(&self, login: StoredLogin, username: &str, out: &Out) -> CliResult {
        let until = match (&login.refresh_token, &login.expires_at) {
            (Some(_), _) => ", for as long as it is used once in a while".to_owned(),
            (None, Some(end)) => format!(", until {end}"),
            (None, None) => String::new(),
        };
        let files = ProfileFiles::open()?;
        files.keep(&self.profile, self.platform.name, login)?;
        let place = files.credentials();
        out.notice(&format!("logged in to {} as {username}{until}; the token is in {}", self.url, place.display()));
        Ok(())
    }

    /// The error of a call with this.
    pub(crate) fn error(&self, error: &mlhub::Error) -> CliError {
        CliError::failed_call(error, self.platform.name, self.given_url.as_deref())
    }

    /// Options of the command line by which the next command reaches the same server. An address with a password in
    /// it is not repeated.
    pub(crate) fn options(&self) -> String {
        let url = self.given_url.as_deref().filter(|url| !url.contains('@'));
        let profile = Some(self.profile.as_str()).filter(|profile| *profile != PROFILE);
        let option = |name: &str, value: Option<&str>| {
            value.map(|value| format!(" {name} {}", shell_word(value))).unwrap_or_default()
        };
        option("--url", url) + &option("--profile", profile)
    }

    /// The error of a command that needs a login, without one.
    pub(crate) fn logged_out(&self) -> CliError {
        let name = self.platform.name;
        CliError::new(Exit::Denied, format!("not logged in to {name}"), format!("mlhub login {name}"))
    }
}

fn address(
    files: &ProfileFiles,
    platform: &Platform,
    profile: &str,
    given: Option<&String>,
) -> CliResult<SourcedValue> {
    // The profile may be broken; what was said elsewhere serves all the same.
    let said = given.is_some() || variable(platform.name, "URL").is_some();
    let kept = if said { None } else { files.url(profile, platform.name)? };
    Ok(setting_source::url(platform, profile, given, kept))
}

/// A credential from the command line or the environment.
fn given_credential(platform: &str, global: &Global) -> Option<Credential> {
    if let Some(given) = &global.token {
        return Some(Credential::given_token(given.clone()));
    }
    // Some platforms have tokens of several sorts.
    if let Some(given) = ["TOKEN", "PROJECT_TOKEN", "CLUSTER_TOKEN"].iter().find_map(|name| variable(platform, name)) {
        return Some(Credential::Token { token: given.into(), source: "environment", expires_at: None });
    }
    let username = variable(platform, "USERNAME")?;
    if let Some(password) = variable(platform, "PASSWORD") {
        return Some(Credential::Password { username, password: password.into() });
    }
    let secret = variable(platform, "CLIENT_SECRET")?;
    Some(Credential::Service { account: username, secret: secret.into() })
}

/// The credential in the profile, if it belongs to that server and still lives, or can be renewed.
fn stored_credential(login: Option<StoredLogin>, url: &str, now: SystemTime) -> Credential {
    // A token goes to the server that gave it and to no other.
    let Some(login) = login.filter(|login| same_server(&login.url, url)) else {
        return Credential::None;
    };
    if login.refresh_token.is_some() {
        return Credential::Stored(login);
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

    fn login(expires: Option<u64>) -> Option<StoredLogin> {
        Some(StoredLogin {
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
        assert!(matches!(stored_credential(login(None), "http://one:1", now), Credential::Token { .. }));
        assert!(matches!(stored_credential(login(None), "http://one:2", now), Credential::None));
        assert!(matches!(stored_credential(login(None), "https://one:1", now), Credential::None));
        assert!(matches!(stored_credential(None, "http://one:1", now), Credential::None));
    }

    #[test]
    fn a_token_that_has_ended_is_not_sent() {
        let now = UNIX_EPOCH + Duration::from_secs(100);
        assert!(matches!(stored_credential(login(Some(101)), "http://one:1", now), Credential::Token { .. }));
        assert!(matches!(stored_credential(login(Some(100)), "http://one:1", now), Credential::None));
    }

    #[test]
    fn a_token_that_has_ended_is_renewed_where_that_is_possible() {
        let renewable = StoredLogin { refresh_token: Some("hunter3".into()), ..login(Some(100)).unwrap() };
        assert!(matches!(stored_credential(Some(renewable), "http://one:1", UNIX_EPOCH), Credential::Stored(_)));
    }

    #[test]
    fn it_does_not_show_its_tokens() {
        let renewable = StoredLogin { refresh_token: Some("hunter2".into()), ..login(None).unwrap() };
        for login in [login(None).unwrap(), renewable] {
            let credential = stored_credential(Some(login), "http://one:1", UNIX_EPOCH);
            assert!(!format!("{credential:?}").contains("hunter2"));
        }
    }
}

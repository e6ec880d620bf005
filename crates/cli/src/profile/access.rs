//! Access to a platform: an address, and a credential that belongs to it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use mlhub::Secret;
use mlhub::clock::{Clock as _, SystemClock};

use super::config_file::{self, ConfigFile};
use super::credentials_file::{CredentialsFile, StoredLogin, same_server};
use super::setting_source::{self, CREDENTIALS, PROFILE, SettingSource, SourcedValue};
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
    /// Settings that options of the command line say, by their variables.
    flags: BTreeMap<&'static str, String>,
    /// What else the profile says about the platform.
    settings: BTreeMap<String, String>,
    /// Logins that are kept for the profile, the latest first.
    logins: Vec<StoredLogin>,
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
        Access::of(platform, global, given, false)
    }

    /// The same for a login, which may make a new profile, for a server that is named.
    pub(crate) fn for_login(platform: &'static Platform, global: &Global) -> CliResult<Access> {
        let named = global.url.is_some() || variable(platform.name, "URL").is_some();
        Access::of(platform, global, global.url.clone(), named)
    }

    fn of(platform: &'static Platform, global: &Global, given: Option<String>, new: bool) -> CliResult<Access> {
        let (config, credentials) = (ConfigFile::open()?, CredentialsFile::open()?);
        let profile = setting_source::profile(global);
        if !new {
            known(&profile, config.profiles(), credentials.profiles()?)?;
        }
        let profile = profile.value;
        let settings = config.settings(&profile, platform)?;
        let logins = credentials.logins(&profile, platform.name)?;
        let mut access = Access {
            platform,
            profile,
            url: String::new(),
            given_url: given,
            credential: Credential::None,
            flags: global.connection.values(),
            settings,
            logins,
        };
        access.url = access.address().value;
        access.credential = given_credential(platform.name, global)
            .unwrap_or_else(|| stored_credential(access.login().cloned(), SystemClock::new().wall()));
        Ok(access)
    }

    /// The login at this server. A token goes to the server that gave it and to no other.
    fn login(&self) -> Option<&StoredLogin> {
        self.logins.iter().find(|login| same_server(&login.url, &self.url))
    }

    /// A setting of the platform as somebody has said it.
    pub(crate) fn setting(&self, setting: &Setting) -> Option<String> {
        self.sourced(setting).map(|sourced| sourced.value)
    }

    /// The same with its source: its option, its variable, its key in the profile, the login that is kept.
    pub(crate) fn sourced(&self, setting: &Setting) -> Option<SourcedValue> {
        let name = self.platform.name;
        let flag = setting.option().and_then(|option| SourcedValue::flag(&option, self.flags.get(setting.variable)));
        let common = || SourcedValue::variable(&format!("MLHUB_{}", setting.variable)).filter(|_| setting.common);
        let key = |key: &'static str| {
            let login = || {
                let value = self.login()?.settings.get(key)?;
                Some(SourcedValue::new(value, SettingSource::Login, CREDENTIALS))
            };
            SourcedValue::profile(&self.profile, name, key, self.settings.get(key).cloned()).or_else(login)
        };
        flag.or_else(|| SourcedValue::environment(name, setting.variable))
            .or_else(common)
            .or_else(|| setting.key.and_then(key))
    }

    /// The address, and who has said it.
    pub(crate) fn address(&self) -> SourcedValue {
        let latest = self.logins.first().map(|login| &login.url);
        let config = config_file::address(&self.settings);
        setting_source::url(self.platform, &self.profile, self.given_url.as_ref(), config, latest)
    }

    /// The same without a credential: what fetches one has none.
    pub(crate) fn anonymous(&self) -> Access {
        self.with_credential(Credential::None)
    }

    /// The same with another credential.
    pub(crate) fn with_credential(&self, credential: Credential) -> Access {
        Access { credential, ..self.clone() }
    }

    /// Stores a login in the profile, and says so.
    pub(crate) async fn store(&self, login: StoredLogin, out: &Out) -> CliResult {
        let until = match (&login.refresh_token, &login.expires_at) {
            (Some(_), _) => ", for as long as it is used once in a while".to_owned(),
            (None, Some(end)) => format!(", until {end}"),
            (None, None) => String::new(),
        };
        let (file, name, username) = (CredentialsFile::open()?, self.platform.name, login.username.clone());
        file.keep(&self.profile, name, login).await?;
        let place = file.path();
        out.notice(&format!("logged in to {} as {username}{until}; the token is in {}", self.url, place.display()));
        self.warn_of_other_address();
        Ok(())
    }

    /// Says where later commands go, if that is elsewhere than to the server of a login, or was until now.
    fn warn_of_other_address(&self) {
        let (profile, name, url) = (&self.profile, self.platform.name, setting_source::shown(&self.url));
        let other = |address: &str| (!same_server(address, &self.url)).then(|| setting_source::shown(address));
        if let Some((key, config)) = config_file::address(&self.settings) {
            if let Some(config) = other(&config) {
                terminal::warn(&format!(
                    "the profile {profile:?} has the address {config} (profiles.{profile}.{name}.{key}) and keeps it: \
                     this login is used with --url {url}"
                ));
            }
        } else if let Some(before) = self.logins.first().and_then(|login| other(&login.url)) {
            terminal::warn(&format!(
                "commands of the profile {profile:?} go to {url} from now on; the login at {before} is kept for --url {before}"
            ));
        }
    }

    /// The error of a call with this.
    pub(crate) fn error(&self, error: &mlhub::Error) -> CliError {
        let name = self.platform.name;
        let op = error.operation().and_then(|id| self.platform.op(id));
        let look = match op.and_then(|op| self.platform.listing(op.group)) {
            Some(list) => format!("mlhub {name} {} {}{}", list.group, list.verb, self.options()),
            None => op.map_or_else(|| format!("mlhub ops {name}"), |op| format!("mlhub {name} {} --help", op.group)),
        };
        CliError::failed_call(error, name, self.given_url.as_deref(), &look)
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

/// Refuses a profile that is nowhere: a word that is mistyped would lead to another server.
fn known(profile: &SourcedValue, mut names: BTreeSet<String>, with_login: BTreeSet<String>) -> CliResult {
    names.extend(with_login);
    names.insert(PROFILE.to_owned());
    if profile.source == SettingSource::Default || names.contains(&profile.value) {
        return Ok(());
    }
    let names: Vec<_> = names.into_iter().collect();
    let message = format!("there is no profile {:?} ({}); there is {}", profile.value, profile.place, names.join(", "));
    Err(CliError::usage(message, format!("mlhub config explain --profile {PROFILE}")))
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

/// The credential in the profile, if it still lives, or can be renewed.
fn stored_credential(login: Option<StoredLogin>, now: SystemTime) -> Credential {
    let Some(login) = login else { return Credential::None };
    if login.refresh_token.is_some() {
        return Credential::Stored(login);
    }
    if login.expires_at.as_ref().and_then(mlhub::Timestamp::time).is_some_and(|end| end <= now) {
        terminal::warn("the login in the profile has ended");
        return Credential::None;
    }
    Credential::Token { token: login.token, source: "profile", expires_at: login.expires_at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    static PLATFORM: Platform = Platform { name: "some", url: "http://some", settings: &[], ops: &[] };

    fn login(expires: Option<u64>) -> Option<StoredLogin> {
        Some(StoredLogin {
            url: "http://one:1/".into(),
            username: "me".into(),
            token: "hunter2".into(),
            refresh_token: None,
            expires_at: expires.map(|seconds| (UNIX_EPOCH + Duration::from_secs(seconds)).into()),
            settings: BTreeMap::new(),
        })
    }

    #[test]
    fn a_token_goes_to_the_server_that_gave_it_and_to_no_other() {
        let at = |url: &str| Access {
            platform: &PLATFORM,
            profile: PROFILE.to_owned(),
            url: url.to_owned(),
            given_url: None,
            credential: Credential::None,
            flags: BTreeMap::new(),
            settings: BTreeMap::new(),
            logins: login(None).into_iter().collect(),
        };
        for (url, known) in [("http://one:1", true), ("http://one:2", false), ("https://one:1", false)] {
            assert_eq!(at(url).login().is_some(), known, "{url}");
        }
    }

    #[test]
    fn a_token_that_has_ended_is_not_sent() {
        let now = UNIX_EPOCH + Duration::from_secs(100);
        assert!(matches!(stored_credential(login(Some(101)), now), Credential::Token { .. }));
        assert!(matches!(stored_credential(login(Some(100)), now), Credential::None));
        assert!(matches!(stored_credential(None, now), Credential::None));
    }

    #[test]
    fn a_token_that_has_ended_is_renewed_where_that_is_possible() {
        let renewable = StoredLogin { refresh_token: Some("hunter3".into()), ..login(Some(100)).unwrap() };
        assert!(matches!(stored_credential(Some(renewable), UNIX_EPOCH), Credential::Stored(_)));
    }

    #[test]
    fn it_does_not_show_its_tokens() {
        let renewable = StoredLogin { refresh_token: Some("hunter2".into()), ..login(None).unwrap() };
        for login in [login(None).unwrap(), renewable] {
            let credential = stored_credential(Some(login), UNIX_EPOCH);
            assert!(!format!("{credential:?}").contains("hunter2"));
        }
    }
}

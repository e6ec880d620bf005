//! Setting source: where the value of a setting was found, and how it is shown.

use crate::global::Global;
use crate::platform::{Platform, Setting, variable_name};

/// Default profile.
pub(super) const PROFILE: &str = "default";
/// In place of what is secret.
const HIDDEN: &str = "(hidden)";
/// Where logins are kept.
pub(super) const CREDENTIALS: &str = "credentials.yaml";
/// How a private key begins, where it is given as a text.
const PEM: &str = "-----BEGIN";

/// Value of a setting, and where it was found.
#[derive(Clone)]
pub(crate) struct SourcedValue {
    /// The value.
    pub(crate) value: String,
    /// What sort of place that is.
    pub(crate) source: SettingSource,
    /// The option, the variable or the key.
    pub(crate) place: String,
}

/// Setting source; the first that has a value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SettingSource {
    /// The command line.
    Flag,
    /// A variable of the environment.
    Environment,
    /// The profile in the user's config folder.
    Profile,
    /// The login that is kept for the profile.
    Login,
    /// The default.
    Default,
}

impl SettingSource {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            SettingSource::Flag => "flag",
            SettingSource::Environment => "environment",
            SettingSource::Profile => "profile",
            SettingSource::Login => "login",
            SettingSource::Default => "default",
        }
    }
}

impl SourcedValue {
    pub(super) fn new(value: impl Into<String>, source: SettingSource, place: impl Into<String>) -> SourcedValue {
        SourcedValue { value: value.into(), source, place: place.into() }
    }

    /// What an option says.
    pub(super) fn flag(option: &str, value: Option<&String>) -> Option<SourcedValue> {
        value.map(|value| SourcedValue::new(value, SettingSource::Flag, option))
    }

    /// What a variable of the platform says.
    pub(super) fn environment(platform: &str, what: &str) -> Option<SourcedValue> {
        SourcedValue::variable(&variable_name(platform, what))
    }

    /// What a variable says; one that is empty counts as not set.
    pub(super) fn variable(name: &str) -> Option<SourcedValue> {
        let value = std::env::var(name).ok().filter(|value| !value.is_empty())?;
        Some(SourcedValue::new(value, SettingSource::Environment, name))
    }

    /// What the profile says under that key.
    pub(super) fn profile(profile: &str, platform: &str, key: &str, value: Option<String>) -> Option<SourcedValue> {
        let value = value.filter(|value| !value.is_empty())?;
        Some(SourcedValue::new(value, SettingSource::Profile, format!("profiles.{profile}.{platform}.{key}")))
    }

    /// The default.
    pub(super) fn default(value: &str) -> SourcedValue {
        SourcedValue::new(value, SettingSource::Default, "")
    }
}

/// Name of the profile that is used.
pub(crate) fn profile(global: &Global) -> SourcedValue {
    SourcedValue::flag("--profile", global.profile.as_ref())
        .or_else(|| SourcedValue::variable("MLHUB_PROFILE"))
        .unwrap_or_else(|| SourcedValue::default(PROFILE))
}

/// Value of a setting as it may be seen.
pub(crate) fn shown_value(setting: &Setting, value: &str) -> String {
    if setting.secret || value.contains(PEM) { HIDDEN.to_owned() } else { shown(value) }
}

/// Address without the password that may stand in it; several have commas between them.
pub(crate) fn shown(urls: &str) -> String {
    let one = |url: &str| match (url.split_once("://"), url.rfind('@')) {
        (Some((scheme, _)), Some(at)) => format!("{scheme}://{}", &url[at + 1..]),
        _ => url.to_owned(),
    };
    urls.split(',').map(one).collect::<Vec<_>>().join(",")
}

/// Address of a platform's server: as it was given, else of the environment, of the profile, of the latest login.
pub(super) fn url(
    platform: &Platform,
    profile: &str,
    given: Option<&String>,
    config: Option<(&str, String)>,
    login: Option<&String>,
) -> SourcedValue {
    let login = || login.map(|url| SourcedValue::new(url, SettingSource::Login, CREDENTIALS));
    SourcedValue::flag("--url", given)
        .or_else(|| SourcedValue::environment(platform.name, "URL"))
        .or_else(|| config.and_then(|(key, url)| SourcedValue::profile(profile, platform.name, key, Some(url))))
        .or_else(login)
        .unwrap_or_else(|| SourcedValue::default(platform.url))
}

#[cfg(test)]
mod tests {
    use super::*;

    static PLATFORM: Platform = Platform { name: "some", url: "http://some", settings: &[], ops: &[] };

    #[test]
    fn an_address_is_shown_without_its_password() {
        assert_eq!(shown("http://me:hunter2@host:1/p"), "http://host:1/p");
        assert_eq!(shown("http://host:1/p"), "http://host:1/p");
        assert_eq!(shown("http://me:a@one:1,http://me:b@two:2"), "http://one:1,http://two:2");
        assert_eq!(shown("one,http://me:b@two"), "one,http://two");
    }

    #[test]
    fn what_is_secret_is_not_shown() {
        assert_eq!(shown_value(&Setting::secret("TOKEN"), "hunter2"), HIDDEN);
        let key = Setting::new("PRIVATE_KEY");
        assert_eq!(shown_value(&key, "-----BEGIN RSA PRIVATE KEY-----\nhunter2"), HIDDEN);
        assert_eq!(shown_value(&key, "/home/me/key.pem"), "/home/me/key.pem");
    }

    #[test]
    fn the_first_source_counts() {
        let given = "http://given".to_owned();
        let kept = || Some(("url", "http://kept".to_owned()));
        let platform = &PLATFORM;
        let login = "http://login".to_owned();
        assert_eq!(url(platform, "p", Some(&given), kept(), Some(&login)).source, SettingSource::Flag);
        let found = url(platform, "p", None, kept(), Some(&login));
        assert_eq!((found.source, found.place), (SettingSource::Profile, format!("profiles.p.{}.url", platform.name)));
        assert_eq!(url(platform, "p", None, None, Some(&login)).source, SettingSource::Login);
        assert_eq!(url(platform, "p", None, None, None).value, platform.url);
    }
}

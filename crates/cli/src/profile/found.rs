//! A setting, and where its value was found.

use crate::args::Global;
use crate::platforms::Platform;

use super::access::variable;

/// The profile that is used where none is named.
pub(super) const PROFILE: &str = "default";
/// In place of what is secret.
const HIDDEN: &str = "(hidden)";
/// How a private key begins, where it is given as a text.
const PEM: &str = "-----BEGIN";

/// A setting of a platform: the variable `MLHUB_<PLATFORM>_<VARIABLE>`, and what else may say it.
#[derive(Debug)]
pub(crate) struct Setting {
    /// The end of the variable's name.
    pub(crate) variable: &'static str,
    /// The key in a profile, where it may stand in one.
    pub(crate) key: Option<&'static str>,
    /// What counts where nobody says.
    pub(crate) usual: Option<&'static str>,
    /// Whether its value is never shown.
    pub(crate) secret: bool,
}

impl Setting {
    /// One that the environment alone may say.
    pub(crate) const fn new(variable: &'static str) -> Setting {
        Setting { variable, key: None, usual: None, secret: false }
    }

    /// The same, never shown.
    pub(crate) const fn secret(variable: &'static str) -> Setting {
        Setting { secret: true, ..Setting::new(variable) }
    }

    /// The same in a profile too.
    pub(crate) const fn key(self, key: &'static str) -> Setting {
        Setting { key: Some(key), ..self }
    }

    /// The same with a value where nobody says one.
    pub(crate) const fn usual(self, value: &'static str) -> Setting {
        Setting { usual: Some(value), ..self }
    }

    /// Its variable.
    pub(crate) fn name(&self, platform: &str) -> String {
        variable_name(platform, self.variable)
    }
}

/// The name of a variable of a platform.
pub(super) fn variable_name(platform: &str, what: &str) -> String {
    format!("MLHUB_{}_{what}", platform.to_uppercase().replace('-', "_"))
}

/// A value and where it was found.
#[derive(Clone)]
pub(crate) struct Found {
    /// The value.
    pub(crate) value: String,
    /// What sort of place that is.
    pub(crate) source: Source,
    /// The option, the variable or the key.
    pub(crate) place: String,
}

/// Where values come from; the first that has one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The command line.
    Flag,
    /// A variable of the environment.
    Environment,
    /// The profile in the user's config folder.
    Profile,
    /// What is usual.
    Default,
}

impl Source {
    /// The word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Source::Flag => "flag",
            Source::Environment => "environment",
            Source::Profile => "profile",
            Source::Default => "default",
        }
    }
}

impl Found {
    pub(super) fn new(value: impl Into<String>, source: Source, place: impl Into<String>) -> Found {
        Found { value: value.into(), source, place: place.into() }
    }

    /// What an option says.
    pub(super) fn flag(option: &str, value: Option<&String>) -> Option<Found> {
        value.map(|value| Found::new(value, Source::Flag, option))
    }

    /// What a variable of the platform says.
    pub(super) fn environment(platform: &str, what: &str) -> Option<Found> {
        variable(platform, what).map(|value| Found::new(value, Source::Environment, variable_name(platform, what)))
    }

    /// What the profile says under that key.
    pub(super) fn profile(profile: &str, platform: &str, key: &str, value: Option<String>) -> Option<Found> {
        let value = value.filter(|value| !value.is_empty())?;
        Some(Found::new(value, Source::Profile, format!("profiles.{profile}.{platform}.{key}")))
    }

    /// What is usual.
    pub(super) fn usual(value: &str) -> Found {
        Found::new(value, Source::Default, "")
    }
}

/// Which profile is used.
pub(crate) fn profile(global: &Global) -> Found {
    let variable = || std::env::var("MLHUB_PROFILE").ok().filter(|name| !name.is_empty());
    Found::flag("--profile", global.profile.as_ref())
        .or_else(|| variable().map(|name| Found::new(name, Source::Environment, "MLHUB_PROFILE")))
        .unwrap_or_else(|| Found::usual(PROFILE))
}

/// A value as it may be seen.
pub(crate) fn shown_value(setting: &Setting, value: &str) -> String {
    if setting.secret || value.contains(PEM) { HIDDEN.to_owned() } else { shown(value) }
}

/// An address without the password that may stand in it; several have commas between them.
pub(crate) fn shown(urls: &str) -> String {
    let one = |url: &str| match (url.split_once("://"), url.rfind('@')) {
        (Some((scheme, _)), Some(at)) => format!("{scheme}://{}", &url[at + 1..]),
        _ => url.to_owned(),
    };
    urls.split(',').map(one).collect::<Vec<_>>().join(",")
}

/// The settings by which every platform knows who somebody is.
pub(crate) const fn who() -> [Setting; 3] {
    [Setting::secret("TOKEN"), Setting::new("USERNAME"), Setting::secret("PASSWORD")]
}

/// The address of a platform's server.
pub(super) fn url(platform: &Platform, profile: &str, given: Option<&String>, kept: Option<(String, &str)>) -> Found {
    let kept = kept.and_then(|(url, key)| Found::profile(profile, platform.name, key, Some(url)));
    Found::flag("--url", given)
        .or_else(|| Found::environment(platform.name, "URL"))
        .or(kept)
        .unwrap_or_else(|| Found::usual(platform.url))
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn what_says_first_counts() {
        let given = "http://given".to_owned();
        let kept = || Some(("http://kept".to_owned(), "url"));
        let platform = &crate::platforms::PLATFORMS[0];
        assert_eq!(url(platform, "p", Some(&given), kept()).source, Source::Flag);
        let found = url(platform, "p", None, kept());
        assert_eq!((found.source, found.place), (Source::Profile, format!("profiles.p.{}.url", platform.name)));
        assert_eq!(url(platform, "p", None, None).value, platform.url);
    }
}

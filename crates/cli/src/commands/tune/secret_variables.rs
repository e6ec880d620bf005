//! Secret environment variables of this program, which no trial gets: passwords, tokens, keys.

use std::ffi::OsString;

use crate::platforms;
use crate::profile::setting_source::shown;

/// How the variables of this program begin.
const PROGRAM: &str = "MLHUB_";
/// How those begin that carry the values of a trial, where this program runs in one.
const VALUES: &str = "MLHUB_PARAM_";
/// Words in the name of a variable that is secret, or leads to what is.
const WORDS: &[&str] = &["TOKEN", "SECRET", "PASSWORD", "PASSPHRASE", "KEY", "CREDENTIAL", "COOKIE", "JWT"];
/// How a private key and a signed token begin.
const TEXTS: &[&str] = &["-----BEGIN", "eyJ"];

/// Names of the variables of this process that no trial gets.
pub(super) fn secret_variables() -> Vec<OsString> {
    let secret = |(name, value): &(OsString, OsString)| is_secret(&name.to_string_lossy(), &value.to_string_lossy());
    std::env::vars_os().filter(secret).map(|(name, _)| name).collect()
}

/// By its name, by what a platform says of it, or by its value: an address may have a password in it.
fn is_secret(name: &str, value: &str) -> bool {
    let name = name.to_uppercase();
    let declared = || {
        platforms::all().any(|platform| {
            platform.settings.iter().any(|setting| setting.secret && setting.name(platform.name) == name)
        })
    };
    let telling = || TEXTS.iter().any(|text| value.trim_start().starts_with(text)) || shown(value) != value;
    name.starts_with(PROGRAM)
        && !name.starts_with(VALUES)
        && (WORDS.iter().any(|word| name.contains(word)) || telling() || declared())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_secret_is_told_by_name_or_value() {
        for (name, value) in [
            ("MLHUB_JWT_SECRET", "x"),
            ("MLHUB_JWT_SECRETS_FILE", "/x"),
            ("MLHUB_AUTOTUNE_TOKEN", ""),
            ("mlhub_auger_password", "x"),
            ("MLHUB_VANTAGE6_PRIVATE_KEY", "/home/me/key.pem"),
            ("MLHUB_LOUDML_URL", "http://me:hunter2@host"),
            ("MLHUB_PROXY", "socks5://me:hunter2@host"),
            ("MLHUB_OTHER", "-----BEGIN PRIVATE KEY-----"),
            ("MLHUB_OTHER", "eyJhbGciOiJIUzI1NiJ9.e30.x"),
        ] {
            assert!(is_secret(name, value), "{name}={value}");
        }
        for (name, value) in [
            ("MLHUB_AUTOTUNE_URL", "http://host:1"),
            ("MLHUB_PROFILE", "work"),
            ("MLHUB_PARAM_TOKEN_COUNT", "3"),
            ("MLHUB_STUDY", "forest"),
            ("WANDB_API_KEY", "the trial's own"),
            ("PATH", "/bin"),
        ] {
            assert!(!is_secret(name, value), "{name}={value}");
        }
    }

    #[test]
    fn every_secret_setting_of_a_platform_is_secret() {
        for platform in platforms::all() {
            for setting in platform.settings.iter().filter(|setting| setting.secret) {
                assert!(is_secret(&setting.name(platform.name), "x"), "{}", setting.name(platform.name));
            }
        }
    }
}

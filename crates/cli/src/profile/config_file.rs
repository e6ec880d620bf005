//! Config file of profiles: addresses and settings as people have written them. The program reads it and never writes it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use serde_saphyr::{Location, Spanned};

use super::folder::{folder, read};
use crate::error::{CliError, CliResult};
use crate::exit::Exit;
use crate::platform::Platform;

/// Name of the file.
const NAME: &str = "config.yaml";
/// The address of a server, and the same as the configurations of vantage6 itself call it.
const ADDRESS: [&str; 2] = ["url", "hq_url"];

/// What stands at a key, with its place.
type Entry = BTreeMap<String, Spanned<Value>>;
/// Entries of a profile by platform.
type Profile = BTreeMap<String, Option<Entry>>;

/// Content of the file: profile, platform, key. A part that is left empty is none.
#[derive(Debug, Default, Deserialize)]
struct Content {
    #[serde(default)]
    profiles: Option<BTreeMap<String, Option<Profile>>>,
}

/// Config file.
#[derive(Debug)]
pub(crate) struct ConfigFile {
    path: PathBuf,
    content: Content,
}

impl ConfigFile {
    /// The file of this user; without one there are no profiles.
    pub(crate) fn open() -> CliResult<ConfigFile> {
        ConfigFile::at(&folder()?)
    }

    fn at(folder: &Path) -> CliResult<ConfigFile> {
        let path = folder.join(NAME);
        let Some(text) = read(&path)? else { return Ok(ConfigFile { path, content: Content::default() }) };
        let content = serde_saphyr::from_str(&text).map_err(|error| {
            let place = error.location().unwrap_or(Location::UNKNOWN);
            malformed(&path, place, &reason(&error))
        })?;
        Ok(ConfigFile { path, content })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Names of its profiles.
    pub(crate) fn profiles(&self) -> BTreeSet<String> {
        self.content.profiles.iter().flatten().map(|(name, _)| name.clone()).collect()
    }

    /// The settings of a platform in a profile: the texts of the keys that the platform knows.
    pub(crate) fn settings(&self, profile: &str, platform: &Platform) -> CliResult<BTreeMap<String, String>> {
        let known = platform.all_settings().filter_map(|setting| setting.key).chain(ADDRESS);
        let platforms = self.content.profiles.as_ref().and_then(|profiles| profiles.get(profile)?.as_ref());
        let Some(entry) = platforms.and_then(|platforms| platforms.get(platform.name)?.as_ref()) else {
            return Ok(BTreeMap::new());
        };
        let mut settings = BTreeMap::new();
        for key in known {
            match entry.get(key) {
                None => {}
                Some(found) => match &found.value {
                    Value::Null => {}
                    Value::String(text) => drop(settings.insert(key.to_owned(), text.clone())),
                    other => {
                        let kind = match other {
                            Value::Number(_) => "a number",
                            Value::Bool(_) => "a truth value",
                            _ => "a list or a mapping",
                        };
                        let why = format!("`{key}` is {kind} where a text belongs; quote it");
                        return Err(malformed(&self.path, found.referenced, &why));
                    }
                },
            }
        }
        Ok(settings)
    }
}

/// The address among settings, and its key.
pub(crate) fn address(settings: &BTreeMap<String, String>) -> Option<(&'static str, String)> {
    ADDRESS.into_iter().find_map(|key| Some((key, settings.get(key).filter(|url| !url.is_empty())?.clone())))
}

/// What is wrong, in one line and without its place.
fn reason(error: &serde_saphyr::Error) -> String {
    let said = error.without_snippet().to_string();
    let line = said.lines().next().unwrap_or_default();
    let line = line.strip_prefix("error: ").unwrap_or(line);
    let end = line.rfind(" at line ").or_else(|| line.rfind(" (line "));
    line[..end.unwrap_or(line.len())].to_owned()
}

fn malformed(path: &Path, place: Location, why: &str) -> CliError {
    let path = path.display();
    let place =
        if place == Location::UNKNOWN { String::new() } else { format!(":{}:{}", place.line(), place.column()) };
    CliError::new(Exit::Usage, format!("{path}{place}: {why}"), format!("${{EDITOR:-vi}} {path}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::CliError;
    use crate::platforms::find;

    /// What is read of a text for a platform.
    fn of(text: &str, platform: &str) -> CliResult<BTreeMap<String, String>> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(NAME), text).unwrap();
        ConfigFile::at(folder.path())?.settings("default", find(platform).unwrap())
    }

    #[test]
    fn settings_are_read_and_what_is_not_known_is_left_alone() {
        let text = "# mine\nprofiles:\n  default:\n    vantage6:\n      hq_url: http://hq\n      keycloak_realm: r\n      port: 7\n  empty:\n";
        let settings = of(text, "vantage6").unwrap();
        assert_eq!(address(&settings), Some(("hq_url", "http://hq".to_owned())));
        assert_eq!(settings.get("keycloak_realm").map(String::as_str), Some("r"));
        assert_eq!(settings.get("port"), None);
        assert!(of(text, "autotune").unwrap().is_empty());
        for text in ["", "\n", "profiles:\n", "profiles:\n  default:\n", "other: 7\n"] {
            assert!(of(text, "autotune").unwrap().is_empty(), "{text:?}");
        }
    }

    #[test]
    fn a_mistake_is_named_with_line_and_column() {
        for (text, place, words) in [
            ("profiles:\n\tdefault:\n", ":2:", "tab"),
            ("profiles:\n  default:\n    autotune:\n      url: http://a\n      url: http://b\n", ":5:7", "duplicate"),
            ("profiles:\n  default:\n    autotune:\n      url: 8008\n", ":4:12", "`url` is a number"),
            ("profiles:\n  default:\n    autotune:\n      url: [a]\n", ":4:12", "`url` is a list"),
            ("profiles:\n  default: 7\n", ":2:12", "mapping"),
            ("profiles: [a\n", ":", ""),
        ] {
            let Err(CliError::Reported(report)) = of(text, "autotune") else { panic!("{text:?} is read") };
            let place = format!("{NAME}{place}");
            assert!(report.message.contains(&place), "{text:?}: {}", report.message);
            assert!(report.message.to_lowercase().contains(words), "{text:?}: {}", report.message);
            assert!(!report.message.contains('\n') && report.exit == Exit::Usage, "{report:?}");
        }
    }
}

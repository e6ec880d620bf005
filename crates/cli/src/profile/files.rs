//! Profile files in the user's config folder: addresses in one, secrets in another that nobody else can read.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use mlhub::{Secret, Timestamp, Token};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{CliError, CliResult};
use crate::exit::Exit;
use crate::terminal;

/// Addresses, for people to edit.
const CONFIG: &str = "config.yaml";
/// Tokens.
const CREDENTIALS: &str = "credentials.yaml";
/// The address of a server.
const URL: &str = "url";
/// The address of a vantage6 hub, as its own configurations call it.
const HQ_URL: &str = "hq_url";
/// Held while the other two are read and written, so that two logins at once
/// do not undo each other.
const LOCK: &str = ".lock";

/// Login in a profile.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredLogin {
    /// The server that gave the token. It is sent to no other.
    pub(crate) url: String,
    /// Who logged in.
    pub(crate) username: String,
    /// The token.
    pub(crate) token: Secret,
    /// What the next token is fetched with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_token: Option<Secret>,
    /// When it ends, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<Timestamp>,
}

impl StoredLogin {
    /// Login of a token that was fetched for somebody.
    pub(crate) fn of(url: String, username: String, token: &Token) -> StoredLogin {
        StoredLogin {
            url,
            username,
            token: token.value().clone(),
            refresh_token: token.refresh().cloned(),
            expires_at: token.expires().map(Into::into),
        }
    }
}

/// Entry of a platform in a profile.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct ProfileEntry {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// What else people have written there.
    #[serde(flatten)]
    more: BTreeMap<String, Value>,
}

impl ProfileEntry {
    /// The address and its key, which may be the name that vantage6's own configurations have for it.
    fn address(&self) -> Option<(String, &'static str)> {
        let own = self.url.clone().map(|url| (url, URL));
        own.or_else(|| Some((self.more.get(HQ_URL)?.as_str()?.to_owned(), HQ_URL)))
    }
}

/// Content of either file: profile, platform, entry.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: DeserializeOwned"))]
struct Profiles<T> {
    #[serde(default = "BTreeMap::new")]
    profiles: BTreeMap<String, BTreeMap<String, T>>,
}

impl<T> Default for Profiles<T> {
    fn default() -> Self {
        Profiles { profiles: BTreeMap::new() }
    }
}

/// Lock of whoever changes the files; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct FilesLock {
    _file: File,
}

/// Folder with both files.
#[derive(Clone, Debug)]
pub(crate) struct ProfileFiles {
    folder: PathBuf,
}

impl ProfileFiles {
    /// The folder of this user: `$XDG_CONFIG_HOME/mlhub`, or where the system
    /// has such folders.
    pub(crate) fn open() -> CliResult<ProfileFiles> {
        let strategy = etcetera::choose_base_strategy().map_err(CliError::local)?;
        Ok(ProfileFiles { folder: strategy.config_dir().join("mlhub") })
    }

    /// Where tokens are kept.
    pub(crate) fn credentials(&self) -> PathBuf {
        self.folder.join(CREDENTIALS)
    }

    /// Where people write addresses and other settings.
    pub(crate) fn config(&self) -> PathBuf {
        self.folder.join(CONFIG)
    }

    /// The address in the profile, and its key there.
    pub(crate) fn url(&self, profile: &str, platform: &str) -> CliResult<Option<(String, &'static str)>> {
        let config: Profiles<ProfileEntry> = self.read(CONFIG)?;
        Ok(config.profiles.get(profile).and_then(|entries| entries.get(platform)?.address()))
    }

    /// What else the profile says about the platform: texts by their keys.
    pub(crate) fn settings(&self, profile: &str, platform: &str) -> CliResult<BTreeMap<String, String>> {
        let config: Profiles<ProfileEntry> = self.read(CONFIG)?;
        let place = config.profiles.get(profile).and_then(|entries| entries.get(platform));
        let texts = place.into_iter().flat_map(|place| &place.more);
        Ok(texts.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect())
    }

    /// The login in the profile.
    pub(crate) fn login(&self, profile: &str, platform: &str) -> CliResult<Option<StoredLogin>> {
        let file: Profiles<StoredLogin> = self.read(CREDENTIALS)?;
        if !file.profiles.is_empty() {
            self.check_mode();
        }
        Ok(file.profiles.get(profile).and_then(|entries| entries.get(platform)).cloned())
    }

    /// Keeps a login, and its address for later commands.
    pub(crate) fn keep(&self, profile: &str, platform: &str, login: StoredLogin) -> CliResult {
        self.keep_under(&self.lock()?, profile, platform, login)
    }

    /// The same for somebody who holds the lock.
    pub(crate) fn keep_under(&self, _: &FilesLock, profile: &str, platform: &str, login: StoredLogin) -> CliResult {
        let mut config: Profiles<ProfileEntry> = self.read(CONFIG)?;
        let place = config.profiles.entry(profile.to_owned()).or_default().entry(platform.to_owned()).or_default();
        match place.more.get_mut(HQ_URL) {
            Some(url) => *url = login.url.clone().into(),
            None => place.url = Some(login.url.clone()),
        }
        let mut file: Profiles<StoredLogin> = self.read(CREDENTIALS)?;
        file.profiles.entry(profile.to_owned()).or_default().insert(platform.to_owned(), login);
        self.write(CREDENTIALS, &file)?;
        self.write(CONFIG, &config)
    }

    /// Forgets a login; whether there was one.
    pub(crate) fn forget(&self, profile: &str, platform: &str) -> CliResult<bool> {
        if !self.credentials().exists() {
            return Ok(false);
        }
        let _lock = self.lock()?;
        let mut file: Profiles<StoredLogin> = self.read(CREDENTIALS)?;
        let entries = file.profiles.get_mut(profile);
        let had = entries.is_some_and(|entries| entries.remove(platform).is_some());
        file.profiles.retain(|_, entries| !entries.is_empty());
        self.write(CREDENTIALS, &file)?;
        Ok(had)
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> CliResult<Profiles<T>> {
        let path = self.folder.join(name);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) if text.trim().is_empty() => return Ok(Profiles::default()),
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Profiles::default()),
            Err(error) => return Err(failed("read", &path, &error)),
        };
        // The parser's own message would quote the file, tokens and all.
        serde_saphyr::from_str(&text).map_err(|_| {
            let message = format!("{} is not a file of profiles: it begins with `profiles:`", path.display());
            CliError::new(Exit::Usage, message, format!("mv {} {}.old", path.display(), path.display()))
        })
    }

    /// Replaces the file whole: whoever reads it meanwhile sees the old or the
    /// new one. A temporary file is for its owner alone (0600) from the start.
    fn write<T: Serialize>(&self, name: &str, value: &Profiles<T>) -> CliResult {
        let path = self.folder.join(name);
        let text = serde_saphyr::to_string(value).map_err(CliError::local)?;
        let write = || -> std::io::Result<()> {
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            file.write_all(text.as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|error| error.error)?;
            Ok(())
        };
        write().map_err(|error| failed("written", &path, &error))
    }

    /// Waits until no other command changes the files, and keeps them from it.
    pub(crate) fn lock(&self) -> CliResult<FilesLock> {
        let path = self.folder.join(LOCK);
        let lock = || -> std::io::Result<FilesLock> {
            std::fs::create_dir_all(&self.folder)?;
            let file = File::options().create(true).truncate(false).write(true).open(&path)?;
            file.lock()?;
            Ok(FilesLock { _file: file })
        };
        lock().map_err(|error| failed("locked", &path, &error))
    }

    #[cfg(unix)]
    fn check_mode(&self) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.credentials();
        let open = std::fs::metadata(&path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
        if open {
            let path = path.display();
            terminal::warn(&format!("others can read the tokens in {path}\n  next: chmod 600 {path}"));
        }
    }

    #[cfg(not(unix))]
    fn check_mode(&self) {}
}

fn failed(what: &str, path: &Path, error: &std::io::Error) -> CliError {
    let message = format!("{} cannot be {what}: {error}", path.display());
    CliError::new(Exit::Other, message, format!("ls -l {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, ProfileFiles) {
        let dir = tempfile::tempdir().unwrap();
        let files = ProfileFiles { folder: dir.path().join("mlhub") };
        (dir, files)
    }

    fn login(token: &str) -> StoredLogin {
        StoredLogin {
            url: "http://a".into(),
            username: "me".into(),
            token: token.into(),
            refresh_token: None,
            expires_at: None,
        }
    }

    #[test]
    fn a_login_is_found_again_and_forgotten() {
        let (_dir, files) = folder();
        assert!(files.login("default", "autotune").unwrap().is_none());
        files.keep("default", "autotune", login("one")).unwrap();
        files.keep("other", "autotune", login("two")).unwrap();
        assert_eq!(files.login("default", "autotune").unwrap().unwrap().token.expose(), "one");
        assert_eq!(files.url("other", "autotune").unwrap(), Some(("http://a".to_owned(), URL)));
        assert!(files.forget("default", "autotune").unwrap());
        assert!(!files.forget("default", "autotune").unwrap());
        assert!(files.login("default", "autotune").unwrap().is_none());
        assert_eq!(files.login("other", "autotune").unwrap().unwrap().token.expose(), "two");
    }

    #[test]
    fn what_people_have_written_beside_the_address_stays_there() {
        let (_dir, files) = folder();
        std::fs::create_dir_all(&files.folder).unwrap();
        let text =
            "profiles:\n  default:\n    vantage6:\n      hq_url: http://old\n      keycloak_realm: r\n      port: 7\n";
        std::fs::write(files.folder.join(CONFIG), text).unwrap();
        assert_eq!(files.url("default", "vantage6").unwrap(), Some(("http://old".to_owned(), HQ_URL)));
        files.keep("default", "vantage6", login("one")).unwrap();
        assert_eq!(files.url("default", "vantage6").unwrap(), Some(("http://a".to_owned(), HQ_URL)));
        let settings = files.settings("default", "vantage6").unwrap();
        assert_eq!(settings.get("keycloak_realm").map(String::as_str), Some("r"));
        assert!(std::fs::read_to_string(files.folder.join(CONFIG)).unwrap().contains("port: 7"));
        assert!(files.settings("default", "autotune").unwrap().is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_the_tokens() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_dir, files) = folder();
        files.keep("default", "autotune", login("one")).unwrap();
        let mode = std::fs::metadata(files.credentials()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_broken_file_is_named_and_not_quoted() {
        let (_dir, files) = folder();
        std::fs::create_dir_all(&files.folder).unwrap();
        std::fs::write(files.credentials(), "profiles: [hunter2").unwrap();
        let error = format!("{:?}", files.login("default", "autotune").unwrap_err());
        assert!(error.contains(CREDENTIALS) && !error.contains("hunter2"), "{error}");
    }
}

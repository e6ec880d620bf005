//! Credentials file: logins with their tokens, and all that is needed to renew them, which nobody else can read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use mlhub::{Secret, Timestamp, Token};
use serde::{Deserialize, Serialize};

use super::files_lock::FilesLock;
use super::folder::{failed, folder, read};
use crate::error::{CliError, CliResult};
use crate::exit::Exit;
use crate::{private_file, terminal};

/// Name of the file.
const NAME: &str = "credentials.yaml";

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
    /// What else the renewal needs, such as where logins are made: settings of the platform by their keys.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) settings: BTreeMap<String, String>,
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
            settings: BTreeMap::new(),
        }
    }

    /// The same with the settings that its renewal needs.
    pub(crate) fn with_settings(self, settings: BTreeMap<String, String>) -> StoredLogin {
        StoredLogin { settings, ..self }
    }

    /// The same login with the next token.
    pub(crate) fn renewed(self, token: &Token) -> StoredLogin {
        StoredLogin::of(self.url, self.username, token).with_settings(self.settings)
    }
}

/// Logins at a platform: one, or one at each of several servers, the latest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Logins {
    One(StoredLogin),
    Several(Vec<StoredLogin>),
}

impl Logins {
    fn list(self) -> Vec<StoredLogin> {
        match self {
            Logins::One(login) => vec![login],
            Logins::Several(logins) => logins,
        }
    }

    fn of(mut logins: Vec<StoredLogin>) -> Option<Logins> {
        match logins.len() {
            0 => None,
            1 => logins.pop().map(Logins::One),
            _ => Some(Logins::Several(logins)),
        }
    }
}

/// Content of the file: profile, platform, logins.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Content {
    #[serde(default)]
    profiles: BTreeMap<String, BTreeMap<String, Logins>>,
}

impl Content {
    fn logins(&self, profile: &str, platform: &str) -> Vec<StoredLogin> {
        self.profiles
            .get(profile)
            .and_then(|logins| logins.get(platform))
            .cloned()
            .map(Logins::list)
            .unwrap_or_default()
    }

    fn set(&mut self, profile: &str, platform: &str, logins: Vec<StoredLogin>) {
        let entry = self.profiles.entry(profile.to_owned()).or_default();
        match Logins::of(logins) {
            Some(logins) => drop(entry.insert(platform.to_owned(), logins)),
            None => drop(entry.remove(platform)),
        }
        self.profiles.retain(|_, logins| !logins.is_empty());
    }
}

/// Credentials file.
#[derive(Clone, Debug)]
pub(crate) struct CredentialsFile {
    folder: PathBuf,
}

impl CredentialsFile {
    /// The file of this user.
    pub(crate) fn open() -> CliResult<CredentialsFile> {
        Ok(CredentialsFile { folder: folder()? })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.join(NAME)
    }

    /// Names of the profiles with a login.
    pub(crate) fn profiles(&self) -> CliResult<BTreeSet<String>> {
        Ok(self.read()?.profiles.into_keys().collect())
    }

    /// The logins in a profile, the latest first.
    pub(crate) fn logins(&self, profile: &str, platform: &str) -> CliResult<Vec<StoredLogin>> {
        let content = self.read()?;
        if !content.profiles.is_empty() {
            self.check_mode();
        }
        Ok(content.logins(profile, platform))
    }

    /// Keeps a login beside those at other servers.
    pub(crate) async fn keep(&self, profile: &str, platform: &str, login: StoredLogin) -> CliResult {
        let _lock = self.lock().await?;
        let mut content = self.read()?;
        let mut logins = content.logins(profile, platform);
        logins.retain(|other| !same_server(&other.url, &login.url));
        logins.insert(0, login);
        content.set(profile, platform, logins);
        self.write(&content)
    }

    /// Puts the next token of a login in its place, for somebody who holds the lock.
    pub(super) fn replace_under(&self, _: &FilesLock, profile: &str, platform: &str, login: StoredLogin) -> CliResult {
        let mut content = self.read()?;
        let mut logins = content.logins(profile, platform);
        if let Some(place) = logins.iter_mut().find(|other| same_server(&other.url, &login.url)) {
            *place = login;
        }
        content.set(profile, platform, logins);
        self.write(&content)
    }

    /// Forgets the login at a server; whether there was one.
    pub(crate) async fn forget(&self, profile: &str, platform: &str, url: &str) -> CliResult<bool> {
        if !self.path().exists() {
            return Ok(false);
        }
        let _lock = self.lock().await?;
        let mut content = self.read()?;
        let mut logins = content.logins(profile, platform);
        let before = logins.len();
        logins.retain(|login| !same_server(&login.url, url));
        let had = logins.len() < before;
        content.set(profile, platform, logins);
        self.write(&content)?;
        Ok(had)
    }

    /// Waits until no other command changes the logins, and keeps them from it.
    pub(super) async fn lock(&self) -> CliResult<FilesLock> {
        FilesLock::take(&self.folder).await
    }

    fn read(&self) -> CliResult<Content> {
        let path = self.path();
        let Some(text) = read(&path)? else { return Ok(Content::default()) };
        // The parser's own message would quote the file, tokens and all.
        serde_saphyr::from_str(&text).map_err(|error| {
            let place = error.location().map(|place| format!(":{}:{}", place.line(), place.column()));
            let (path, place) = (path.display(), place.unwrap_or_default());
            let message = format!("{path}{place}: this is no file of logins, which begins with `profiles:`");
            CliError::new(Exit::Usage, message, format!("mv {path} {path}.old"))
        })
    }

    fn write(&self, content: &Content) -> CliResult {
        let path = self.path();
        let text = serde_saphyr::to_string(content).map_err(CliError::local)?;
        private_file::replace(&path, text.as_bytes()).map_err(|error| failed("written", &path, &error))
    }

    #[cfg(unix)]
    fn check_mode(&self) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.path();
        let open = std::fs::metadata(&path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
        if open {
            let path = path.display();
            terminal::warn(&format!("others can read the tokens in {path}\n  next: chmod 600 {path}"));
        }
    }

    #[cfg(not(unix))]
    fn check_mode(&self) {}
}

/// Whether two addresses are of one server.
pub(crate) fn same_server(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> (tempfile::TempDir, CredentialsFile) {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("mlhub");
        (dir, CredentialsFile { folder })
    }

    fn login(url: &str, token: &str) -> StoredLogin {
        StoredLogin::of(url.into(), "me".into(), &Token::new(token))
    }

    fn tokens(file: &CredentialsFile, profile: &str) -> Vec<String> {
        let logins = file.logins(profile, "autotune").unwrap();
        logins.into_iter().map(|login| login.token.expose().to_owned()).collect()
    }

    #[tokio::test]
    async fn a_login_is_found_again_and_forgotten() {
        let (_dir, file) = file();
        assert!(tokens(&file, "default").is_empty());
        file.keep("default", "autotune", login("http://a", "one")).await.unwrap();
        file.keep("other", "autotune", login("http://a", "two")).await.unwrap();
        assert_eq!(
            (tokens(&file, "default"), tokens(&file, "other")),
            (vec!["one".to_owned()], vec!["two".to_owned()])
        );
        assert!(file.forget("default", "autotune", "http://a/").await.unwrap());
        assert!(!file.forget("default", "autotune", "http://a/").await.unwrap());
        assert_eq!((tokens(&file, "default").len(), tokens(&file, "other").len()), (0, 1));
        assert_eq!(file.profiles().unwrap().into_iter().collect::<Vec<_>>(), ["other"]);
    }

    #[tokio::test]
    async fn logins_at_several_servers_stand_beside_each_other() {
        let (_dir, file) = file();
        for (url, token) in [("http://a", "one"), ("http://b", "two"), ("http://a/", "three")] {
            file.keep("default", "autotune", login(url, token)).await.unwrap();
        }
        assert_eq!(tokens(&file, "default"), ["three", "two"]);
        assert!(file.forget("default", "autotune", "http://a").await.unwrap());
        assert_eq!(tokens(&file, "default"), ["two"]);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn only_the_owner_can_read_the_tokens() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_dir, file) = file();
        file.keep("default", "autotune", login("http://a", "one")).await.unwrap();
        let mode = |path: PathBuf| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(file.path()), mode(file.folder.clone())), (0o600, 0o700));
    }

    #[test]
    fn a_broken_file_is_named_and_not_quoted() {
        let (_dir, file) = file();
        std::fs::create_dir_all(&file.folder).unwrap();
        std::fs::write(file.path(), "profiles: [hunter2").unwrap();
        let error = format!("{:?}", file.logins("default", "autotune").unwrap_err());
        assert!(error.contains(&format!("{NAME}:1:")) && !error.contains("hunter2"), "{error}");
    }
}

//! Renewal of a stored login: the first command that needs another token fetches it and stores it for all others.

use std::future::Future;
use std::time::SystemTime;

use mlhub::clock::{Clock as _, SystemClock};
use mlhub::pipeline::Bearer;
use mlhub::{Error, ErrorKind, Secret, Token};

use super::access::Access;
use super::files::{FilesLock, ProfileFiles, StoredLogin};
use crate::terminal;

/// Credential of a stored login, which is renewed in the profile; `fetch` is the platform's way from a refresh token to
/// the next token.
pub(crate) fn renewing<F, Fut>(access: &Access, login: &StoredLogin, fetch: F) -> Result<Bearer, Error>
where
    F: Fn(Secret) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Token, Error>> + Send + 'static,
{
    let (profile, platform) = (access.profile.clone(), access.platform.name);
    let next = move |last| {
        let (profile, fetch) = (profile.clone(), fetch.clone());
        async move { renewed(&profile, platform, last, fetch).await }
    };
    Bearer::from_source(next).starting_with(token_of(login))
}

/// The token after `last` for a platform in a profile.
///
/// A refresh token serves once, and one that comes a second time ends the login: so whoever fetches holds the lock of
/// the files, and whoever waited for it finds the new token there.
async fn renewed<F, Fut>(profile: &str, platform: &'static str, last: Option<Token>, fetch: F) -> Result<Token, Error>
where
    F: FnOnce(Secret) -> Fut,
    Fut: Future<Output = Result<Token, Error>>,
{
    let files = ProfileFiles::open().map_err(|_| unread())?;
    let locking = files.clone();
    let lock = tokio::task::spawn_blocking(move || locking.lock()).await;
    let lock = lock.map_err(|cause| unread().with_source(cause))?.map_err(|_| unread())?;
    let login = files.login(profile, platform).map_err(|_| unread())?.ok_or_else(ended)?;
    if is_newer(&login, last.as_ref(), SystemClock::new().wall()) {
        return Ok(token_of(&login));
    }
    let refresh = login.refresh_token.clone().ok_or_else(ended)?;
    let token = fetch(refresh).await?;
    keep(&files, &lock, profile, platform, login, &token);
    Ok(token)
}

/// The token of a login.
fn token_of(login: &StoredLogin) -> Token {
    let token = Token::new(login.token.clone());
    match &login.refresh_token {
        Some(refresh) => token.with_refresh(refresh.clone()),
        None => token,
    }
}

/// Whether another command has fetched a token since `last`.
fn is_newer(login: &StoredLogin, last: Option<&Token>, now: SystemTime) -> bool {
    let other = last.is_none_or(|last| last.value().expose() != login.token.expose());
    other && token_of(login).expires().is_none_or(|end| end > now)
}

/// Keeps the new token. The old one is spent, so where it cannot be kept this command still uses it.
fn keep(files: &ProfileFiles, lock: &FilesLock, profile: &str, platform: &str, login: StoredLogin, token: &Token) {
    let login = StoredLogin::of(login.url, login.username, token);
    if files.keep_under(lock, profile, platform, login).is_err() {
        terminal::warn(&format!(
            "the next token for {platform} could not be kept; the command after this one needs a login"
        ));
    }
}

fn ended() -> Error {
    Error::new(ErrorKind::Unauthenticated, "the login in the profile has ended")
}

fn unread() -> Error {
    Error::new(ErrorKind::Config, "the file of logins cannot be read")
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn login(token: &str) -> StoredLogin {
        StoredLogin::of("http://a".into(), "me".into(), &Token::new(token))
    }

    #[test]
    fn a_token_that_another_command_fetched_is_used_and_the_refused_one_is_not() {
        let now = UNIX_EPOCH + Duration::from_secs(100);
        assert!(is_newer(&login("new"), Some(&Token::new("old")), now));
        assert!(!is_newer(&login("old"), Some(&Token::new("old")), now));
        // {"exp":99} and {"exp":101}
        assert!(!is_newer(&login("e30.eyJleHAiOjk5fQ.x"), Some(&Token::new("old")), now));
        assert!(is_newer(&login("e30.eyJleHAiOjEwMX0.x"), Some(&Token::new("old")), now));
    }
}

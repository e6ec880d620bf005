//! Renewal of a stored login: the first command that needs another token fetches it and stores it for all others.

use std::future::Future;
use std::time::SystemTime;

use mlhub::clock::{Clock as _, SystemClock};
use mlhub::pipeline::Bearer;
use mlhub::{Error, ErrorKind, Secret, Token};

use super::access::Access;
use super::credentials_file::{CredentialsFile, StoredLogin, same_server};
use super::files_lock::FilesLock;
use crate::error::CliError;
use crate::terminal;

/// Where a login is kept.
#[derive(Clone)]
struct Place {
    profile: String,
    platform: &'static str,
    url: String,
}

/// Credential of a stored login, which is renewed in the profile; `fetch` is the platform's way from a refresh token to
/// the next token.
pub(crate) fn renewing<F, Fut>(access: &Access, login: &StoredLogin, fetch: F) -> Result<Bearer, Error>
where
    F: Fn(Secret) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Token, Error>> + Send + 'static,
{
    let place = Place { profile: access.profile.clone(), platform: access.platform.name, url: login.url.clone() };
    let next = move |last| {
        let (place, fetch) = (place.clone(), fetch.clone());
        async move { renewed(&place, last, fetch).await }
    };
    Bearer::from_source(next).starting_with(token_of(login))
}

/// The token after `last` of a login that is kept.
///
/// A refresh token serves once, and one that comes a second time ends the login: so whoever fetches holds the lock of
/// the file, and whoever waited for it finds the new token there.
async fn renewed<F, Fut>(place: &Place, last: Option<Token>, fetch: F) -> Result<Token, Error>
where
    F: FnOnce(Secret) -> Fut,
    Fut: Future<Output = Result<Token, Error>>,
{
    let file = CredentialsFile::open().map_err(|error| unread(&error))?;
    let lock = file.lock().await.map_err(|error| unread(&error))?;
    let logins = file.logins(&place.profile, place.platform).map_err(|error| unread(&error))?;
    let login = logins.into_iter().find(|login| same_server(&login.url, &place.url)).ok_or_else(ended)?;
    if is_newer(&login, last.as_ref(), SystemClock::new().wall()) {
        return Ok(token_of(&login));
    }
    let refresh = login.refresh_token.clone().ok_or_else(ended)?;
    let token = fetch(refresh).await?;
    keep(&file, &lock, place, login, &token);
    Ok(token)
}

/// The token of a login.
fn token_of(login: &StoredLogin) -> Token {
    let token = Token::new(login.token.clone());
    let token = match login.expires_at.as_ref().and_then(mlhub::Timestamp::time) {
        Some(end) => token.with_expiry(end),
        None => token,
    };
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
fn keep(file: &CredentialsFile, lock: &FilesLock, place: &Place, login: StoredLogin, token: &Token) {
    if file.replace_under(lock, &place.profile, place.platform, login.renewed(token)).is_err() {
        let platform = place.platform;
        terminal::warn(&format!(
            "the next token for {platform} could not be kept; the command after this one needs a login"
        ));
    }
}

fn ended() -> Error {
    Error::new(ErrorKind::Unauthenticated, "the login in the profile has ended")
}

fn unread(error: &CliError) -> Error {
    let why = match error {
        CliError::Reported(report) => report.message.as_str(),
        CliError::BrokenPipe => "broken pipe",
    };
    Error::new(ErrorKind::Config, format!("the login cannot be renewed: {why}"))
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

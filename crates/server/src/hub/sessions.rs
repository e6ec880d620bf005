//! Sessions: opened for a password, kept up with refresh tokens, ended by whoever can show one.

use jiff::Timestamp;
use uuid::Uuid;

use super::Hub;
use super::login::Proof;
use crate::auth::{Bearer, Digest, random};
use crate::http::fault::Fault;
use crate::secret::Secret;
use crate::settings::SESSION_LIFETIME;
use crate::store::{NewSession, Rotated, Rotation, Session};

/// What somebody holds who has a session.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) access: Access,
    pub(crate) refresh: Secret,
    /// The cookie, where the session was opened with one just now.
    pub(crate) cookie: Option<Secret>,
}

/// An access token and for how many seconds it lives.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) token: Secret,
    pub(crate) seconds: i64,
}

/// What a session can be ended by: every way in which it can be shown.
#[derive(Debug)]
pub(crate) enum Shown {
    Session(Uuid),
    Token(Digest),
}

impl Hub {
    /// A session of its own for every login, so that nobody can be made to use one that somebody else knows.
    pub(crate) async fn open_session(&self, proof: &Proof, with_cookie: bool) -> Result<Grant, Fault> {
        self.begin(proof, with_cookie, None).await
    }

    /// Another password for an account. All its sessions end, and a new one begins.
    pub(crate) async fn change_password(&self, proof: Proof, to: Secret, with_cookie: bool) -> Result<Grant, Fault> {
        let Proof { user, password_hash } = proof;
        let next = Proof { user, password_hash: self.passwords.hash(to).await.map_err(Fault::internal)? };
        self.begin(&next, with_cookie, Some(&password_hash)).await
    }

    /// Begins a session with the password of `proof`, which is to take the place of `instead_of` where that is given.
    async fn begin(&self, proof: &Proof, with_cookie: bool, instead_of: Option<&Secret>) -> Result<Grant, Fault> {
        let refresh = random().map_err(Fault::internal)?;
        let cookie = with_cookie.then(random).transpose().map_err(Fault::internal)?;
        let now = self.clock.now();
        let session = NewSession {
            uuid: Uuid::new_v4(),
            user: proof.user.id,
            password_hash: &proof.password_hash,
            refresh: Digest::of(&refresh),
            cookie: cookie.as_ref().map(Digest::of),
            at: now,
            secrets_until: secrets_until(now)?,
            expires_at: self.session_until(now)?,
        };
        let session = match instead_of {
            Some(password_hash) => self.store.change_password(password_hash, session).await?,
            None => self.store.open_session(session).await?,
        };
        let session = session.ok_or_else(|| self.wrong_password())?;
        Ok(Grant { access: self.access(proof.user.uuid, &session, now)?, refresh, cookie })
    }

    /// The next refresh token and an access token for the present one.
    pub(crate) async fn refresh(&self, shown: &Secret) -> Result<Grant, Fault> {
        let refresh = random().map_err(Fault::internal)?;
        let now = self.clock.now();
        let rotation = Rotation {
            shown: Digest::of(shown),
            next: Digest::of(&refresh),
            at: now,
            secrets_until: secrets_until(now)?,
            expires_at: self.session_until(now)?,
        };
        match self.store.rotate(rotation).await? {
            Rotated::Done(user, session) => {
                Ok(Grant { access: self.access(user.uuid, &session, now)?, refresh, cookie: None })
            }
            Rotated::Unknown => Err(Fault::challenge("This refresh token is unknown or has expired. Log in again.")),
            Rotated::Reused => {
                tracing::warn!("a refresh token was shown twice, so its session was ended");
                Err(Fault::challenge(
                    "This refresh token was used before, so somebody else may have it: its session is ended. Log in \
                     again.",
                ))
            }
        }
    }

    /// An access token in a session that goes on.
    pub(crate) fn access(&self, user: Uuid, session: &Session, now: Timestamp) -> Result<Access, Fault> {
        let bearer = Bearer { user, session: session.uuid };
        let (token, seconds) = self.tokens.issue(bearer, now, session.expires_at).map_err(Fault::internal)?;
        Ok(Access { token, seconds })
    }

    /// Ends the sessions that are shown, as far as there are any.
    pub(crate) async fn end_sessions(&self, shown: impl IntoIterator<Item = Shown>) -> Result<(), Fault> {
        for shown in shown {
            let at = self.clock.now();
            match shown {
                Shown::Session(uuid) => self.store.end_session(uuid, at).await?,
                Shown::Token(token) => self.store.end_session_shown_by(token, at).await?,
            }
        }
        Ok(())
    }

    /// A session goes on as long as anything that was given in it.
    fn session_until(&self, now: Timestamp) -> Result<Timestamp, Fault> {
        now.checked_add(SESSION_LIFETIME.max(self.tokens.lifetime())).map_err(Fault::internal)
    }
}

fn secrets_until(now: Timestamp) -> Result<Timestamp, Fault> {
    now.checked_add(SESSION_LIFETIME).map_err(Fault::internal)
}

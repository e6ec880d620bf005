//! Accounts and sessions: passwords are checked, sessions opened, kept up with refresh tokens, and ended by whoever can
//! show one. Nothing tells whether it was the account or its password that was wrong.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::error::HubError;
use super::keyed_mutex::KeyedMutex;
use crate::auth::{ClientAddress, PasswordFloor, PasswordHasher, TokenHash, TokenSigner, TokenSubject, random_token};
use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::secret::Secret;
use crate::settings::{AccountPolicy, SESSION_LIFETIME, Signup};
use crate::store::{
    LoginAttempt, NewSession, NewUser, RotationOutcome, Session, SignupCount, Store, TokenRotation, User,
};

/// A proof of ownership: an account whose password was shown.
#[derive(Debug)]
pub(crate) struct PasswordProof {
    pub(crate) user: User,
    /// The hash that the password was checked against.
    pub(crate) password_hash: Secret,
}

/// A grant: the tokens of a session, for whoever opened it or kept it up.
#[derive(Debug)]
pub(crate) struct TokenGrant {
    pub(crate) access: AccessToken,
    pub(crate) refresh: Secret,
    /// The cookie, where the session was opened with one just now.
    pub(crate) cookie: Option<Secret>,
}

/// An access token and for how many seconds it lives.
#[derive(Debug)]
pub(crate) struct AccessToken {
    pub(crate) token: Secret,
    pub(crate) seconds: i64,
}

/// A reference to a session: every way in which one can be shown, and so ended.
#[derive(Debug)]
pub(crate) enum SessionRef {
    Id(Uuid),
    Token(TokenHash),
}

/// The accounts of a hub.
#[derive(Debug)]
pub(crate) struct Accounts {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
    pub(crate) tokens: TokenSigner,
    passwords: PasswordHasher,
    policy: AccountPolicy,
    logins: KeyedMutex<ClientAddress>,
}

/// A request for an account.
pub(crate) struct NewAccount {
    pub(crate) email: String,
    pub(crate) password: Secret,
    pub(crate) invitation: Option<Secret>,
}

impl Accounts {
    pub(super) fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        metrics: Arc<Metrics>,
        tokens: TokenSigner,
        passwords: PasswordHasher,
        policy: AccountPolicy,
    ) -> Self {
        Self { store, clock, metrics, tokens, passwords, policy, logins: KeyedMutex::default() }
    }

    /// Makes an account, where the policy allows it.
    pub(crate) async fn sign_up(&self, address: &ClientAddress, account: NewAccount) -> Result<User, HubError> {
        let NewAccount { email, password, invitation } = account;
        let now = self.clock.now();
        match self.policy.signup {
            Signup::Open => {}
            Signup::Invite => {
                let is_invited = invitation.is_some_and(|it| self.tokens.invites(it.expose(), &email, now));
                if !is_invited {
                    return Err(HubError::Forbidden(
                        "An account is made here with an invitation for its e-mail address that has not expired. Ask whoever \
                         runs this hub for one."
                            .to_owned(),
                    ));
                }
            }
            Signup::Closed => {
                return Err(HubError::Forbidden("This hub takes no new accounts. Ask whoever runs it.".to_owned()));
            }
        }
        match self.store.count_signup(&address.to_string(), self.policy.signups_per_hour, now).await? {
            SignupCount::Counted => {}
            SignupCount::TooMany(until) => return Err(HubError::SignupsThrottled(now.duration_until(until))),
            SignupCount::Guessing(until) => return Err(HubError::Throttled(now.duration_until(until))),
        }
        let password_hash = self.new_hash(password, &email, "password").await?;
        let user = NewUser { uuid: Uuid::new_v4(), email, password_hash, at: self.clock.now() };
        self.store.add_user(user).await?.ok_or_else(|| {
            HubError::Conflict("This e-mail address has an account. Log in, or sign up with another.".to_owned())
        })
    }

    /// The hash of a new password, which came in the field of that name.
    async fn new_hash(&self, password: Secret, email: &str, field: &'static str) -> Result<Secret, HubError> {
        let hash = self.passwords.hash(password, PasswordFloor(self.policy.password_floor), email.to_owned()).await;
        hash.map_err(HubError::Internal)?.map_err(|why| HubError::WeakPassword(field, why))
    }

    /// The account with this e-mail address, if this is its password.
    ///
    /// The same is done for an account that there is not. One address has one password checked at a time: so the next is
    /// only counted once it is known whether this one was right, and nobody keeps all cores busy.
    pub(crate) async fn check_password(
        &self,
        address: &ClientAddress,
        email: &str,
        password: Secret,
    ) -> Result<PasswordProof, HubError> {
        let _lock = self.logins.lock(address.clone()).await;
        let attempt =
            LoginAttempt { account: self.account_key(email)?, address: address.to_string(), at: self.clock.now() };
        if let Some(until) = self.store.count_attempt(&attempt).await? {
            self.metrics.logins_refused.inc();
            return Err(HubError::Throttled(attempt.at.duration_until(until)));
        }
        let (user, stored) = self.store.user_by_email(email).await?.unzip();
        let fits = self.passwords.verify(password, stored.clone()).await.map_err(HubError::Internal)?;
        match (user, stored) {
            (Some(user), Some(password_hash)) if fits && user.active => {
                self.store.clear_attempt(&attempt).await?;
                Ok(PasswordProof { user, password_hash })
            }
            _ => Err(self.wrong_password()),
        }
    }

    /// Deletes an account with everything that belongs to it.
    pub(crate) async fn delete(&self, proof: &PasswordProof) -> Result<(), HubError> {
        let key = self.account_key(&proof.user.email)?;
        let deleted = self.store.delete_user(proof.user.id, &proof.password_hash, &key).await?;
        if deleted { Ok(()) } else { Err(self.wrong_password()) }
    }

    /// What attempts at an account are counted under.
    fn account_key(&self, email: &str) -> Result<String, HubError> {
        self.tokens.keyed_hash(&format!("account {email}")).map_err(HubError::Internal)
    }

    /// The one answer to a wrong password and to an account that is unknown, inactive or changed meanwhile.
    fn wrong_password(&self) -> HubError {
        self.metrics.logins_refused.inc();
        HubError::NotAuthenticated("Incorrect username or password")
    }

    /// A session of its own for every login, so that nobody can be made to use one that somebody else knows.
    pub(crate) async fn open_session(&self, proof: &PasswordProof, with_cookie: bool) -> Result<TokenGrant, HubError> {
        self.begin_session(proof, with_cookie, None).await
    }

    /// Another password for an account. All its sessions end, and a new one begins.
    pub(crate) async fn change_password(
        &self,
        proof: PasswordProof,
        to: Secret,
        with_cookie: bool,
    ) -> Result<TokenGrant, HubError> {
        let PasswordProof { user, password_hash } = proof;
        let next_hash = self.new_hash(to, &user.email, "new_password").await?;
        let next = PasswordProof { user, password_hash: next_hash };
        self.begin_session(&next, with_cookie, Some(&password_hash)).await
    }

    /// Begins a session with the password of `proof`, which is to take the place of `instead_of` where that is given.
    async fn begin_session(
        &self,
        proof: &PasswordProof,
        with_cookie: bool,
        instead_of: Option<&Secret>,
    ) -> Result<TokenGrant, HubError> {
        let refresh = random_token().map_err(HubError::Internal)?;
        let cookie = with_cookie.then(random_token).transpose().map_err(HubError::Internal)?;
        let now = self.clock.now();
        let session = NewSession {
            uuid: Uuid::new_v4(),
            user: proof.user.id,
            password_hash: &proof.password_hash,
            refresh: TokenHash::of(&refresh),
            cookie: cookie.as_ref().map(TokenHash::of),
            at: now,
            secrets_until: secrets_until(now)?,
            expires_at: self.session_until(now)?,
        };
        let session = match instead_of {
            Some(password_hash) => self.store.change_password(password_hash, session).await?,
            None => self.store.open_session(session).await?,
        };
        let session = session.ok_or_else(|| self.wrong_password())?;
        Ok(TokenGrant { access: self.access_token(proof.user.uuid, &session)?, refresh, cookie })
    }

    /// The next refresh token and an access token for the present one.
    pub(crate) async fn refresh(&self, shown: &Secret) -> Result<TokenGrant, HubError> {
        let refresh = random_token().map_err(HubError::Internal)?;
        let now = self.clock.now();
        let rotation = TokenRotation {
            shown: TokenHash::of(shown),
            next: TokenHash::of(&refresh),
            at: now,
            secrets_until: secrets_until(now)?,
            expires_at: self.session_until(now)?,
        };
        match self.store.rotate(rotation).await? {
            RotationOutcome::Rotated(user, session) => {
                Ok(TokenGrant { access: self.access_token(user.uuid, &session)?, refresh, cookie: None })
            }
            RotationOutcome::Unknown => {
                Err(HubError::NotAuthenticated("This refresh token is unknown or has expired. Log in again."))
            }
            RotationOutcome::Reused => {
                tracing::warn!("a refresh token was shown twice, so its session was ended");
                Err(HubError::NotAuthenticated(
                    "This refresh token was used before, so somebody else may have it: its session is ended. Log in \
                     again.",
                ))
            }
        }
    }

    /// An access token in a session that goes on.
    pub(crate) fn access_token(&self, user: Uuid, session: &Session) -> Result<AccessToken, HubError> {
        let subject = TokenSubject { user, session: session.uuid };
        let issued = self.tokens.issue(subject, self.clock.now(), session.expires_at);
        let (token, seconds) = issued.map_err(HubError::Internal)?;
        Ok(AccessToken { token, seconds })
    }

    /// Ends the sessions that are shown, as far as there are any.
    pub(crate) async fn end_sessions(&self, shown: impl IntoIterator<Item = SessionRef>) -> Result<(), HubError> {
        for session in shown {
            let at = self.clock.now();
            match session {
                SessionRef::Id(uuid) => self.store.end_session(uuid, at).await?,
                SessionRef::Token(token) => self.store.end_session_shown_by(token, at).await?,
            }
        }
        Ok(())
    }

    /// A session goes on as long as anything that was given in it.
    fn session_until(&self, now: Timestamp) -> Result<Timestamp, HubError> {
        now.checked_add(SESSION_LIFETIME.max(self.tokens.lifetime())).map_err(HubError::internal)
    }
}

fn secrets_until(now: Timestamp) -> Result<Timestamp, HubError> {
    now.checked_add(SESSION_LIFETIME).map_err(HubError::internal)
}

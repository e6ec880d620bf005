//! Logging in and finding out who one is.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::OpenApi;

use super::Group;
use crate::http::answer::{Answer, Outcome};
use crate::http::caller::{Caller, Member};
use crate::http::fault::Fault;
use crate::http::form::Form;
use crate::hub::Hub;
use crate::secret::Secret;
use crate::wire::account::{Credentials, Renewed, Token, User};

pub(crate) struct AuthRoutes;

#[OpenApi(tag = "Group::Auth")]
impl AuthRoutes {
    /// Gives a token for a password
    ///
    /// The token is sent with every other call, in the header Authorization after the word Bearer.
    #[oai(path = "/auth/token", method = "post", operation_id = "auth_token")]
    async fn token(&self, hub: Data<&Arc<Hub>>, form: Form<Credentials>) -> Outcome<201, Token> {
        Ok(Answer(log_in(&hub, form.0).await?))
    }

    /// Gives a token for a password
    ///
    /// The same as the other way to get a token, with another status.
    #[oai(path = "/auth/login", method = "post", operation_id = "auth_login")]
    async fn login(&self, hub: Data<&Arc<Hub>>, form: Form<Credentials>) -> Outcome<200, Token> {
        Ok(Answer(log_in(&hub, form.0).await?))
    }

    /// Shows the account of the caller
    #[oai(path = "/auth/me", method = "get", operation_id = "auth_me")]
    async fn me(&self, caller: Caller) -> Outcome<200, User> {
        Ok(Answer(caller.0.into()))
    }

    /// Says who the caller is and gives a fresh token
    #[oai(path = "/auth/header-me", method = "post", operation_id = "auth_header_me")]
    async fn header_me(&self, hub: Data<&Arc<Hub>>, member: Member) -> Outcome<200, Renewed> {
        let token = issue(&hub, member.0.uuid)?;
        Ok(Answer(Renewed::new(member.0, &token)))
    }
}

async fn log_in(hub: &Hub, credentials: Credentials) -> Result<Token, Fault> {
    let (user, stored) = hub.store.user_by_email(&credentials.username).await?.unzip();
    let fits = hub.passwords.verify(credentials.password, stored).await.map_err(Fault::internal)?;
    let user = user.filter(|user| fits && user.active);
    let user = user.ok_or_else(|| {
        hub.metrics.logins_refused.inc();
        Fault::challenge("Incorrect username or password")
    })?;
    Ok(Token::new(&issue(hub, user.uuid)?))
}

fn issue(hub: &Hub, user: uuid::Uuid) -> Result<Secret, Fault> {
    hub.tokens.issue(user, hub.clock.now()).map_err(Fault::internal)
}

//! Logging in and out, and finding out who one is.

use std::sync::Arc;

use poem::http::header::SET_COOKIE;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::payload::Response;

use super::Group;
use crate::auth::{Address, Digest};
use crate::http::answer::{Answer, Outcome};
use crate::http::body::Body;
use crate::http::caller::{By, Caller, Leaving, Member, OwnSite, clear_cookie, set_cookie};
use crate::http::confidential::{Confidential, confidential};
use crate::http::fault::Fault;
use crate::http::form::Form;
use crate::hub::{Grant, Hub, Proof, Shown};
use crate::wire::account::{Credentials, Done, Logout, Refresh, Renewed, Token, User};

pub(crate) struct AuthRoutes;

#[OpenApi(tag = "Group::Auth")]
impl AuthRoutes {
    /// Gives tokens for a password
    ///
    /// The access token is sent with every other call, in the header Authorization after the word Bearer.
    #[oai(path = "/auth/token", method = "post", operation_id = "auth_token")]
    async fn token(&self, hub: Data<&Arc<Hub>>, address: Address, form: Form<Credentials>) -> Confidential<201, Token> {
        let proof = hub.check_password(&address, &form.0.username, form.0.password).await?;
        Ok(confidential(hub.open_session(&proof, false).await?.into()))
    }

    /// Gives tokens and a cookie for a password
    ///
    /// The cookie mlhub_session is good for every call instead of the access token; browsers send it by themselves.
    #[oai(path = "/auth/login", method = "post", operation_id = "auth_login")]
    async fn login(
        &self,
        hub: Data<&Arc<Hub>>,
        _site: OwnSite,
        address: Address,
        form: Form<Credentials>,
    ) -> Confidential<200, Token> {
        let proof = hub.check_password(&address, &form.0.username, form.0.password).await?;
        Ok(granted(&hub, hub.open_session(&proof, true).await?))
    }

    /// Gives the next tokens for a refresh token
    ///
    /// Needs no access token. A refresh token is good for one use; shown again it ends its session, because then two have
    /// it.
    #[oai(path = "/auth/refresh", method = "post", operation_id = "auth_refresh")]
    async fn refresh(&self, hub: Data<&Arc<Hub>>, body: Body<Refresh>) -> Confidential<200, Token> {
        Ok(confidential(hub.refresh(&body.0.refresh_token).await?.into()))
    }

    /// Ends the session of whatever the request is sent with
    ///
    /// That is an access token, even an expired one, a cookie, or a refresh token in the body. Its other tokens are good
    /// for nothing from then on. Where there is no session the answer is the same.
    #[oai(path = "/auth/logout", method = "post", operation_id = "auth_logout")]
    async fn logout(
        &self,
        hub: Data<&Arc<Hub>>,
        leaving: Leaving,
        body: Body<Logout>,
    ) -> Result<Response<Answer<200, Done>>, Fault> {
        let refresh = body.0.refresh_token.map(|token| Shown::Token(Digest::of(&token)));
        hub.end_sessions(leaving.0.into_iter().chain(refresh)).await?;
        Ok(Response::new(Answer(Done::new("logged out"))).header(SET_COOKIE, clear_cookie(&hub)))
    }

    /// Shows the account of the caller
    #[oai(path = "/auth/me", method = "get", operation_id = "auth_me")]
    async fn me(&self, caller: Caller) -> Outcome<200, User> {
        Ok(Answer(caller.0.into()))
    }

    /// Says who the caller is and gives a fresh token
    #[oai(path = "/auth/header-me", method = "post", operation_id = "auth_header_me")]
    async fn header_me(&self, hub: Data<&Arc<Hub>>, member: Member) -> Confidential<200, Renewed> {
        let Member(user, by) = member;
        let access = match by {
            By::Token(session) | By::Cookie(session) => hub.access(user.uuid, &session, hub.clock.now())?,
            By::Password(password_hash) => {
                hub.open_session(&Proof { user: user.clone(), password_hash }, false).await?.access
            }
        };
        Ok(confidential(Renewed::new(user, &access)))
    }
}

/// The reply with the tokens and, where there is a cookie, the header that gives it to a browser.
pub(super) fn granted(hub: &Hub, grant: Grant) -> Response<Answer<200, Token>> {
    let cookie = grant.cookie.as_ref().map(|cookie| set_cookie(hub, cookie));
    let reply = confidential(grant.into());
    match cookie {
        Some(cookie) => reply.header(SET_COOKIE, cookie),
        None => reply,
    }
}

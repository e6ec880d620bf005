//! Login routes: in and out, and who the caller is.

use std::sync::Arc;

use poem::http::header::SET_COOKIE;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::payload::Response;

use super::Group;
use crate::auth::{ClientAddress, TokenHash};
use crate::http::csrf::SameOrigin;
use crate::http::error::ApiError;
use crate::http::extract::{AuthMethod, Caller, LegacyCaller, LogoutTargets};
use crate::http::form::Form;
use crate::http::json_body::JsonBody;
use crate::http::response::{JsonResponse, JsonResult, NoStoreResult, no_store};
use crate::http::session_cookie;
use crate::hub::{Hub, PasswordProof, SessionRef, TokenGrant};
use crate::wire::account::{Acknowledgement, Credentials, FreshToken, LogoutRequest, RefreshRequest, Token, UserReply};

pub(crate) struct AuthRoutes;

#[OpenApi(tag = "Group::Auth")]
impl AuthRoutes {
    /// Gives tokens for a password
    ///
    /// The access token is sent with every other call, in the header Authorization after the word Bearer.
    #[oai(path = "/auth/token", method = "post", operation_id = "auth_token")]
    async fn token(
        &self,
        hub: Data<&Arc<Hub>>,
        address: ClientAddress,
        form: Form<Credentials>,
    ) -> NoStoreResult<201, Token> {
        let proof = hub.accounts.check_password(&address, &form.0.username, form.0.password).await?;
        Ok(no_store(hub.accounts.open_session(&proof, false).await?.into()))
    }

    /// Gives tokens and a cookie for a password
    ///
    /// The cookie mlhub_session is good for every call instead of the access token; browsers send it by themselves.
    #[oai(path = "/auth/login", method = "post", operation_id = "auth_login")]
    async fn login(
        &self,
        hub: Data<&Arc<Hub>>,
        _origin: SameOrigin,
        address: ClientAddress,
        form: Form<Credentials>,
    ) -> NoStoreResult<200, Token> {
        let proof = hub.accounts.check_password(&address, &form.0.username, form.0.password).await?;
        Ok(granted(&hub, hub.accounts.open_session(&proof, true).await?))
    }

    /// Gives the next tokens for a refresh token
    ///
    /// Needs no access token. A refresh token is good for one use; shown again it ends its session, because then two have
    /// it.
    #[oai(path = "/auth/refresh", method = "post", operation_id = "auth_refresh")]
    async fn refresh(&self, hub: Data<&Arc<Hub>>, body: JsonBody<RefreshRequest>) -> NoStoreResult<200, Token> {
        Ok(no_store(hub.accounts.refresh(&body.0.refresh_token).await?.into()))
    }

    /// Ends the session of whatever the request is sent with
    ///
    /// That is an access token, even an expired one, a cookie, or a refresh token in the body. Its other tokens are good
    /// for nothing from then on. Where there is no session the answer is the same.
    #[oai(path = "/auth/logout", method = "post", operation_id = "auth_logout")]
    async fn logout(
        &self,
        hub: Data<&Arc<Hub>>,
        targets: LogoutTargets,
        body: JsonBody<LogoutRequest>,
    ) -> Result<Response<JsonResponse<200, Acknowledgement>>, ApiError> {
        let refresh = body.0.refresh_token.map(|token| SessionRef::Token(TokenHash::of(&token)));
        hub.accounts.end_sessions(targets.0.into_iter().chain(refresh)).await?;
        Ok(Response::new(JsonResponse(Acknowledgement::new("logged out")))
            .header(SET_COOKIE, session_cookie::clear(&hub)))
    }

    /// Shows the account of the caller
    #[oai(path = "/auth/me", method = "get", operation_id = "auth_me")]
    async fn me(&self, caller: Caller) -> JsonResult<200, UserReply> {
        Ok(JsonResponse(caller.0.into()))
    }

    /// Says who the caller is and gives a fresh token
    #[oai(path = "/auth/header-me", method = "post", operation_id = "auth_header_me")]
    async fn header_me(&self, hub: Data<&Arc<Hub>>, caller: LegacyCaller) -> NoStoreResult<200, FreshToken> {
        let LegacyCaller(user, method) = caller;
        let access = match method {
            AuthMethod::Token(session) | AuthMethod::Cookie(session) => {
                hub.accounts.access_token(user.uuid, &session)?
            }
            AuthMethod::Password(password_hash) => {
                hub.accounts.open_session(&PasswordProof { user: user.clone(), password_hash }, false).await?.access
            }
        };
        Ok(no_store(FreshToken::new(user, &access)))
    }
}

/// The reply with the tokens and, where there is a cookie, the header that gives it to a browser.
pub(super) fn granted(hub: &Hub, grant: TokenGrant) -> Response<JsonResponse<200, Token>> {
    let cookie = grant.cookie.as_ref().map(|cookie| session_cookie::set(hub, cookie));
    let reply = no_store(grant.into());
    match cookie {
        Some(cookie) => reply.header(SET_COOKIE, cookie),
        None => reply,
    }
}

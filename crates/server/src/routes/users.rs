//! Account routes: everybody sees their own account and nobody else's; what changes one asks for its password, since a
//! token that was stolen does not do.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use uuid::Uuid;

use super::Group;
use super::auth::granted;
use super::legacy_experiments::listed;
use crate::auth::ClientAddress;
use crate::http::error::ApiError;
use crate::http::extract::{AuthMethod, Caller};
use crate::http::json_body::JsonBody;
use crate::http::response::{JsonResponse, JsonResult, NoStoreResult};
use crate::hub::{Hub, NewAccount};
use crate::wire::account::{
    Acknowledgement, NewPassword, Password, SignupRequest, Token, UserReply, UserWithExperiments,
};

pub(crate) struct UserRoutes;

// The original lists accounts under a path that ends with a slash, and a prefix is what keeps one.
#[OpenApi(prefix_path = "/user/", tag = "Group::User")]
impl UserRoutes {
    /// Lists the accounts that the caller may see
    ///
    /// That is the account of the caller alone.
    #[oai(path = "/", method = "get", operation_id = "user_list")]
    async fn list(&self, caller: Caller) -> JsonResult<200, Vec<UserReply>> {
        Ok(JsonResponse(vec![caller.0.into()]))
    }

    /// Shows the account of the caller with its experiments
    #[oai(path = "/:user_id", method = "get", operation_id = "user_get")]
    async fn get(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// Not looked at; any text will do.
        #[oai(name = "user_id")]
        _user_id: Path<String>,
        /// The identifier of the account.
        uuid: Query<Uuid>,
    ) -> JsonResult<200, UserWithExperiments> {
        if uuid.0 != caller.0.uuid {
            return Err(ApiError::forbidden("Forbidden. User does not have access to this account"));
        }
        let experiments = listed(&hub, &caller.0).await?;
        Ok(JsonResponse(UserWithExperiments::new(caller.0, experiments)))
    }

    /// Makes an account
    ///
    /// Needs no account. Where the hub takes accounts by invitation, the answer without one is 403; where too many were made
    /// from an address within an hour, 429.
    #[oai(path = "/signup", method = "post", operation_id = "user_signup")]
    async fn signup(
        &self,
        hub: Data<&Arc<Hub>>,
        address: ClientAddress,
        body: JsonBody<SignupRequest>,
    ) -> JsonResult<201, UserReply> {
        let SignupRequest { email, password, invitation } = body.0;
        let account = NewAccount { email, password, invitation };
        Ok(JsonResponse(hub.accounts.sign_up(&address, account).await?.into()))
    }
}

pub(crate) struct AccountRoutes;

#[OpenApi(prefix_path = "/v1/user", tag = "Group::User")]
impl AccountRoutes {
    /// Gives the account of the caller another password
    ///
    /// All sessions of the account end, and the reply has the tokens of a new one.
    #[oai(path = "/password", method = "post", operation_id = "user_password")]
    async fn password(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        address: ClientAddress,
        body: JsonBody<NewPassword>,
    ) -> NoStoreResult<200, Token> {
        let proof = hub.accounts.check_password(&address, &caller.0.email, body.0.current_password).await?;
        let with_cookie = matches!(caller.1, AuthMethod::Cookie(_));
        Ok(granted(&hub, hub.accounts.change_password(proof, body.0.new_password, with_cookie).await?))
    }

    /// Deletes the account of the caller and everything that belongs to it
    ///
    /// Its experiments, their trials and all its sessions are gone for good.
    #[oai(path = "/delete", method = "post", operation_id = "user_delete")]
    async fn delete(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        address: ClientAddress,
        body: JsonBody<Password>,
    ) -> JsonResult<200, Acknowledgement> {
        let proof = hub.accounts.check_password(&address, &caller.0.email, body.0.password).await?;
        hub.accounts.delete(&proof).await?;
        Ok(JsonResponse(Acknowledgement::new("the account and its data are deleted")))
    }
}

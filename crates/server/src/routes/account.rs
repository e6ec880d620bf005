//! What the owner of an account does to it under `/v1/user`. Each asks for the password: a token that was stolen does not do.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::OpenApi;

use super::Group;
use super::auth::granted;
use crate::auth::Address;
use crate::http::answer::{Answer, Outcome};
use crate::http::body::Body;
use crate::http::caller::{By, Caller};
use crate::http::confidential::Confidential;
use crate::hub::Hub;
use crate::wire::account::{Done, NewPassword, Password, Token};

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
        address: Address,
        body: Body<NewPassword>,
    ) -> Confidential<200, Token> {
        let proof = hub.check_password(&address, &caller.0.email, body.0.current_password).await?;
        let with_cookie = matches!(caller.1, By::Cookie(_));
        Ok(granted(&hub, hub.change_password(proof, body.0.new_password, with_cookie).await?))
    }

    /// Deletes the account of the caller and everything that belongs to it
    ///
    /// Its experiments, their trials and all its sessions are gone for good.
    #[oai(path = "/delete", method = "post", operation_id = "user_delete")]
    async fn delete(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        address: Address,
        body: Body<Password>,
    ) -> Outcome<200, Done> {
        let proof = hub.check_password(&address, &caller.0.email, body.0.password).await?;
        hub.delete_account(&proof).await?;
        Ok(Answer(Done::new("the account and its data are deleted")))
    }
}

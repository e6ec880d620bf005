//! Accounts: everybody sees their own and nobody else's.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use uuid::Uuid;

use super::Group;
use super::experiment::listed;
use crate::http::answer::{Answer, Outcome};
use crate::http::body::Body;
use crate::http::caller::Caller;
use crate::http::fault::Fault;
use crate::hub::Hub;
use crate::store;
use crate::wire::account::{NewUser, User, UserWithExperiments};

pub(crate) struct UserRoutes;

// The original lists accounts under a path that ends with a slash, and a prefix is what keeps one.
#[OpenApi(prefix_path = "/user/", tag = "Group::User")]
impl UserRoutes {
    /// Lists the accounts that the caller may see
    ///
    /// That is the account of the caller alone.
    #[oai(path = "/", method = "get", operation_id = "user_list")]
    async fn list(&self, caller: Caller) -> Outcome<200, Vec<User>> {
        Ok(Answer(vec![caller.0.into()]))
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
    ) -> Outcome<200, UserWithExperiments> {
        if uuid.0 != caller.0.uuid {
            return Err(Fault::forbidden("Forbidden. User does not have access to this account"));
        }
        let experiments = listed(&hub, &caller.0).await?;
        Ok(Answer(UserWithExperiments::new(caller.0, experiments)))
    }

    /// Makes an account
    ///
    /// Needs no account.
    #[oai(path = "/signup", method = "post", operation_id = "user_signup")]
    async fn signup(&self, hub: Data<&Arc<Hub>>, body: Body<NewUser>) -> Outcome<201, User> {
        let NewUser { email, password } = body.0;
        let password_hash = hub.passwords.hash(password).await.map_err(Fault::internal)?;
        let user = store::NewUser { uuid: Uuid::new_v4(), email, password_hash, at: hub.clock.now() };
        match hub.store.add_user(user).await? {
            Some(user) => Ok(Answer(user.into())),
            None => Err(Fault::conflict("This e-mail address has an account. Log in, or sign up with another.")),
        }
    }
}

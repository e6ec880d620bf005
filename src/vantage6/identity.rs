//! Who is logged in, and to which version of HQ.

use std::sync::Arc;

use super::{Client, types};
use crate::error::{Error, ErrorKind};

/// The version of HQ that this module speaks to.
const MAJOR: &str = "5";

/// Who a client speaks for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Identity {
    /// The account.
    pub user: types::User,
    /// The id of its organization.
    pub organization_id: i64,
    /// Its organization, with the public key that others encrypt for; nothing
    /// where the account may not look at it.
    pub organization: Option<types::Organization>,
}

impl Client {
    /// Who the token speaks for, service accounts included; asked of HQ once for
    /// each login.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unauthenticated`] without a token that HQ takes.
    pub async fn identity(&self) -> Result<Arc<Identity>, Error> {
        let memory = self.memory();
        if let Some(known) = memory.identity.get() {
            return Ok(known);
        }
        let user = self.user().get_own_user().send().await?;
        let Some(organization_id) = user.organization.as_ref().map(|link| link.id) else {
            let detail = format!("the account {:?} belongs to no organization", user.username);
            return Err(Error::new(ErrorKind::Decode, detail));
        };
        let organization = match self.organization().get(organization_id).send().await {
            Ok(organization) => Some(organization),
            Err(error) if error.kind() == ErrorKind::Forbidden => None,
            Err(error) => return Err(error),
        };
        let identity = Arc::new(Identity { user, organization_id, organization });
        memory.identity.set(Some(Arc::clone(&identity)));
        Ok(identity)
    }

    pub(super) fn forget_identity(&self) {
        self.memory().identity.set(None);
    }

    /// The version of HQ, asked of it once.
    ///
    /// # Errors
    ///
    /// A server that cannot be reached, or that is none.
    pub async fn hq_version(&self) -> Result<String, Error> {
        let memory = self.memory();
        if let Some(known) = memory.version.get() {
            return Ok(known.clone());
        }
        let told = self.util().get_hq_version().send().await.map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::Decode => {
                let detail = format!("{}; does the address end with the base path of HQ, such as /hq?", error.detail());
                error.with_detail(detail)
            }
            _ => error,
        })?;
        Ok(memory.version.get_or_init(|| told.version).clone())
    }

    /// Fails for a hub that this module does not speak to: its answers would
    /// fail one by one, each in a way of its own.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for another version.
    pub async fn check_version(&self) -> Result<(), Error> {
        let version = self.hq_version().await?;
        match version.split('.').next() {
            Some(MAJOR) => Ok(()),
            _ => {
                let detail = format!("the hub is vantage6 {version}, and this client speaks to version {MAJOR}");
                Err(Error::new(ErrorKind::Config, detail))
            }
        }
    }
}

//! Account of a client: login and logout, identity, keys, and the collaboration and store that it works in.

use std::sync::Arc;

use super::crypto::{KeyRegistration, PrivateKey, PublicKey};
use super::keycloak::{IdentityProvider, Keycloak};
use super::login::{Login, first_token, next_token};
use super::state::{ClientState, Identity};
use super::{Client, groups, types};
use crate::error::{Error, ErrorKind};
use crate::pipeline::Bearer;
use crate::platform::Platform;
use crate::secret::Secret;
use crate::{Builder, Token};

/// The version of HQ that this module speaks to.
const MAJOR: &str = "5";
/// The document's name for the default collaboration, in the lists that are cut down to it.
const COLLABORATION: &str = "collaboration";
/// No list knows the default store.
const STORE: &str = "store";

impl Builder<Client> {
    /// Where the hub's logins are made; needed to [`login`](Client::login).
    pub fn keycloak(self, keycloak: Keycloak) -> Self {
        self.memory(ClientState::with(keycloak))
    }
}

impl Client {
    /// Logs in and stays logged in: all clones use the token, and a new one is
    /// fetched before it ends, by one call for all. Then who that is is loaded;
    /// see [`identity`](Self::identity).
    ///
    /// Dropping the future ends a login that waits for a person.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unauthenticated`] where the provider or HQ refuses;
    /// [`ErrorKind::Timeout`] where nobody has confirmed the code in time;
    /// [`ErrorKind::Config`] without [`keycloak`](Builder::keycloak), and for a
    /// hub of another version.
    pub async fn login(&self, login: Login) -> Result<(), Error> {
        self.check_version().await?;
        let provider = self.provider().await?;
        let (first, again) = first_token(&provider, login).await?;
        let next = move |last: Option<Token>| {
            let (provider, again) = (provider.clone(), again.clone());
            async move { next_token(&provider, again, last).await }
        };
        self.pipeline().auth().set(Arc::new(Bearer::from_source(next).starting_with(first)?));
        self.forget_identity();
        let known = self.identity().await;
        if known.is_err() {
            // Whole or not at all: nobody goes on as somebody unknown.
            self.pipeline().auth().clear();
        }
        known.map(drop)
    }

    /// A token for you to keep, such as for another process; this client goes on
    /// with the credential that it has.
    ///
    /// # Errors
    ///
    /// As of [`login`](Self::login).
    pub async fn sign_in(&self, login: Login) -> Result<Token, Error> {
        self.check_version().await?;
        Ok(first_token(&self.provider().await?, login).await?.0)
    }

    /// The next token for the refresh token of the last. The provider gives a
    /// new refresh token with it, and may take the old one no longer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unauthenticated`] where it has ended: log in again.
    pub async fn refresh(&self, refresh: &Secret) -> Result<Token, Error> {
        let provider = self.provider().await?;
        provider.token(provider.by_refresh(refresh), false).await
    }

    /// Forgets the token and who it spoke for, for all clones. The token itself
    /// lives until it ends.
    pub fn logout(&self) {
        self.pipeline().auth().clear();
        self.forget_identity();
    }

    async fn provider(&self) -> Result<IdentityProvider, Error> {
        let Some(keycloak) = self.state().keycloak.clone() else {
            let detail =
                "nothing says where the hub's logins are made; give the address of its identity provider, a Keycloak";
            return Err(Error::new(ErrorKind::Config, detail));
        };
        IdentityProvider::discover(self.pipeline(), keycloak).await
    }

    /// Who the token speaks for, service accounts included; asked of HQ once for
    /// each login.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unauthenticated`] without a token that HQ takes.
    pub async fn identity(&self) -> Result<Arc<Identity>, Error> {
        let state = self.state();
        if let Some(known) = state.identity.get() {
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
        state.identity.set(Some(Arc::clone(&identity)));
        Ok(identity)
    }

    fn forget_identity(&self) {
        self.state().identity.set(None);
    }

    /// The version of HQ, asked of it once.
    ///
    /// # Errors
    ///
    /// A server that cannot be reached, or that is none.
    pub async fn hq_version(&self) -> Result<String, Error> {
        let state = self.state();
        if let Some(known) = state.version.get() {
            return Ok(known.clone());
        }
        let told = self.util().get_hq_version().send().await.map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::Decode => {
                let detail = format!("{}; does the address end with the base path of HQ, such as /hq?", error.detail());
                error.with_detail(detail)
            }
            _ => error,
        })?;
        Ok(state.version.get_or_init(|| told.version).clone())
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

    /// Uses that key to decrypt what is encrypted for this client's organization,
    /// for all clones. Other clients are not touched, and nothing is sent.
    pub fn set_private_key(&self, key: PrivateKey) {
        self.state().key.set(Some(key));
    }

    /// The key that was set.
    pub fn private_key(&self) -> Option<PrivateKey> {
        self.state().key.get()
    }

    /// How the public key that the organization has on the server stands to the
    /// private key that was set: where they differ, results cannot be decrypted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] where no key was set.
    pub async fn check_key(&self) -> Result<KeyRegistration, Error> {
        let ours = self.own_public_key()?;
        let organization = self.organization().own().await?;
        Ok(ours.registered(organization.public_key.as_deref()))
    }

    /// Gives the organization the public key that belongs to the private key
    /// that was set. One that it has already is only replaced by
    /// [`replace_public_key`](Self::replace_public_key).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] where the organization has another key;
    /// [`ErrorKind::Forbidden`] for who may not change the organization.
    pub async fn register_public_key(&self) -> Result<types::Organization, Error> {
        match self.check_key().await? {
            KeyRegistration::Same => self.organization().own().await,
            KeyRegistration::Missing => self.replace_public_key().await,
            _ => {
                let detail = "the organization has another public key on the server; others hold results that only its \
                    holder can open, so it is not replaced by itself";
                Err(Error::new(ErrorKind::Conflict, detail))
            }
        }
    }

    /// Gives the organization the public key that belongs to the private key
    /// that was set, in place of the one that it has: what was encrypted for
    /// that one is lost to who holds only the new key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] for who may not change the organization.
    pub async fn replace_public_key(&self) -> Result<types::Organization, Error> {
        let ours = self.own_public_key()?;
        let organization = self.identity().await?.organization_id;
        let change = types::OrganizationChange::builder().public_key(ours.to_api());
        let changed = self.organization().update(organization).body(change).send().await?;
        self.forget_identity();
        Ok(changed)
    }

    fn own_public_key(&self) -> Result<PublicKey, Error> {
        let none = || Error::new(ErrorKind::Config, "this client has no private key");
        Ok(self.private_key().ok_or_else(none)?.public_key().clone())
    }

    /// Works in that collaboration from now on, with all clones of this client:
    /// tasks and sessions are made in it, and lists of organizations, nodes,
    /// sessions, studies, tasks and stores hold what belongs to it. A call that
    /// names a collaboration goes there all the same, a task or a session of a
    /// study to that study's, and one
    /// [without](crate::Options::without_client_defaults) the client's defaults.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) for one that is not there; then nothing changes.
    pub async fn setup_collaboration(&self, id: i64) -> Result<types::Collaboration, Error> {
        let found = self.collaboration().get(id).send().await?;
        self.pipeline().set_client_default(COLLABORATION, Some(id.to_string()));
        Ok(found)
    }

    /// The collaboration that the client was set up for.
    pub fn default_collaboration(&self) -> Option<i64> {
        self.pipeline().client_default(COLLABORATION)?.parse().ok()
    }

    /// Works in no collaboration in particular any longer.
    pub fn leave_collaboration(&self) {
        self.pipeline().set_client_default(COLLABORATION, None);
    }

    /// The algorithm store that was [set](groups::Store::set).
    pub fn default_store(&self) -> Option<i64> {
        self.pipeline().client_default(STORE)?.parse().ok()
    }

    /// The same client without its defaults.
    pub(super) fn everywhere(&self) -> Client {
        self.with(crate::Options::without_client_defaults)
    }

    pub(super) fn state(&self) -> Arc<ClientState> {
        self.pipeline().memory::<ClientState>()
    }
}

impl groups::Store<'_> {
    /// Takes algorithms from that store from now on, with all clones of the
    /// client: for tasks and steps that name none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) for one that is not there; then nothing changes.
    pub async fn set(&self, id: i64) -> Result<types::Store, Error> {
        let found = self.get(id).send().await?;
        self.client.pipeline().set_client_default(STORE, Some(id.to_string()));
        Ok(found)
    }

    /// Takes algorithms from no store in particular any longer.
    pub fn unset(&self) {
        self.client.pipeline().set_client_default(STORE, None);
    }
}

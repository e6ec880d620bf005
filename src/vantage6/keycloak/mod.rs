//! Keycloak, the identity provider of a hub: where it is, and its token endpoint.

#[allow(missing_docs, unused_imports, reason = "its descriptions are those of the document")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/keycloak.rs"));
}
mod provider;

#[cfg(feature = "testing")]
#[doc(hidden)]
pub use generated::recode;
#[cfg(feature = "schema")]
pub use generated::schemas;
pub use generated::{Client, builder, groups, ops, types};

pub(super) use provider::{IdentityProvider, seconds};

crate::__private::platform!(generated, "keycloak", None, "error_description");

/// Keycloak server where a hub's logins are made, with one of its realms and the
/// client that people log in through.
///
/// A hub does not tell where its identity provider is; its operator does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Keycloak {
    pub(super) url: String,
    pub(super) realm: String,
    pub(super) client: String,
}

impl Keycloak {
    /// The server at that address, with the realm `vantage6` and the client
    /// `public_client`, as hubs are installed.
    pub fn new(url: impl Into<String>) -> Self {
        Keycloak { url: url.into(), realm: "vantage6".to_owned(), client: "public_client".to_owned() }
    }

    /// Another realm.
    pub fn realm(mut self, realm: impl Into<String>) -> Self {
        self.realm = realm.into();
        self
    }

    /// Another client for people to log in through.
    pub fn client(mut self, client: impl Into<String>) -> Self {
        self.client = client.into();
        self
    }
}

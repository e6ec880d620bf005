//! vantage6: federated learning, version 5.
//!
//! The client speaks to HQ, as a user or a service account. Every endpoint of
//! the document is there: `client.organization().list().items()` and so on.

pub mod crypto;
#[allow(missing_docs, unused_imports, reason = "its descriptions are those of the document")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/vantage6-v5.rs"));
}
mod identity;
pub mod keycloak;
mod login;
mod memory;

pub use crypto::{PrivateKey, PublicKey};
#[cfg(feature = "testing")]
#[doc(hidden)]
pub use generated::recode;
#[cfg(feature = "schema")]
pub use generated::schemas;
pub use generated::{Client, builder, groups, ops, types};
pub use identity::Identity;
pub use keycloak::Keycloak;
pub use login::{DevicePrompt, Login};

crate::glue::platform!(generated, "vantage6", Bearer, "msg");

//! Authentication: credentials, where they come from and how they are replaced.

mod api_key;
mod bearer;
mod credential;
mod token;

pub use api_key::ApiKey;
pub use bearer::Bearer;
pub use credential::{AuthSlot, Authenticate, Basic, Credential};
pub use token::{REFRESH_AHEAD, Token, TokenSource};

pub(crate) use credential::CredentialPlace;

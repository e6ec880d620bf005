//! Authentication: credentials, where they come from and how they are replaced.

mod api_key;

mod credential;
mod token;
mod token_refresh;

pub use api_key::ApiKey;

pub use credential::{AuthSlot, Authenticate, Basic, Credential};
pub use token::{REFRESH_AHEAD, Token, TokenSource};
pub use token_refresh::Bearer;

pub(crate) use credential::CredentialPlace;

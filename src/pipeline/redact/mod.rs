//! Redaction of secrets: in addresses, in curl commands and in what servers say.

mod secrets;
mod url;

pub(crate) use secrets::{Secrets, of_request, remove};
pub(crate) use url::{is_secret, url};

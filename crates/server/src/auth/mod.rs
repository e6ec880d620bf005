//! Who may do what: passwords and the tokens given for them.

mod opaque;
mod password;
mod token;

pub(crate) use opaque::{Digest, random};
pub(crate) use password::Passwords;
pub(crate) use token::{Bearer, Refused, Tokens};

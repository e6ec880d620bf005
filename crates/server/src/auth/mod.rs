//! Who may do what: passwords and the tokens given for them.

mod address;
mod opaque;
mod password;
pub(crate) mod throttle;
mod token;

pub(crate) use address::Address;
pub(crate) use opaque::{Digest, random};
pub(crate) use password::Passwords;
pub(crate) use token::{Bearer, Refused, Tokens};
